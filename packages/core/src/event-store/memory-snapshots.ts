import type {
  RecordedMessage,
  SnapshotFilter,
  SnapshotKey,
  SnapshotSearch,
  StoredSnapshot,
  StreamRef,
  WriteSnapshotOptions,
} from "./event-store-adapter";
import { snapshotMessage } from "./snapshot-message";
import { SortedStreams } from "./sorted-streams";
import { parseStream } from "./stream-names";

/** The snapshot streams of a `MemoryEventStore`. */
export class MemorySnapshots {
  /** By category, then by stream; each stream's snapshots are ordered as `older` has it. */
  private readonly categories = new Map<string, SortedStreams<readonly StoredSnapshot[]>>();

  write(snapshot: StoredSnapshot, { keep, discard = [] }: WriteSnapshotOptions): void {
    const others = this.of(snapshot).filter((each) => ![snapshot, ...discard].some((key) => sameKey(each, key)));
    const snapshots = [...others, copyOf(snapshot)].sort(older);
    const surplus = snapshots.filter((each) => sameKind(each, snapshot)).slice(0, -keep);
    this.replace(
      snapshot,
      snapshots.filter((each) => !surplus.includes(each)),
    );
  }

  /** @param bound the version that it must be below. */
  newest(
    { stream, kinds, below = Number.POSITIVE_INFINITY }: SnapshotSearch,
    bound: number,
  ): StoredSnapshot | undefined {
    const found = this.of(parseStream(stream)).findLast(
      (snapshot) => snapshot.version < Math.min(below, bound) && kinds.some((kind) => isOfKind(snapshot, kind)),
    );
    return found && copyOf(found);
  }

  version(ref: StreamRef): number {
    return this.of(ref).at(-1)?.version ?? -1;
  }

  newestFirst(ref: StreamRef): readonly StoredSnapshot[] {
    return this.of(ref).map(copyOf).reverse();
  }

  messages(ref: StreamRef, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    return this.of(ref)
      .filter(({ version }) => version >= from)
      .slice(0, limit)
      .map(snapshotMessage);
  }

  last(ref: StreamRef): RecordedMessage | undefined {
    const newest = this.of(ref).at(-1);
    return newest && snapshotMessage(newest);
  }

  delete({ category, stream, schemaVersionBelow = Number.POSITIVE_INFINITY }: SnapshotFilter): number {
    const streams = this.categories.get(category)?.entries() ?? [];
    let deleted = 0;
    for (const [name, snapshots] of [...streams]) {
      if (stream !== undefined && stream !== name) continue;
      const kept = snapshots.filter(({ schemaVersion }) => schemaVersion >= schemaVersionBelow);
      deleted += snapshots.length - kept.length;
      this.replace({ stream: name, category }, kept);
    }
    return deleted;
  }

  list(category: string, page: { readonly after?: string; readonly limit: number }): readonly string[] {
    return this.categories.get(category)?.list(page) ?? [];
  }

  private of({ stream, category }: StreamRef): readonly StoredSnapshot[] {
    return this.categories.get(category)?.get(stream) ?? [];
  }

  private replace({ stream, category }: StreamRef, snapshots: readonly StoredSnapshot[]): void {
    const streams = this.categories.get(category) ?? new SortedStreams();
    this.categories.set(category, streams);
    if (snapshots.length === 0) streams.delete(stream);
    else streams.set(stream, snapshots);
  }
}

/** By version; of equal ones the newer schema counts as the newer snapshot. */
function older(a: StoredSnapshot, b: StoredSnapshot): number {
  return a.version - b.version || a.schemaVersion - b.schemaVersion || a.time - b.time;
}

function sameKey(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.version === b.version && sameKind(a, b);
}

function sameKind(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.schemaVersion === b.schemaVersion && a.fingerprint === b.fingerprint;
}

function isOfKind(snapshot: StoredSnapshot, kind: SnapshotSearch["kinds"][number]): boolean {
  return (
    snapshot.schemaVersion === kind.schemaVersion && (kind.fingerprint ?? snapshot.fingerprint) === snapshot.fingerprint
  );
}

/** Apart from the caller's: bytes could be changed in place. */
function copyOf(snapshot: StoredSnapshot): StoredSnapshot {
  const { state } = snapshot;
  return { ...snapshot, state: typeof state === "string" ? state : Uint8Array.from(state) };
}
