import type { StoredSnapshot } from "./snapshot-store";
import type { StreamRef } from "./stored-message";
import type { Row, Table } from "./table";

/** What to fold an aggregate from: the bounds of its events, and the snapshots to start with. */
export interface LoadRequest extends StreamRef {
  /** Look for a snapshot as well. Absent: fold from the first event. */
  readonly snapshots?: SnapshotSearch;
  /** Fold no event above this position. */
  readonly maxVersion?: number;
  /** Fold no event from the first one on that is later than this (milliseconds since 1970). */
  readonly maxTime?: number;
  /** How many events a page holds at most. */
  readonly limit: number;
  /** Rows of read models to read as well, in the same round trip. Absent in a store without operations. */
  readonly rows?: readonly RowLookup[];
}

/** Which rows of a table to read, by their keys. */
export interface RowLookup {
  readonly table: Table;
  readonly keys: readonly string[];
}

/** Which snapshots of an aggregate a load can use; the newest of them is wanted. */
export interface SnapshotSearch extends StreamRef {
  /** What the caller can use. A kind without fingerprint stands for every fingerprint of that schema version. */
  readonly kinds: readonly SnapshotKind[];
  /** Only snapshots below this version: set after a newer one proved unusable. */
  readonly below?: number;
}

/** Snapshots that the same version of the code can use. */
export interface SnapshotKind {
  readonly schemaVersion: number;
  readonly fingerprint?: string;
}

/** What a load starts with: a snapshot where there is one, and the first page of events to fold. */
export interface LoadedStream {
  readonly snapshot?: StoredSnapshot;
  /** The id of the event at the snapshot's version; absent when the stream has no event there. */
  readonly snapshotEventId?: string;
  /** Events after the snapshot (or from the first one). */
  readonly page: FoldPage;
  /** The rows of each lookup of the request, in any order, as many as there are. They are no older than the page. */
  readonly rows?: readonly (readonly Row[])[];
}

/** Which events to fold next. */
export interface LoadPageRequest extends StreamRef {
  /** The page starts with the event after this position; -1 for the first. */
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
