import type { SnapshotEntry } from "@tidemark/core";

/** Returns a listed snapshot with the names that JSON documents use. */
export function entryDocument(aggregate: string, { id, usable, ...entry }: SnapshotEntry): object {
  return {
    aggregate,
    identifier: id,
    ...entry,
    usable: usable === true,
    ...(usable !== true && { reason: usable }),
  };
}

/** Returns `yes` when a load can start at the snapshot, else `no` with the reason. */
export function usability({ usable, explanation }: SnapshotEntry): string {
  return usable === true ? "yes" : `no: ${explanation ?? usable}`;
}
