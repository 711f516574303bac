import type { Answer } from "./answer";
import type { StreamPage, StreamRef } from "./stored-message";

/** The snapshots of a store, beside its events. A snapshot's stream has the name of its aggregate's stream with `:snapshot` in its category. */
export interface SnapshotStore {
  /**
   * Stores snapshots beside those that are there, all or none, in one transaction. Each replaces one of the same kind and
   * version, then drops what exceeds `keep` (the newest by version, counted per kind) and those named in `discard`.
   *
   * @throws ExpectedVersionError when a stream's newest snapshot is of another version than `expectedVersion`.
   */
  write(writes: readonly SnapshotWrite[]): Answer<void>;
  /** A stream's snapshots of all kinds, in the order of `newestSnapshotFirst`. Damaged ones come with their `fault`. */
  read(stream: StreamRef): Answer<readonly StoredSnapshot[]>;
  /** Names of the streams of a category that sort after `after` (by UTF-8 bytes), in that order, at most `limit`. */
  listStreams(category: string, page: StreamPage): Answer<readonly string[]>;
  /** Deletes the snapshots that match all of the filter. @returns how many. */
  delete(filter: SnapshotFilter): Answer<number>;
}

/** A snapshot as it is stored: columns to find it by, and the record of which they are copies. */
export interface StoredSnapshot extends StreamRef {
  /** The version of the aggregate that it holds: the position of the last event folded into it. */
  readonly version: number;
  readonly schemaVersion: number;
  readonly fingerprint: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** JSON text of the whole record but its state. */
  readonly record: string;
  /** The encoded state: text as `json`, bytes as `gzip`. */
  readonly state: string | Uint8Array;
  /** Set by an adapter that found the row damaged: what is wrong with it. */
  readonly fault?: string;
}

/** A snapshot to store, and which others go. */
export interface SnapshotWrite {
  readonly snapshot: StoredSnapshot;
  /** How many to keep of this kind in this stream, at least 1. */
  readonly keep: number;
  /** Snapshots of the stream that were found unusable and are now replaced. */
  readonly discard?: readonly SnapshotKey[];
  /** The version of the stream's newest snapshot before this call, -1 for none; absent to write whatever is there. */
  readonly expectedVersion?: number;
}

/** What tells one snapshot of a stream from the others. */
export interface SnapshotKey {
  readonly version: number;
  readonly schemaVersion: number;
  readonly fingerprint: string;
}

/** Which snapshots to delete; those that match everything given. */
export interface SnapshotFilter {
  readonly category: string;
  /** One stream of that category. */
  readonly stream?: string;
  /** Strictly below. */
  readonly schemaVersionBelow?: number;
}

/** Orders snapshots of one stream by version; of equal versions the newer schema, then the later time counts as newer. */
export function newestSnapshotFirst(
  a: Pick<StoredSnapshot, "version" | "schemaVersion" | "time">,
  b: Pick<StoredSnapshot, "version" | "schemaVersion" | "time">,
): number {
  return b.version - a.version || b.schemaVersion - a.schemaVersion || b.time - a.time;
}
