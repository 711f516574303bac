import { Option } from "commander";

import type { Results } from "../printing/results";

export interface DeletionOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function dryRunOption(): Option {
  return new Option("--dry-run", "print how many snapshots would be deleted, and delete nothing");
}

/**
 * Prints how many snapshots of each aggregate class were deleted or, in a dry run, would be deleted.
 * @param only the name of the class, when the call names one.
 */
export async function printDeletions(
  results: Results,
  deleted: ReadonlyMap<string, number>,
  { dryRun = false, json = false, only }: DeletionOptions & { readonly only: string | undefined },
): Promise<void> {
  const total = [...deleted.values()].reduce((sum, count) => sum + count, 0);
  if (json) {
    const aggregates = Object.fromEntries([...deleted].map(([name, count]) => [name, { deleted: count }]));
    return await results.document({ dryRun, deleted: total, aggregates });
  }
  const verb = deletionVerb(dryRun);
  if (only !== undefined) return await results.line(`${verb} ${total} snapshot(s) of ${only}.`);
  const lines = [...deleted].map(([name, count]) => `${name}: ${count} snapshot(s)`);
  await results.line([...lines, `${verb} ${total} snapshot(s) across ${deleted.size} aggregate(s).`].join("\n"));
}

export function deletionVerb(dryRun: boolean): string {
  return dryRun ? "Would delete" : "Deleted";
}
