import type { SnapshotFilter, SnapshotKey, SnapshotSearch, StoredSnapshot, WriteSnapshotOptions } from "@tidemark/core";

/** All snapshots, each stream's newest first. */
export class SnapshotIndex {
  private snapshots: readonly StoredSnapshot[] = [];

  write(snapshot: StoredSnapshot, { keep, discard = [] }: WriteSnapshotOptions): void {
    const replaced = (each: StoredSnapshot) =>
      [snapshot, ...discard].some((key) => sameKind(each, key) && each.version === key.version);
    const others = this.snapshots.filter((each) => each.stream !== snapshot.stream);
    const own = [...this.of(snapshot.stream).filter((each) => !replaced(each)), copyOf(snapshot)].sort(newestFirst);
    const surplus = own.filter((each) => sameKind(each, snapshot)).slice(keep);
    this.snapshots = [...others, ...own.filter((each) => !surplus.includes(each))];
  }

  delete(filter: SnapshotFilter): number {
    const kept = this.snapshots.filter((each) => !matches(each, filter));
    const deleted = this.snapshots.length - kept.length;
    this.snapshots = kept;
    return deleted;
  }

  /** @param end the version that it must be below. */
  find({ stream, kinds, below = Number.POSITIVE_INFINITY }: SnapshotSearch, end: number): StoredSnapshot | undefined {
    return this.of(stream).find(
      ({ version, schemaVersion, fingerprint }) =>
        version < Math.min(below, end) &&
        kinds.some((kind) => kind.schemaVersion === schemaVersion && (kind.fingerprint ?? fingerprint) === fingerprint),
    );
  }

  /** Copies, whose bytes the caller may change. */
  of(stream: string): StoredSnapshot[] {
    return this.snapshots.filter((each) => each.stream === stream).map(copyOf);
  }

  inCategory(category: string): readonly StoredSnapshot[] {
    return this.snapshots.filter((each) => each.category === category);
  }
}

/** Of equal versions the newer schema counts as the newer snapshot. */
function newestFirst(a: StoredSnapshot, b: StoredSnapshot): number {
  return b.version - a.version || b.schemaVersion - a.schemaVersion || b.time - a.time;
}

function sameKind(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.schemaVersion === b.schemaVersion && a.fingerprint === b.fingerprint;
}

function matches(snapshot: StoredSnapshot, { category, stream, schemaVersionBelow }: SnapshotFilter): boolean {
  return (
    snapshot.category === category &&
    (stream === undefined || snapshot.stream === stream) &&
    (schemaVersionBelow === undefined || snapshot.schemaVersion < schemaVersionBelow)
  );
}

function copyOf(snapshot: StoredSnapshot): StoredSnapshot {
  const { state } = snapshot;
  return { ...snapshot, state: typeof state === "string" ? state : Uint8Array.from(state) };
}
