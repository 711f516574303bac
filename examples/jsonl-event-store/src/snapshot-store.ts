import { ExpectedVersionError } from "@tidemark/core";
import {
  newestSnapshotFirst,
  type SnapshotFilter,
  type SnapshotKey,
  type SnapshotSearch,
  type SnapshotStore,
  type SnapshotWrite,
  type StoredSnapshot,
  type StreamPage,
  type StreamRef,
} from "@tidemark/core/adapter";

import { pageOfNames } from "./page-of-names";

/** A line of the file: snapshots that were written together, or a deletion. */
export type SnapshotLine = { readonly snapshots: readonly WrittenSnapshot[] } | { readonly deletion: SnapshotFilter };

/** A write whose state is text, or bytes in base64. */
type WrittenSnapshot = Omit<SnapshotWrite, "snapshot"> & {
  readonly snapshot: Omit<StoredSnapshot, "state">;
  readonly text?: string;
  readonly base64?: string;
};

/** The snapshots, in memory to find them by. Changes go to the file first. */
export class JsonlSnapshotStore implements SnapshotStore {
  /** Each stream's newest one comes first. */
  private snapshots: readonly StoredSnapshot[] = [];

  /** @param writeLine adds a line to the file, or throws and leaves the file as it was. */
  constructor(private readonly writeLine: (line: SnapshotLine) => void) {}

  write(writes: readonly SnapshotWrite[]): void {
    for (const { snapshot, expectedVersion: expected } of writes) {
      const { stream } = snapshot;
      const actual = this.of(stream)[0]?.version ?? -1;
      if (expected !== undefined && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
    this.writeLine({ snapshots: writes.map(encoded) });
    for (const write of writes) this.add(write);
  }

  /** Copies, whose bytes the caller may change. */
  read({ stream }: StreamRef): readonly StoredSnapshot[] {
    return this.of(stream).map(copyOf);
  }

  listStreams(category: string, page: StreamPage): readonly string[] {
    return pageOfNames(this.snapshots, category, page);
  }

  delete(filter: SnapshotFilter): number {
    this.writeLine({ deletion: filter });
    return this.remove(filter);
  }

  /** Does again what a line of the file says was done. */
  replay(line: SnapshotLine): void {
    if ("deletion" in line) this.remove(line.deletion);
    else
      for (const { text, base64 = "", ...write } of line.snapshots) {
        const state = text ?? new Uint8Array(Buffer.from(base64, "base64"));
        this.add({ ...write, snapshot: { ...write.snapshot, state } });
      }
  }

  clear(): void {
    this.snapshots = [];
  }

  /** @param end the version that the snapshot must be below. */
  find({ stream, kinds, below = Number.POSITIVE_INFINITY }: SnapshotSearch, end: number): StoredSnapshot | undefined {
    const found = this.of(stream).find(
      ({ version, schemaVersion, fingerprint }) =>
        version < Math.min(below, end) &&
        kinds.some((kind) => kind.schemaVersion === schemaVersion && (kind.fingerprint ?? fingerprint) === fingerprint),
    );
    return found && copyOf(found);
  }

  private add({ snapshot, keep, discard = [] }: SnapshotWrite): void {
    const replaced = (each: StoredSnapshot) =>
      [snapshot, ...discard].some((key) => sameKind(each, key) && each.version === key.version);
    const others = this.snapshots.filter(({ stream }) => stream !== snapshot.stream);
    const kept = this.of(snapshot.stream).filter((each) => !replaced(each));
    const own = [...kept, copyOf(snapshot)].sort(newestSnapshotFirst);
    const surplus = own.filter((each) => sameKind(each, snapshot)).slice(keep);
    this.snapshots = [...others, ...own.filter((each) => !surplus.includes(each))];
  }

  private remove(filter: SnapshotFilter): number {
    const kept = this.snapshots.filter((each) => !matches(each, filter));
    const removed = this.snapshots.length - kept.length;
    this.snapshots = kept;
    return removed;
  }

  private of(stream: string): readonly StoredSnapshot[] {
    return this.snapshots.filter((each) => each.stream === stream);
  }
}

function encoded({ snapshot, ...write }: SnapshotWrite): WrittenSnapshot {
  const { state, ...columns } = snapshot;
  if (typeof state === "string") return { ...write, snapshot: columns, text: state };
  return { ...write, snapshot: columns, base64: Buffer.from(state).toString("base64") };
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
