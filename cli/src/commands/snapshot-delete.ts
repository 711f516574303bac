import type { AggregateSnapshots, Domain } from "@tidemark/core";
import { type Command, Option } from "commander";

import {
  type AggregateSelection,
  checkSelection,
  chooseAggregate,
  chooseAggregates,
} from "../domain/aggregate-selection";
import { core } from "../domain/core";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import type { Results } from "../printing/results";
import { type DeletionOptions, deletionVerb, dryRunOption, printDeletions } from "../snapshots/deletions";
import { aggregateOption, identifierOption, jsonOption, type Runtime, wholeNumber } from "./declaration";

interface SnapshotDeleteOptions extends DomainOptions, DeletionOptions, AggregateSelection {
  readonly all?: boolean;
  readonly schemaVersionBelow?: number;
}

/** Declares `domain snapshot delete`. */
export function declareSnapshotDelete(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("delete")
    .description("delete the snapshots of one aggregate, of all aggregates of a class, or of the whole domain")
    .addOption(aggregateOption())
    .addOption(identifierOption())
    .addOption(new Option("--all", "delete the snapshots of the whole domain").conflicts(["aggregate", "identifier"]))
    .addOption(
      new Option("--schema-version-below <n>", "only snapshots whose schema version is lower").argParser(
        wholeNumber(1),
      ),
    )
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotDelete(io, command.optsWithGlobals())));
}

async function snapshotDelete(io: Io, options: SnapshotDeleteOptions): Promise<number> {
  const { aggregate, identifier, all = false } = options;
  checkSelection(options);
  if (aggregate === undefined && !all) {
    throw new CommandError(
      "Cannot delete snapshots: the call does not say which; give --aggregate <name>, or --all for the whole domain",
    );
  }
  return await withDomain(io, options, async (domain, results) => {
    if (aggregate !== undefined && identifier !== undefined) {
      await deleteOne(domain, results, { ...options, aggregate, identifier });
    } else await deleteMany(domain, results, options);
    return ExitStatus.done;
  });
}

async function deleteOne(
  domain: Domain,
  results: Results,
  options: SnapshotDeleteOptions & Required<AggregateSelection>,
): Promise<void> {
  const { aggregate: name, identifier: id, dryRun = false, json = false } = options;
  const aggregate = chooseAggregate(domain, name);
  const snapshots = domain.snapshotsFor(aggregate);
  const [stored, chosen] = await count(snapshots, options);
  if (stored === 0 && (await domain.eventStore.readLast(domain.streamFor(aggregate, id))) === undefined) {
    throw new core.errors.ObjectNotFoundError({ aggregate: name, id });
  }
  if (!dryRun) await snapshots.delete(id, filterOf(options));
  if (json) await results.document({ dryRun, aggregate: name, identifier: id, deleted: chosen });
  else await results.line(`${deletionVerb(dryRun)} ${chosen} snapshot(s) of ${name}(${printable(id)}).`);
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

/** Counts the stored snapshots, and those among them that the call chooses. */
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
