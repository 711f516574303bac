import type { Command } from "commander";

import type { AggregateSelection } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { placeOf } from "../events/event-scope";
import { EventStatistics, type EventTally } from "../events/event-statistics";
import { Scan } from "../events/scan";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { grouped, size } from "../printing/quantities";
import type { Results } from "../printing/results";
import { type Column, printTable } from "../printing/table";
import { aggregateOption, jsonOption, type Runtime } from "./declaration";

interface EventsStatsOptions extends DomainOptions, Pick<AggregateSelection, "aggregate"> {}

/** Declares `domain events stats`. */
export function declareEventsStats(events: Command, { io, end }: Runtime): void {
  events
    .command("stats")
    .description("count the events by type and category, and list the longest streams")
    .addOption(aggregateOption())
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventsStats(io, command.optsWithGlobals())));
}

async function eventsStats(io: Io, options: EventsStatsOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const { aggregate } = options;
    const events = placeOf(domain, aggregate === undefined ? {} : { aggregate }).after(0);
    using scan = new Scan(io);
    const statistics = new EventStatistics();
    for await (const event of scan.over(events)) statistics.add(event);
    scan.clear();
    if (options.json) await results.document(documentOf(statistics, scan.isStopped));
    else await print(statistics, results);
    return scan.end();
  });
}

function documentOf(statistics: EventStatistics, stopped: boolean): object {
  const { total, streams, types, categories, days, longestStreams } = statistics;
  return {
    events: total?.events ?? 0,
    streams,
    bytes: total?.bytes ?? 0,
    first: total?.first ?? null,
    last: total?.last ?? null,
    perDay: perDay(statistics),
    types: Object.fromEntries(types),
    categories: Object.fromEntries(categories),
    longestStreams,
    days: Object.fromEntries(days),
    stopped,
  };
}

async function print(statistics: EventStatistics, results: Results): Promise<void> {
  const { total, streams, types, categories, longestStreams } = statistics;
  if (total === undefined) return await results.line("No events.");
  const head = fieldLines([
    ["first", total.first.toISOString()],
    ["last", total.last.toISOString()],
    ["per day", inWordsPerDay(statistics)],
  ]);
  const title = `${grouped(total.events)} event(s) in ${grouped(streams)} stream(s), ${size(total.bytes)}`;
  await results.line([title, ...head.map((line) => `  ${line}`), ""].join("\n"));
  await table(results, [{ title: "category" }, NUMBER("streams"), ...TALLY], categories, (tally) => [
    grouped(tally.streams),
    ...tallyCells(tally),
  ]);
  await results.print("\n");
  await table(results, [{ title: "type" }, ...TALLY], types, tallyCells);
  await results.print("\n");
  const rows = longestStreams.map(({ stream, events }) => [stream, events] as const);
  await table(results, [{ title: "longest streams", shrinks: true }, NUMBER("events")], rows, (n) => [grouped(n)]);
}

const NUMBER = (title: string): Column => ({ title, alignRight: true });
const TALLY = [NUMBER("events"), NUMBER("size"), { title: "first" }, { title: "last" }];

function tallyCells({ events, bytes, first, last }: EventTally): string[] {
  return [grouped(events), size(bytes), first.toISOString(), last.toISOString()];
}

async function table<T>(
  results: Results,
  columns: readonly Column[],
  entries: readonly (readonly [string, T])[],
  cellsOf: (value: T) => readonly string[],
): Promise<void> {
  async function* rows() {
    for (const [name, value] of entries) yield [name, ...cellsOf(value)];
  }
  await printTable(columns, rows(), results);
}

interface PerDay {
  /** Over all days from the first to the last, also those without events. */
  readonly mean: number;
  readonly max: number;
  readonly busiest: string;
}

function perDay({ total, days }: EventStatistics): PerDay | null {
  if (total === undefined) return null;
  const [busiest, max] = days.reduce((most, one) => (one[1] > most[1] ? one : most));
  return { mean: total.events / daysFromTo(total), max, busiest };
}

function inWordsPerDay(statistics: EventStatistics): string {
  const { mean, max, busiest } = perDay(statistics) as PerDay;
  return `${grouped(mean)} on average, at most ${grouped(max)}, on ${busiest}`;
}

function daysFromTo({ first, last }: EventTally): number {
  const dayOf = (time: Date) => Math.floor(time.getTime() / (24 * 60 * 60 * 1000));
  return dayOf(last) - dayOf(first) + 1;
}
