import { chooseAggregates } from "../choose-aggregate";
import { ExitStatus } from "../exit-status";
import { type DeletionOptions, printDeletions } from "../print-deletions";
import type { Selection } from "../selection";
import { type DomainOptions, withDomain } from "../with-domain";

export interface SnapshotPruneOptions extends DomainOptions, DeletionOptions, Pick<Selection, "aggregate"> {
  readonly keep: number;
}

/** `domain snapshot prune` */
export async function snapshotPrune(options: SnapshotPruneOptions): Promise<number> {
  const { aggregate: only, keep, dryRun = false } = options;
  return await withDomain(options, async (domain, results) => {
    const deleted = new Map<string, number>();
    for (const [name, aggregate] of chooseAggregates(domain, only)) {
      deleted.set(name, await domain.snapshotsFor(aggregate).prune({ keep, dryRun }));
    }
    await printDeletions(results, deleted, { ...options, only });
    return ExitStatus.done;
  });
}
