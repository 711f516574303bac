import type { Domain, SnapshotEntry } from "@tidemark/core";
import type { Command } from "commander";

import { type AggregateSelection, checkSelection } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { duration, grouped, size } from "../printing/quantities";
import { printTable } from "../printing/table";
import { chooseSnapshotAggregates } from "../snapshots/snapshot-aggregates";
import { entryDocument, usability } from "../snapshots/snapshot-entry";
import { aggregateOption, identifierOption, jsonOption, type Runtime } from "./declaration";

interface SnapshotListOptions extends DomainOptions, AggregateSelection {}

/** Declares `domain snapshot list`. */
export function declareSnapshotList(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("list")
    .description("list the snapshots: how far behind, how old and how large they are, and whether a load can use them")
    .addOption(aggregateOption())
    .addOption(identifierOption())
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotList(io, command.optsWithGlobals())));
}

const COLUMNS = [
  { title: "aggregate" },
  { title: "id", shrinks: true },
  { title: "version", alignRight: true },
  { title: "events since", alignRight: true },
  { title: "age", alignRight: true },
  { title: "size", alignRight: true },
  { title: "schema", alignRight: true },
  { title: "usable" },
];

async function snapshotList(io: Io, options: SnapshotListOptions): Promise<number> {
  checkSelection(options);
  return await withDomain(io, options, async (domain, results) => {
    const listed = entriesOf(domain, options);
    if (options.json) {
      await results.array(documentsOf(listed));
      await results.print("\n");
      return ExitStatus.done;
    }
    let unusable = 0;
    const rows = rowsOf(listed, Date.now(), ({ usable }) => {
      if (usable !== true) unusable++;
    });
    const count = await printTable(COLUMNS, rows, results);
    const aside = unusable === 0 ? "" : `, ${grouped(unusable)} unusable`;
    await results.line(count === 0 ? "No snapshots." : `${grouped(count)} snapshot(s)${aside}.`);
    return ExitStatus.done;
  });
}

interface Listed {
  readonly aggregate: string;
  readonly entry: SnapshotEntry;
}

async function* entriesOf(
  domain: Domain,
  { aggregate: name, identifier: id }: AggregateSelection,
): AsyncGenerator<Listed> {
  for (const [aggregate, type] of chooseSnapshotAggregates(domain, name)) {
    for await (const entry of domain.snapshotsFor(type).entries(id)) yield { aggregate, entry };
  }
}

async function* rowsOf(
  listed: AsyncIterable<Listed>,
  now: number,
  onEntry: (entry: SnapshotEntry) => void,
): AsyncGenerator<readonly string[]> {
  for await (const { aggregate, entry } of listed) {
    onEntry(entry);
    const { id, version, eventsSince, createdAt, bytes, schemaVersion } = entry;
    yield [
      aggregate,
      id,
      String(version),
      String(eventsSince),
      duration(now - createdAt.getTime()),
      size(bytes),
      String(schemaVersion),
      usability(entry),
    ];
  }
}

async function* documentsOf(listed: AsyncIterable<Listed>): AsyncGenerator<object> {
  for await (const { aggregate, entry } of listed) yield entryDocument(aggregate, entry);
}
