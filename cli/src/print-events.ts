import type { RecordedEvent } from "@tidemark/core";

import type { Results } from "./results";
import { printTable } from "./table";

/**
 * Prints events as a table, one line each, as they arrive.
 * @param positionTitle what the reader calls the number: a stream's position is an aggregate's version.
 * @returns how many there were.
 */
export async function printEvents(
  results: Results,
  events: AsyncIterable<RecordedEvent>,
  positionTitle: "position" | "version",
): Promise<number> {
  const columns = [{ title: positionTitle, alignRight: true }, { title: "time" }, { title: "type" }, { title: "data" }];
  return await printTable(columns, rowsOf(events), {
    results,
    width: process.stdout.isTTY ? process.stdout.columns || 80 : undefined,
  });
}

/** Prints a JSON array of events, one line each, as they arrive. */
export async function printEventArray(results: Results, events: AsyncIterable<RecordedEvent>): Promise<void> {
  let text = "[";
  let separator = "\n";
  for await (const event of events) {
    text += separator + JSON.stringify(event);
    separator = ",\n";
    if (text.length < CHUNK) continue;
    await results.print(text);
    if (results.isClosed) return;
    text = "";
  }
  await results.print(`${text}${separator === "\n" ? "" : "\n"}]`);
}

/** Characters gathered for one write. */
const CHUNK = 64 * 1024;

async function* rowsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly string[]> {
  for await (const { position, time, type, data } of events) {
    yield [String(position), time.toISOString(), type, JSON.stringify(data)];
  }
}
