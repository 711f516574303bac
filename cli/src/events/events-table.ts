import type { RecordedEvent } from "@tidemark/core";

import type { Results } from "../printing/results";
import { printTable } from "../printing/table";

/**
 * Prints events as a table, one line each, as they arrive.
 * @param positionTitle the title of the positions, because the position in an aggregate's stream is its version.
 * @returns the number of events.
 */
export async function printEvents(
  results: Results,
  events: AsyncIterable<RecordedEvent>,
  positionTitle: "position" | "version",
): Promise<number> {
  const columns = [{ title: positionTitle, alignRight: true }, { title: "time" }, { title: "type" }, { title: "data" }];
  return await printTable(columns, rowsOf(events), results);
}

async function* rowsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly string[]> {
  for await (const { position, time, type, data } of events) {
    yield [String(position), time.toISOString(), type, JSON.stringify(data)];
  }
}
