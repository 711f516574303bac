import type { Domain } from "@tidemark/core";

import { chooseAggregate } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { printTable } from "../printing/table";

interface ListOptions extends DomainOptions {
  /** The id behind which the list goes on. */
  readonly after?: string;
  readonly limit: number;
}

type AggregateClass = ReturnType<typeof chooseAggregate>;

/** Lists the aggregates of a class; without a class, the classes. */
export async function listAggregates(io: Io, name: string | undefined, options: ListOptions): Promise<number> {
  if (name === undefined && options.after !== undefined) {
    throw new CommandError("--after needs an aggregate: ids are unique only within an aggregate's class");
  }
  return await withDomain(io, options, async (domain, results) => {
    if (name === undefined) await printClasses(domain, results, options);
    else await printAggregates(io, results, { domain, name, aggregate: chooseAggregate(domain, name) }, options);
    return ExitStatus.done;
  });
}

async function printClasses(domain: Domain, results: Results, { json }: ListOptions): Promise<void> {
  async function* counted() {
    for (const [aggregate, type] of domain.aggregates)
      yield { aggregate, count: await domain.repositoryFor(type).count() };
  }
  async function* rows() {
    for await (const { aggregate, count } of counted()) yield [aggregate, grouped(count)];
  }
  if (json) {
    await results.array(counted());
    await results.print("\n");
    return;
  }
  const count = await printTable([{ title: "aggregate" }, { title: "count", alignRight: true }], rows(), results);
  if (count === 0) await results.line("No aggregates.");
}

interface Listed {
  readonly domain: Domain;
  readonly name: string;
  readonly aggregate: AggregateClass;
}

interface Entry {
  readonly identifier: string;
  readonly version: number;
  readonly lastEvent: string;
  /** When the last event happened. */
  readonly time: Date;
}

const COLUMNS = [
  { title: "id", shrinks: true },
  { title: "version", alignRight: true },
  { title: "time of last event" },
  { title: "last event" },
];

async function printAggregates(io: Io, results: Results, listed: Listed, options: ListOptions): Promise<void> {
  const { limit } = options;
  let next: string | undefined;
  const entries = entriesOf(listed, options, (after) => {
    next = after;
  });
  if (options.json) {
    await results.array(entries);
    await results.print("\n");
  } else {
    const count = await printTable(COLUMNS, rowsOf(entries), results);
    await results.line(count === 0 ? `No ${listed.name}.` : `${grouped(count)} ${listed.name}(s).`);
  }
  if (next === undefined) return;
  const call = `domain list ${listed.name} --after=${JSON.stringify(next)}`;
  io.stderr.write(`There are more than ${grouped(limit)}: ${call} prints the next ones, --limit=all prints all.\n`);
}

/** How many last events are read at the same time. */
const AT_ONCE = 50;

/** @param more is called with the last id of the list when there are further ones. */
async function* entriesOf(
  listed: Listed,
  { after, limit }: ListOptions,
  more: (lastId: string) => void,
): AsyncGenerator<Entry> {
  const ids = listed.domain.repositoryFor(listed.aggregate).ids(after === undefined ? {} : { after });
  let batch: string[] = [];
  let count = 0;
  for await (const id of ids) {
    if (count === limit) {
      yield* await entriesFor(listed, batch);
      more(batch.at(-1) as string);
      return;
    }
    if (batch.length === AT_ONCE) {
      yield* await entriesFor(listed, batch);
      batch = [];
    }
    batch.push(id);
    count++;
  }
  yield* await entriesFor(listed, batch);
}

async function entriesFor({ domain, aggregate }: Listed, ids: readonly string[]): Promise<readonly Entry[]> {
  const entries = ids.map(async (identifier) => {
    const last = await domain.eventStore.readLast(domain.streamFor(aggregate, identifier));
    return last && { identifier, version: last.position, lastEvent: last.type, time: last.time };
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

async function* rowsOf(entries: AsyncIterable<Entry>): AsyncGenerator<readonly string[]> {
  for await (const { identifier, version, lastEvent, time } of entries)
    yield [identifier, String(version), time.toISOString(), lastEvent];
}
