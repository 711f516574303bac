/**
 * What Tidemark asks of a database: the port behind `EventStore`.
 *
 * Text in, the same text out. Serialising, checking names and sizes, paging for the caller: all of that has
 * happened before an adapter is called, or happens after it. Positions are 0-based within a stream; global
 * positions are 1-based, grow in commit order, and may have gaps. Streams of the events and streams of the
 * snapshots never mix: an adapter keeps them apart by the category it is given.
 *
 * A method may answer at once or with a promise: an embedded store saves its caller a turn of the event loop.
 */
export interface EventStoreAdapter {
  /** The store in words for messages, free of secrets: `SQLite file "data/fidelis.db"`. */
  readonly description: string;
  readonly abilities: EventStoreAbilities;

  /**
   * Connects, and creates or upgrades the schema. Safe to call from several processes at once.
   * @throws StoreUnavailableError naming the path or server; ConfigurationError for a schema newer than the code.
   */
  open(): Answer<void>;
  /** Finishes what is under way and lets go of files and connections. A second call does nothing. */
  close(): Answer<void>;

  /**
   * Creates or upgrades the schema by explicit request, of a store whose `open` may be told not to. Absent where `open`
   * always does.
   */
  migrate?(): Answer<void>;

  /**
   * Appends to every stream named, or to none. No stream is named twice.
   *
   * Repeating an append that was already stored (the same ids, in the same order, at the positions that
   * `expectedVersion` points at, or one after the other in the same stream where it is absent) succeeds with the
   * same answer and stores nothing: the retry of a lost acknowledgement. An id that is stored elsewhere is refused.
   *
   * @returns for each request, in order, the version of its stream after it.
   * @throws ExpectedVersionError for the first stream that is at another version.
   * @throws IncorrectUsageError for an event id that is already stored elsewhere.
   */
  append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]>;

  /** The newest snapshot of the kinds asked for and the first page of the events after it, in one round trip. */
  load(request: LoadRequest): Answer<LoadedStream>;
  /** A further page of events to fold. */
  loadPage(request: LoadPageRequest): Answer<FoldPage>;
  /** The position of a stream's last event; -1 where there is none. Also the version of a snapshot stream's latest. */
  version(stream: StreamRef): Answer<number>;

  /** Events of one stream from position `from`, in order, at most `limit`. Of a snapshot stream: its snapshots by version. */
  readStream(
    stream: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Answer<readonly RecordedMessage[]>;
  /** The last message of a stream; of a snapshot stream, the snapshot with the highest version. */
  readLast(stream: StreamRef): Answer<RecordedMessage | undefined>;
  /** Events of one category after a global position, in global order, skipping none that commits late. */
  readCategory(category: string, range: GlobalRange): Answer<readonly RecordedMessage[]>;
  /** Events of all categories. Never snapshots. The records of commands are events to an adapter: `EventStore` leaves them out. */
  readAll(range: GlobalRange): Answer<readonly RecordedMessage[]>;
  /** Names of the streams of a category that sort after `after` (by UTF-8 bytes), in that order, at most `limit`. */
  listStreams(category: string, page: { readonly after?: string; readonly limit: number }): Answer<readonly string[]>;

  /**
   * Stores a snapshot beside those that are there, replacing one of the same kind and version, then drops what
   * exceeds `keep` (the newest by version, counted per kind) and those named in `discard`: all in one transaction.
   */
  writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): Answer<void>;
  /** A stream's snapshots of all kinds, newest version first. Damaged ones come with their `fault`. */
  readSnapshots(stream: StreamRef): Answer<readonly StoredSnapshot[]>;
  /** Deletes the snapshots that match all of the filter. @returns how many. */
  deleteSnapshots(filter: SnapshotFilter): Answer<number>;

  /** Reads everything there is and reports what is damaged or missing, a page at a time. */
  verify(): AsyncIterable<VerifiedPage>;
}

/** At once from an embedded store, with a promise from one behind a network. */
export type Answer<T> = T | Promise<T>;

/** What an adapter can do beyond the port. The conformance suites check this declaration before they rely on it. */
export interface EventStoreAbilities {
  /** What was acknowledged is there after `close()` and in another process. */
  readonly durable: boolean;
  /** Several processes may write at the same time. */
  readonly sharedByProcesses: boolean;
  /** An altered row is noticed when it is read. */
  readonly detectsDamage: boolean;
}

/** A stream's name with its category, which is everything before the name's first `-`. */
export interface StreamRef {
  readonly stream: string;
  readonly category: string;
}

/** An event as it is stored. `data` and `metadata` are JSON texts of objects. */
export interface StoredMessage {
  readonly id: string;
  readonly type: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  readonly data: string;
  readonly metadata: string;
}

/** A stored event with its place in its stream and in the store. */
export interface RecordedMessage extends StoredMessage, StreamRef {
  readonly position: number;
  readonly globalPosition: number;
}

/** The events to append to one stream. */
export interface AppendRequest extends StreamRef {
  /** The stream's version as the writer knows it, -1 for none yet; absent to append at whatever end there is. */
  readonly expectedVersion?: number;
  /** Never empty. */
  readonly messages: readonly StoredMessage[];
}

/** Where a stream ends after an append. */
export interface AppendedStream {
  readonly stream: string;
  /** The position of the last event appended. */
  readonly version: number;
  /** Its global position. */
  readonly globalPosition: number;
}

/** A stretch of the global order: at most `limit` events after a position. */
export interface GlobalRange {
  /** A global position as an earlier message carried it; 0 for the beginning. */
  readonly after: number;
  readonly limit: number;
}

/** What to fold an aggregate from: the bounds of its events, and the snapshots to begin with. */
export interface LoadRequest extends StreamRef {
  /** Look for a snapshot as well. Absent: fold from the first event. */
  readonly snapshots?: SnapshotSearch;
  /** Fold no event above this position. */
  readonly maxVersion?: number;
  /** Fold no event from the first one on that is later than this (milliseconds since 1970). */
  readonly maxTime?: number;
  /** How many events a page holds at most. */
  readonly limit: number;
}

/** Which snapshots of an aggregate are of use to a load; the newest of them is wanted. */
export interface SnapshotSearch {
  readonly stream: string;
  /** What the caller can use. A kind without fingerprint stands for every fingerprint of that schema version. */
  readonly kinds: readonly { readonly schemaVersion: number; readonly fingerprint?: string }[];
  /** Only snapshots below this version: set after a newer one proved unusable. */
  readonly below?: number;
}

/** What a load begins with: a snapshot where there is one, and the first page of events to fold. */
export interface LoadedStream {
  readonly snapshot?: StoredSnapshot;
  /** The id of the event at the snapshot's version; absent when the stream has no event there. */
  readonly snapshotEventId?: string;
  /** Events after the snapshot (or from the first one). */
  readonly page: FoldPage;
}

/** Which events to fold next. */
export interface LoadPageRequest extends StreamRef {
  /** The page begins with the event after this position; -1 for the first. */
  readonly after: number;
  readonly maxVersion?: number;
  readonly maxTime?: number;
  readonly limit: number;
}

/**
 * Consecutive events in the form that a fold reads them: no ids, no times, no metadata, parsed once.
 * An adapter has checked that positions are contiguous and rows undamaged, or throws DeserializationError.
 */
export interface FoldPage {
  /** Alternately an event's type and its parsed data: `["Fidelis.AccountOpened.v1", {…}, "Fidelis.DepositMade.v1", {…}]`. */
  readonly events: readonly unknown[];
  /** The position of the page's last event; the `after` of the request where the page is empty. */
  readonly lastPosition: number;
  /** Its id; empty where the page is empty. */
  readonly lastId: string;
  /** Whether events may follow within the request's bounds. */
  readonly more: boolean;
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

/** What goes when a snapshot is written. */
export interface WriteSnapshotOptions {
  /** How many to keep of this kind in this stream, at least 1. */
  readonly keep: number;
  /** Snapshots that were found unusable and are now replaced. */
  readonly discard?: readonly SnapshotKey[];
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

/** What `verify` found in one stretch of the store. */
export interface VerifiedPage {
  /** How many messages were read. */
  readonly messages: number;
  readonly faults: readonly { readonly stream: string; readonly position: number; readonly reason: string }[];
}
