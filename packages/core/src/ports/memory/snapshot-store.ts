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
import { flatText } from "./flat-text";
import { SortedStreams } from "./sorted-streams";

/** The snapshots of a `MemoryEventStore`. */
export class MemorySnapshotStore implements SnapshotStore {
  /** By category, then by stream; each stream's newest snapshot comes first. */
  readonly #categories = new Map<string, SortedStreams<readonly StoredSnapshot[]>>();

  write(writes: readonly SnapshotWrite[]): void {
    for (const { snapshot, expectedVersion: expected } of writes) {
      if (expected === undefined) continue;
      const actual = this.#of(snapshot)[0]?.version ?? -1;
      if (expected !== actual) throw new ExpectedVersionError({ stream: snapshot.stream, expected, actual });
    }
    for (const write of writes) this.#writeOne(write);
  }

  /** @param bound the version that it must be below. */
  newest(search: SnapshotSearch, bound: number): StoredSnapshot | undefined {
    const { kinds, below = Number.POSITIVE_INFINITY } = search;
    const found = this.#of(search).find(
      (snapshot) => snapshot.version < Math.min(below, bound) && kinds.some((kind) => isOfKind(snapshot, kind)),
    );
    return found && handedOut(found);
  }

  read(ref: StreamRef): readonly StoredSnapshot[] {
    return this.#of(ref).map(handedOut);
  }

  delete({ category, stream, schemaVersionBelow = Number.POSITIVE_INFINITY }: SnapshotFilter): number {
    const streams = this.#streamsOf(category);
    let deleted = 0;
    for (const [name, snapshots] of [...streams.entries()]) {
      if (stream !== undefined && stream !== name) continue;
      const others = snapshots.filter(({ schemaVersion }) => schemaVersion >= schemaVersionBelow);
      deleted += snapshots.length - others.length;
      if (others.length === 0) streams.delete(name);
      else streams.set(name, others);
    }
    return deleted;
  }

  listStreams(category: string, page: StreamPage): readonly string[] {
    return this.#categories.get(category)?.list(page) ?? [];
  }

  #writeOne({ snapshot, keep, discard = [] }: SnapshotWrite): void {
    const { stream, category } = snapshot;
    const streams = this.#streamsOf(category);
    const others = streams
      .get(stream)
      ?.filter((each) => !sameKey(each, snapshot) && !discard.some((key) => sameKey(each, key)));
    if (others === undefined || others.length === 0) {
      streams.set(stream, [kept(snapshot)]);
      return;
    }
    const snapshots = [...others, kept(snapshot)].sort(newestSnapshotFirst);
    const surplus = snapshots.filter((each) => sameKind(each, snapshot)).slice(keep);
    streams.set(
      stream,
      snapshots.filter((each) => !surplus.includes(each)),
    );
  }

  #of({ stream, category }: StreamRef): readonly StoredSnapshot[] {
    return this.#categories.get(category)?.get(stream) ?? [];
  }

  #streamsOf(category: string): SortedStreams<readonly StoredSnapshot[]> {
    const known = this.#categories.get(category);
    if (known !== undefined) return known;
    const streams = new SortedStreams<readonly StoredSnapshot[]>();
    this.#categories.set(category, streams);
    return streams;
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

/** To be kept. Apart from the caller's: bytes could be changed in place. */
function kept(snapshot: StoredSnapshot): StoredSnapshot {
  const { record, state } = snapshot;
  return { ...snapshot, record: flatText(record), state: typeof state === "string" ? flatText(state) : copyOf(state) };
}

function handedOut(snapshot: StoredSnapshot): StoredSnapshot {
  const { state } = snapshot;
  return { ...snapshot, state: typeof state === "string" ? state : copyOf(state) };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}
