import { ExpectedVersionError } from "../../errors/expected-version-error";
import type { SnapshotKind, SnapshotSearch } from "../loaded-stream";
import {
  newestSnapshotFirst,
  type SnapshotFilter,
  type SnapshotKey,
  type SnapshotStore,
  type SnapshotWrite,
  type StoredSnapshot,
} from "../snapshot-store";
import type { StreamPage, StreamRef } from "../stored-message";
import { SortedStreams } from "./sorted-streams";

/** The snapshots of a `MemoryEventStore`. */
export class MemorySnapshotStore implements SnapshotStore {
  /** By category, then by stream; each stream's newest snapshot comes first. */
  readonly #categories = new Map<string, SortedStreams<readonly StoredSnapshot[]>>();

  write(writes: readonly SnapshotWrite[]): void {
    for (const { snapshot, expectedVersion } of writes) {
      const actual = this.#of(snapshot)[0]?.version ?? -1;
      const { stream } = snapshot;
      if (expectedVersion !== undefined && expectedVersion !== actual)
        throw new ExpectedVersionError({ stream, expected: expectedVersion, actual });
    }
    for (const write of writes) this.#writeOne(write);
  }

  /** @param bound the version that it must be below. */
  newest(search: SnapshotSearch, bound: number): StoredSnapshot | undefined {
    const { kinds, below = Number.POSITIVE_INFINITY } = search;
    const found = this.#of(search).find(
      (snapshot) => snapshot.version < Math.min(below, bound) && kinds.some((kind) => isOfKind(snapshot, kind)),
    );
    return found && copyOf(found);
  }

  read(ref: StreamRef): readonly StoredSnapshot[] {
    return this.#of(ref).map(copyOf);
  }

  delete({ category, stream, schemaVersionBelow = Number.POSITIVE_INFINITY }: SnapshotFilter): number {
    const streams = this.#categories.get(category)?.entries() ?? [];
    let deleted = 0;
    for (const [name, snapshots] of [...streams]) {
      if (stream !== undefined && stream !== name) continue;
      const kept = snapshots.filter(({ schemaVersion }) => schemaVersion >= schemaVersionBelow);
      deleted += snapshots.length - kept.length;
      this.#replace({ stream: name, category }, kept);
    }
    return deleted;
  }

  listStreams(category: string, page: StreamPage): readonly string[] {
    return this.#categories.get(category)?.list(page) ?? [];
  }

  #writeOne({ snapshot, keep, discard = [] }: SnapshotWrite): void {
    const others = this.#of(snapshot).filter((each) => ![snapshot, ...discard].some((key) => sameKey(each, key)));
    const snapshots = [...others, copyOf(snapshot)].sort(newestSnapshotFirst);
    const surplus = snapshots.filter((each) => sameKind(each, snapshot)).slice(keep);
    this.#replace(
      snapshot,
      snapshots.filter((each) => !surplus.includes(each)),
    );
  }

  #of({ stream, category }: StreamRef): readonly StoredSnapshot[] {
    return this.#categories.get(category)?.get(stream) ?? [];
  }

  #replace({ stream, category }: StreamRef, snapshots: readonly StoredSnapshot[]): void {
    const streams = this.#categories.get(category) ?? new SortedStreams();
    this.#categories.set(category, streams);
    if (snapshots.length === 0) streams.delete(stream);
    else streams.set(stream, snapshots);
  }
}

function sameKey(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.version === b.version && sameKind(a, b);
}

function sameKind(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.schemaVersion === b.schemaVersion && a.fingerprint === b.fingerprint;
}

function isOfKind(snapshot: StoredSnapshot, kind: SnapshotKind): boolean {
  return (
    snapshot.schemaVersion === kind.schemaVersion && (kind.fingerprint ?? snapshot.fingerprint) === snapshot.fingerprint
  );
}

/** Apart from the caller's: bytes could be changed in place. */
function copyOf(snapshot: StoredSnapshot): StoredSnapshot {
  const { state } = snapshot;
  return { ...snapshot, state: typeof state === "string" ? state : Uint8Array.from(state) };
}
