import type { Results } from "./results";

export interface DeletionOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Says how many snapshots were deleted, or would be, of each aggregate class.
 * @param only the name of the class, where the call named one.
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
  const verb = verbOf(dryRun);
  if (only !== undefined) return await results.line(`${verb} ${total} snapshot(s) of ${only}.`);
  const lines = [...deleted].map(([name, count]) => `${name}: ${count} snapshot(s)`);
  await results.line([...lines, `${verb} ${total} snapshot(s) across ${deleted.size} aggregate(s).`].join("\n"));
}

export function verbOf(dryRun: boolean): string {
  return dryRun ? "Would delete" : "Deleted";
}
