import type { SnapshotEntry } from "@tidemark/core";

/** A listed snapshot under the names that JSON documents use. */
export function entryDocument(aggregate: string, { id, usable, ...entry }: SnapshotEntry): object {
  return {
    aggregate,
    identifier: id,
    ...entry,
    usable: usable === true,
    ...(usable !== true && { reason: usable }),
  };
}

/** Whether a load can begin at it, or why not, in words. */
export function usability({ usable, explanation }: SnapshotEntry): string {
  return usable === true ? "yes" : `no: ${explanation ?? usable}`;
}
