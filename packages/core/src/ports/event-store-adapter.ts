import type { Answer } from "./answer";
import type { EventLog } from "./event-log";
import type { LoadedStream, LoadRequest } from "./loaded-stream";
import type { OperationStores } from "./operation-stores";
import type { SnapshotStore } from "./snapshot-store";

/**
 * What Tidemark asks of a database: two stores that share a connection, one for events and one for snapshots, and what needs
 * both of them at once.
 *
 * A method may answer at once or with a promise: an embedded store saves its caller a turn of the event loop.
 */
export interface EventStoreAdapter {
  /** The store in words for messages, free of secrets: `SQLite file "data/fidelis.db"`. */
  readonly description: string;
  readonly abilities: EventStoreAbilities;
  /**
   * For how long a call is repeated that failed because the store could not be reached, in milliseconds: as long as another server may take
   * to stand in for one that is lost. Not at all where absent or 0.
   */
  readonly patienceMs?: number;

  /**
   * Connects, and creates or upgrades the schema. Safe to call from several processes at once.
   * @throws StoreUnavailableError naming the path or server; ConfigurationError for a schema newer than the code.
   */
  open(): Answer<void>;
  /** Finishes what is under way and lets go of files and connections. A second call does nothing. */
  close(): Answer<void>;
  /**
   * Creates or upgrades the schema by explicit request, for a store whose `open` may be told not to. Absent where `open`
   * always does and there is nothing to tell.
   *
   * @returns what it changed; nothing where the store does not tell.
   */
  migrate?(): Answer<SchemaChange> | Answer<void>;
  /**
   * Finds out what `migrate` would do, before `open`, and changes nothing. Absent where `open` changes nothing that one could want to know.
   * @throws as `open` does.
   */
  plannedMigration?(): Answer<Pick<SchemaChange, "from" | "to">>;

  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  /** What consumers of events keep, in the same transactions as the events. Absent in a store for events alone. */
  readonly operations?: OperationStores;

  /** Reads the newest snapshot of the kinds asked for and the first page of the events after it, in one round trip. */
  load(request: LoadRequest): Answer<LoadedStream>;
  /** Reads everything there is and reports what is damaged or missing, a page at a time. */
  verify(): AsyncIterable<VerifiedPage>;
  /**
   * Looks for what endangers events that were acknowledged, or lets readers miss some: settings of the server, of its replicas, of what stands
   * in front of it. Reads little and changes nothing. Absent where there is nothing that could be set wrongly. Works before `open` too, and
   * leaves nothing open then.
   *
   * @throws StoreUnavailableError
   */
  diagnose?(): Answer<readonly Diagnosis[]>;
}

/** One thing that `diagnose` has looked at. */
export interface Diagnosis {
  /** What was looked at, by a name that stays: `synchronous_commit`. */
  readonly name: string;
  /**
   * `danger` where acknowledged events can be lost, or readers can miss some; `warning` where that takes something else besides; `unknown`
   * where it could not be seen.
   */
  readonly verdict: "fine" | "warning" | "danger" | "unknown";
  /** What was found, in a sentence. */
  readonly finding: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** What `migrate` did to a schema. */
export interface SchemaChange {
  /** The version that it found; 0 for an empty database. */
  readonly from: number;
  /** The version that it left; the same where there was nothing to do. */
  readonly to: number;
  /** The tables that it created, by name. */
  readonly tables: readonly string[];
}

/** What an adapter can do beyond the port. The conformance suites check this declaration before they rely on it. */
export interface EventStoreAbilities {
  /** What was acknowledged is there after `close()` and in another process. */
  readonly durable: boolean;
  /** Several processes may write at the same time. */
  readonly sharedByProcesses: boolean;
  /** An altered row is noticed when it is read. */
  readonly detectsDamage: boolean;
}

/** What `verify` found in one stretch of the store. */
export interface VerifiedPage {
  /** How many messages were read. */
  readonly messages: number;
  readonly faults: readonly StoredFault[];
}

/** A message that is damaged or missing. */
export interface StoredFault {
  readonly stream: string;
  readonly position: number;
  readonly reason: string;
}
