import type { Domain } from "@tidemark/core";

import type { chooseAggregate } from "../domain/aggregate-selection";
import { chooseClass } from "../domain/chosen-class";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { printTable } from "../printing/table";
import { listRows } from "../projections/list-rows";

interface ListOptions extends DomainOptions {
  /** The id behind which the list goes on. */
  readonly after?: string;
  readonly limit: number;
}

type AggregateClass = ReturnType<typeof chooseAggregate>;

/** Lists the aggregates of a class, or the rows of a projection; without a name, the classes and projections. */
export async function listAggregates(io: Io, name: string | undefined, options: ListOptions): Promise<number> {
  if (name === undefined && options.after !== undefined) {
    throw new CommandError("--after needs a class: ids are unique only within an aggregate's class");
  }
  return await withDomain(io, options, async (domain, results) => {
    if (name === undefined) {
      await printClasses(domain, results, options);
      return ExitStatus.done;
    }
    const { kind, type } = chooseClass(domain, name);
    if (kind === "aggregate") await printAggregates(io, results, { domain, name, aggregate: type }, options);
    else await listRows(io, results, { domain, name, projection: type }, options);
    return ExitStatus.done;
  });
}

async function printClasses(domain: Domain, results: Results, { json }: ListOptions): Promise<void> {
  async function* aggregates() {
    for (const [aggregate, type] of domain.aggregates)
      yield { aggregate, count: await domain.repositoryFor(type).count() };
  }
  async function* projections() {
    for (const [projection, type] of domain.projections) yield { projection, count: await domain.viewOf(type).count() };
  }
  if (json) {
    await results.array(both(aggregates(), projections()));
    await results.print("\n");
    return;
  }
  const count = await printCounts("aggregate", aggregates(), results);
  if (count === 0) await results.line("No aggregates.");
  if (domain.projections.size === 0) return;
  await results.line("");
  await printCounts("projection", projections(), results);
}

async function printCounts<Kind extends string>(
  title: Kind,
  counted: AsyncIterable<Record<Kind, string> & { readonly count: number }>,
  results: Results,
): Promise<number> {
  async function* rows() {
    for await (const { [title]: name, count } of counted) yield [name as string, grouped(count)];
  }
  return await printTable([{ title }, { title: "count", alignRight: true }], rows(), results);
}

async function* both(first: AsyncIterable<unknown>, second: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield* first;
  yield* second;
}

interface Listed {
  readonly domain: Domain;
  readonly name: string;
  readonly aggregate: AggregateClass;
}

interface Entry {
  readonly identifier: string;
  readonly version: number;
  /** Undefined where an aggregate that is stored as its state has no event. */
  readonly lastEvent?: string | undefined;
  /** When the last event happened. */
  readonly time?: Date | undefined;
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
  const isState = domain.storageOf(aggregate).truth === "state";
  const repository = domain.repositoryFor(aggregate);
  const entries = ids.map(async (identifier): Promise<Entry | undefined> => {
    const last = await domain.eventStore.readLast(domain.streamFor(aggregate, identifier));
    // Its own version counts saves, and not events.
    const version = isState ? (await repository.find(identifier))?.version : last?.position;
    return version === undefined ? undefined : { identifier, version, lastEvent: last?.type, time: last?.time };
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

async function* rowsOf(entries: AsyncIterable<Entry>): AsyncGenerator<readonly string[]> {
  for await (const { identifier, version, lastEvent = "", time } of entries)
    yield [identifier, String(version), time?.toISOString() ?? "", lastEvent];
}
