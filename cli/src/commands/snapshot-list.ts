import type { Domain, SnapshotEntry } from "@tidemark/core";

import { chooseAggregates } from "../choose-aggregate";
import { ExitStatus } from "../exit-status";
import { printArray } from "../json-array";
import { duration, grouped, size } from "../quantities";
import { checkSelection, type Selection } from "../selection";
import { entryDocument, usability } from "../snapshot-entry";
import { printTable } from "../table";
import { terminalWidth } from "../terminal-width";
import { type DomainOptions, withDomain } from "../with-domain";

export interface SnapshotListOptions extends DomainOptions, Selection {
  readonly json?: boolean;
}

interface Listed {
  readonly aggregate: string;
  readonly entry: SnapshotEntry;
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

/** `domain snapshot list` */
export async function snapshotList(options: SnapshotListOptions): Promise<number> {
  checkSelection(options);
  return await withDomain(options, async (domain, results) => {
    const listed = entriesOf(domain, options);
    if (options.json) {
      await printArray(results, documentsOf(listed));
      await results.print("\n");
      return ExitStatus.done;
    }
    let unusable = 0;
    const rows = rowsOf(listed, Date.now(), ({ usable }) => {
      if (usable !== true) unusable++;
    });
    const count = await printTable(COLUMNS, rows, { results, width: terminalWidth() });
    const aside = unusable === 0 ? "" : `, ${grouped(unusable)} unusable`;
    await results.line(count === 0 ? "No snapshots." : `${grouped(count)} snapshot(s)${aside}.`);
    return ExitStatus.done;
  });
}

async function* entriesOf(domain: Domain, { aggregate: name, identifier: id }: Selection): AsyncGenerator<Listed> {
  for (const [aggregate, type] of chooseAggregates(domain, name)) {
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
