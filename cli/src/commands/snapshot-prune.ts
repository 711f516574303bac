import { type Command, Option } from "commander";

import { type AggregateSelection, chooseAggregates } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { type DeletionOptions, dryRunOption, printDeletions } from "../snapshots/deletions";
import { aggregateOption, jsonOption, type Runtime, wholeNumber } from "./declaration";

interface SnapshotPruneOptions extends DomainOptions, DeletionOptions, Pick<AggregateSelection, "aggregate"> {
  readonly keep: number;
}

/** Declares `domain snapshot prune`. */
export function declareSnapshotPrune(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("prune")
    .description("delete all but the newest snapshots of each aggregate")
    .addOption(
      new Option("--keep <n>", "how many to keep of each aggregate, schema version and shape")
        .argParser(wholeNumber(1))
        .makeOptionMandatory(),
    )
    .addOption(aggregateOption())
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotPrune(io, command.optsWithGlobals())));
}

async function snapshotPrune(io: Io, options: SnapshotPruneOptions): Promise<number> {
  const { aggregate: only, keep, dryRun = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const deleted = new Map<string, number>();
    for (const [name, aggregate] of chooseAggregates(domain, only)) {
      deleted.set(name, await domain.snapshotsFor(aggregate).prune({ keep, dryRun }));
    }
    await printDeletions(results, deleted, { ...options, only });
    return ExitStatus.done;
  });
}
