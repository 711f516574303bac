import type { RecordedEvent } from "@tidemark/core";

import type { Results } from "./results";
import { printTable } from "./table";
import { terminalWidth } from "./terminal-width";

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
  return await printTable(columns, rowsOf(events), { results, width: terminalWidth() });
}

async function* rowsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly string[]> {
  for await (const { position, time, type, data } of events) {
    yield [String(position), time.toISOString(), type, JSON.stringify(data)];
  }
}
