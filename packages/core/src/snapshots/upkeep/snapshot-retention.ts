import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { StoredSnapshot } from "../../ports/snapshot-store";
import { decodeSnapshot, UnreadableSnapshot } from "../snapshot-record";

interface RetentionParts {
  readonly adapter: EventStoreAdapter;
  readonly maxStateBytes: number;
}

/** Deletes the snapshots of one stream that exceed what is to be kept. */
export class SnapshotRetention {
  constructor(private readonly parts: RetentionParts) {}

  /**
   * Keeps the newest `keep` readable snapshots of each kind and deletes the others, unreadable ones included. A stream with
   * unreadable snapshots only is left to the next load.
   *
   * One kept snapshot is written again, and the others are discarded in the same transaction: whatever interrupts it, one
   * snapshot is left.
   *
   * @param stored all of one stream, newest version first.
   * @returns how many were deleted; in a dry run, how many would be.
   */
  async prune(
    stored: readonly StoredSnapshot[],
    { keep, dryRun }: { readonly keep: number; readonly dryRun: boolean },
  ): Promise<number> {
    const kept = new Map<string, StoredSnapshot[]>();
    const surplus: StoredSnapshot[] = [];
    for (const snapshot of stored) {
      const kind = `${snapshot.schemaVersion} ${snapshot.fingerprint}`;
      const ofKind = kept.get(kind) ?? [];
      kept.set(kind, ofKind);
      if (ofKind.length < keep && this.isReadable(snapshot)) ofKind.push(snapshot);
      else surplus.push(snapshot);
    }
    const [survivor] = [...kept.values()].flat();
    if (survivor === undefined || surplus.length === 0) return 0;
    if (!dryRun) await this.parts.adapter.snapshots.write([{ snapshot: survivor, keep, discard: surplus }]);
    return surplus.length;
  }

  private isReadable(snapshot: StoredSnapshot): boolean {
    try {
      decodeSnapshot(snapshot, this.parts);
      return true;
    } catch (error) {
      if (error instanceof UnreadableSnapshot) return false;
      throw error;
    }
  }
}

/** @throws IncorrectUsageError */
export function checkKeep(keep: unknown): void {
  if (Number.isInteger(keep) && (keep as number) >= 1) return;
  throw new IncorrectUsageError(`keep must be a whole number of at least 1, found ${keep}; deleteAll() leaves none`);
}
