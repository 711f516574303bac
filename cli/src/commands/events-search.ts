import type { RecordedEvent } from "@tidemark/core";

import { type EventConditions, eventFilter } from "../events/event-filter";
import { type EventScope, eventsIn } from "../events/event-scope";
import { Scan } from "../events/scan";
import { printArray } from "../json-array";
import { grouped } from "../quantities";
import { printTable } from "../table";
import { terminalWidth } from "../terminal-width";
import { type DomainOptions, withDomain } from "../with-domain";

export interface EventsSearchOptions extends DomainOptions, EventScope, EventConditions {
  /** No more than so many. */
  readonly limit?: number;
  /** `lines`: one JSON document for each event; true: one array. */
  readonly json?: boolean | "lines";
}

const COLUMNS = [
  { title: "time" },
  { title: "stream", shrinks: true },
  { title: "position", alignRight: true },
  { title: "type" },
  { title: "data" },
];

/** `domain events search` */
export async function eventsSearch(options: EventsSearchOptions): Promise<number> {
  return await withDomain(options, async (domain, results) => {
    const isWanted = eventFilter(domain, options);
    const events = eventsIn(domain, options);
    using scan = new Scan();
    results.beforePrint(() => scan.aside());
    const found = matching(scan.over(events), isWanted, options.limit);
    if (options.json === "lines") {
      for await (const event of found) {
        await results.line(JSON.stringify(event));
        if (results.isClosed) break;
      }
    } else if (options.json) {
      await printArray(results, found);
      await results.print("\n");
    } else {
      const count = await printTable(COLUMNS, rowsOf(found), { results, width: terminalWidth() });
      const more = count === options.limit ? " and perhaps more: --limit ended the search" : "";
      await results.line(count === 0 ? "No events." : `${grouped(count)} event(s)${more}.`);
    }
    return scan.end();
  });
}

async function* matching(
  events: AsyncIterable<RecordedEvent>,
  isWanted: (event: RecordedEvent) => boolean,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<RecordedEvent> {
  let left = limit;
  for await (const event of events) {
    if (!isWanted(event)) continue;
    yield event;
    left--;
    if (left === 0) return;
  }
}

async function* rowsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly string[]> {
  for await (const { time, stream, position, type, data } of events) {
    yield [time.toISOString(), stream, String(position), type, JSON.stringify(data)];
  }
}
