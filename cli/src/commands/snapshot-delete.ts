import { type AggregateSnapshots, type Domain, ObjectNotFoundError } from "@tidemark/core";

import { chooseAggregate, chooseAggregates } from "../choose-aggregate";
import { CommandError } from "../command-error";
import { ExitStatus } from "../exit-status";
import { type DeletionOptions, printDeletions, verbOf } from "../print-deletions";
import { printable } from "../printable";
import type { Results } from "../results";
import { checkSelection, type Selection } from "../selection";
import { type DomainOptions, withDomain } from "../with-domain";

export interface SnapshotDeleteOptions extends DomainOptions, DeletionOptions, Selection {
  readonly all?: boolean;
  readonly schemaVersionBelow?: number;
}

/** `domain snapshot delete` */
export async function snapshotDelete(options: SnapshotDeleteOptions): Promise<number> {
  const { aggregate, identifier, all = false } = options;
  checkSelection(options);
  if (aggregate === undefined && !all) {
    throw new CommandError("Which snapshots? Give --aggregate <name>, or --all for those of the whole domain");
  }
  return await withDomain(options, async (domain, results) => {
    if (aggregate !== undefined && identifier !== undefined) {
      await deleteOne(domain, results, { ...options, aggregate, identifier });
    } else await deleteMany(domain, results, options);
    return ExitStatus.done;
  });
}

async function deleteOne(
  domain: Domain,
  results: Results,
  options: SnapshotDeleteOptions & Required<Selection>,
): Promise<void> {
  const { aggregate: name, identifier: id, dryRun = false, json = false } = options;
  const aggregate = chooseAggregate(domain, name);
  const snapshots = domain.snapshotsFor(aggregate);
  const [stored, chosen] = await count(snapshots, options);
  if (stored === 0 && (await domain.eventStore.readLast(domain.streamFor(aggregate, id))) === undefined) {
    throw new ObjectNotFoundError({ aggregate: name, id });
  }
  if (!dryRun) await snapshots.delete(id, filterOf(options));
  if (json) await results.document({ dryRun, aggregate: name, identifier: id, deleted: chosen });
  else await results.line(`${verbOf(dryRun)} ${chosen} snapshot(s) of ${name}(${printable(id)}).`);
}

async function deleteMany(domain: Domain, results: Results, options: SnapshotDeleteOptions): Promise<void> {
  const deleted = new Map<string, number>();
  for (const [name, aggregate] of chooseAggregates(domain, options.aggregate)) {
    const snapshots = domain.snapshotsFor(aggregate);
    const [, chosen] = options.dryRun ? await count(snapshots, options) : [];
    deleted.set(name, chosen ?? (await snapshots.deleteAll(filterOf(options))));
  }
  await printDeletions(results, deleted, { ...options, only: options.aggregate });
}

/** How many there are, and how many of them the call means. */
async function count(
  snapshots: AggregateSnapshots,
  { identifier, schemaVersionBelow = Number.POSITIVE_INFINITY }: SnapshotDeleteOptions,
): Promise<readonly [all: number, chosen: number]> {
  let [all, chosen] = [0, 0];
  for await (const { schemaVersion } of snapshots.entries(identifier)) {
    all++;
    if (schemaVersion < schemaVersionBelow) chosen++;
  }
  return [all, chosen];
}

function filterOf({ schemaVersionBelow }: SnapshotDeleteOptions): { readonly schemaVersionBelow?: number } {
  return schemaVersionBelow === undefined ? {} : { schemaVersionBelow };
}
