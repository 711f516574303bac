import type { Domain, RecordedEvent } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { type EventScope, placeOf } from "../events/event-scope";
import { typeFilter } from "../events/event-type";
import { type FieldCondition, fieldCondition, holds } from "../events/field-condition";
import { newestEvents } from "../events/newest-events";
import { endOf, startOf } from "../events/point-in-time";
import { Scan } from "../events/scan";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { printTable } from "../printing/table";
import { aggregateOption, identifierOption, limitOption, type Runtime, repeated } from "./declaration";

interface EventsSearchOptions extends Omit<DomainOptions, "json">, EventScope, EventConditions {
  /** The most events to print: the newest ones. */
  readonly limit: number;
  /** Print the first ones instead of the newest. */
  readonly oldest?: boolean;
  /** `lines`: one JSON document for each event; true: one array. */
  readonly json?: boolean | "lines";
}

/** The conditions that an event must meet, all of them. */
interface EventConditions {
  /** One of these types. */
  readonly type?: readonly string[];
  readonly correlation?: string;
  readonly causation?: string;
  readonly since?: Date;
  /** Includes this moment. */
  readonly until?: Date;
  readonly where?: readonly FieldCondition[];
}

/** Declares `domain events search`. */
export function declareEventsSearch(events: Command, { io, end }: Runtime): void {
  events
    .command("search")
    .description("print the events with a given type, time, cause or value")
    .option("--type <name>", "only this type, DepositMade or as stored; may be repeated", repeated)
    .addOption(aggregateOption())
    .addOption(identifierOption())
    .addOption(new Option("--category <name>", "only streams of this category").conflicts(["aggregate", "stream"]))
    .addOption(new Option("--stream <name>", "only this stream").conflicts(["aggregate", "category"]))
    .option("--correlation <id>", "only events of this request, by its correlation id")
    .option("--causation <id>", "only events of this command, by its id")
    .addOption(
      new Option("--since <time>", "only from then on: 1h, yesterday, a day or a time (UTC)").argParser(startOf),
    )
    .addOption(new Option("--until <time>", "only up to then: 1h, yesterday, a day or a time (UTC)").argParser(endOf))
    .addOption(
      new Option(
        "--where <field=value>",
        "only events whose data has this value in this field; may be repeated",
      ).argParser(fieldCondition),
    )
    .addOption(limitOption("print the newest n events", USUAL_LIMIT))
    .option("--oldest", "print the first n events instead of the newest")
    .addOption(
      new Option("--json [lines]", "print one JSON document; with lines, one document for each event").choices([
        "lines",
      ]),
    )
    .action(async (_options, command: Command) => end(await eventsSearch(io, command.optsWithGlobals())));
}

const USUAL_LIMIT = 50;

const COLUMNS = [
  { title: "time" },
  { title: "stream", shrinks: true },
  { title: "position", alignRight: true },
  { title: "type" },
  { title: "data" },
];

async function eventsSearch(io: Io, options: EventsSearchOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const isWanted = eventFilter(domain, options, io);
    const place = placeOf(domain, options);
    using scan = new Scan(io);
    results.beforePrint(() => scan.clear());
    const { limit, oldest = false, json } = options;
    // All there are need not wait for the last one.
    const isStreamed = oldest || limit === Number.POSITIVE_INFINITY;
    const found = isStreamed
      ? matching(scan.over(place.after(0)), isWanted, limit)
      : inTurn(await newestEvents(place, { limit, isWanted, scan }));
    if (json === "lines") {
      for await (const event of found) {
        await results.line(JSON.stringify(event));
        if (results.isClosed) break;
      }
    } else if (json) {
      await results.array(found);
      await results.print("\n");
    } else {
      const count = await printTable(COLUMNS, rowsOf(found), results);
      const more = count === limit ? `, the ${oldest ? "first" : "newest"} ones: --limit=all prints all` : "";
      await results.line(count === 0 ? "No events." : `${grouped(count)} event(s)${more}.`);
    }
    return scan.end();
  });
}

/** @throws CommandError for a type that the domain does not have. */
function eventFilter(domain: Domain, conditions: EventConditions, io: Io): (event: RecordedEvent) => boolean {
  const { type: types, correlation, causation, since, until, where = [] } = conditions;
  const isType = types === undefined ? () => true : typeFilter(domain, types, io);
  return (event) =>
    (correlation === undefined || event.metadata.correlationId === correlation) &&
    (causation === undefined || event.metadata.causationId === causation) &&
    (since === undefined || event.time >= since) &&
    (until === undefined || event.time <= until) &&
    isType(event) &&
    where.every((condition) => holds(condition, event.data));
}

async function* matching(
  events: AsyncIterable<RecordedEvent>,
  isWanted: (event: RecordedEvent) => boolean,
  limit: number,
): AsyncGenerator<RecordedEvent> {
  let left = limit;
  for await (const event of events) {
    if (!isWanted(event)) continue;
    yield event;
    left--;
    if (left === 0) return;
  }
}

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function* rowsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly string[]> {
  for await (const { time, stream, position, type, data } of events) {
    yield [time.toISOString(), stream, String(position), type, JSON.stringify(data)];
  }
}
