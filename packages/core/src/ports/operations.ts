import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { NewQueueEntry, QueueEntryState, QueueTime } from "./command-queue";
import type { StoredState } from "./state-store";
import type { Checkpoint, ParkedKey } from "./subscription-store";
import type { Row, Table } from "./table";
import type { Timer } from "./timer-store";

/**
 * One change to what consumers of events keep. Operations commit together, with events (`EventLog.append`) or without them
 * (`flush`). No two operations of one call concern the same row, checkpoint, timer, queue entry or state.
 */
export type Operation =
  | UpsertRows
  | DeleteRows
  | RunStatement
  | MoveCheckpoint
  | ReplaceCheckpoints
  | PutParked
  | RemoveParked
  | ReceiveMessage
  | SetTimer
  | RemoveTimer
  | Enqueue
  | SettleEntry
  | PutState
  | DeleteState;

/** Stores rows of a read model in the place of those with the same keys. */
export interface UpsertRows {
  readonly kind: "upsertRows";
  readonly table: Table;
  readonly rows: readonly Row[];
  readonly guard?: RowGuard;
}

/** Deletes rows of a read model, as far as they are there. */
export interface DeleteRows {
  readonly kind: "deleteRows";
  readonly table: Table;
  readonly keys: readonly string[];
  readonly guard?: RowGuard;
}

/**
 * What the rows of an operation must still be for it to be applied. The operation is refused with an OperationConflictError as soon
 * as one row is another one.
 */
export interface RowGuard {
  /** A column of type `integer`. */
  readonly column: string;
  /** For each row or key of the operation the value that its stored row must have in that column; null where there must be no row. */
  readonly expected: readonly (number | null)[];
}

/** Runs a statement of the application's own, in the store's own language. Refused where the store does not run statements. */
export interface RunStatement {
  readonly kind: "runStatement";
  /** The texts around the values: one more than there are values. */
  readonly texts: readonly string[];
  /** Bound to the statement, never written into it. */
  readonly values: readonly StatementValue[];
}

/** A value that a statement binds. Dates are bound as ISO text in UTC on SQLite and as `timestamptz` on PostgreSQL. */
export type StatementValue = string | number | bigint | boolean | Date | Uint8Array | null;

/**
 * Moves one checkpoint of a subscription forward.
 * Refused with an OperationConflictError unless it is at `from`, under this generation.
 */
export interface MoveCheckpoint {
  readonly kind: "moveCheckpoint";
  readonly subscription: string;
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
  /** The generation of the lease under which the writer works. */
  readonly generation: number;
}

/**
 * Puts other checkpoints in the place of all those of a subscription: other buckets, another position, or none. The new ones have no
 * owner, and a generation above those of the old ones.
 * Refused with an OperationConflictError unless the subscription has exactly the expected ones, each at its position and generation.
 */
export interface ReplaceCheckpoints {
  readonly kind: "replaceCheckpoints";
  readonly subscription: string;
  /** By bucket; none where the subscription must be new. */
  readonly expected: readonly Pick<Checkpoint, "bucket" | "position" | "generation">[];
  readonly checkpoints: readonly Pick<Checkpoint, "bucket" | "position">[];
}

/**
 * Notes that a key waits, or changes what is noted. Its revision is stored as one above `expected`, whatever the key says.
 * Refused with an OperationConflictError unless what is stored has the revision `expected`; null for nothing.
 */
export interface PutParked {
  readonly kind: "putParked";
  readonly parked: Omit<ParkedKey, "revision">;
  readonly expected: number | null;
}

/** Removes what is noted of a key. Refused with an OperationConflictError unless it has the revision `expected`. */
export interface RemoveParked extends Pick<ParkedKey, "subscription" | "key" | "position"> {
  readonly kind: "removeParked";
  readonly expected: number;
}

/** Notes that a message was received. Refused with an OperationConflictError where the inbox has its id already. */
export interface ReceiveMessage {
  readonly kind: "receiveMessage";
  readonly inbox: string;
  readonly id: string;
  /** Milliseconds since 1970, UTC. */
  readonly receivedAt: number;
}

/** Sets a timer, in the place of one with the same owner and name. */
export interface SetTimer {
  readonly kind: "setTimer";
  readonly timer: Omit<Timer, "dueAt">;
  readonly due: QueueTime;
}

/**
 * Removes a timer: one that is cancelled, as far as it is there; one that fires, as it was read.
 * With `expected` it is refused with an OperationConflictError unless the timer is there, due then and with that data.
 */
export interface RemoveTimer {
  readonly kind: "removeTimer";
  readonly owner: string;
  readonly name: string;
  readonly expected?: Pick<Timer, "dueAt" | "data">;
}

/**
 * Adds an entry to the queue of commands, in state `waiting`; nothing where one with its id is there. With `replaces` it takes the place of
 * the entry with its id, whatever state that is in, as a new one whose revision is one above it: refused with an OperationConflictError where
 * that one is claimed by a worker whose claim has not run out by the clock of the store.
 */
export interface Enqueue {
  readonly kind: "enqueue";
  readonly entry: NewQueueEntry;
  readonly replaces?: boolean;
}

/**
 * Changes an entry of the queue, and ends the claim that somebody has on it. Its revision grows by one.
 * Refused with an OperationConflictError unless the entry is there with the revision `expected`.
 */
export interface SettleEntry {
  readonly kind: "settleEntry";
  readonly id: string;
  readonly expected: number;
  /** Undefined takes the entry out of the queue. */
  readonly change?: EntryChange | undefined;
}

/** What becomes of an entry. */
export interface EntryChange {
  /** A finished state notes the time of the store as `finishedAt`. */
  readonly state: QueueEntryState;
  readonly attempts: number;
  /** How often it counts as claimed from now on; as it was where absent. */
  readonly claims?: number | undefined;
  /** When a waiting one is due; as it was where absent. */
  readonly due?: QueueTime | undefined;
  /** JSON text; as it was where absent. */
  readonly outcome?: string | undefined;
}

/** Stores the state of an aggregate. Refused with an ExpectedVersionError when it is at another version; -1 for none. */
export interface PutState {
  readonly kind: "putState";
  readonly state: StoredState;
  readonly expectedVersion: number;
}

/** Deletes the state of an aggregate. Refused with an ExpectedVersionError when it is at another version. */
export interface DeleteState {
  readonly kind: "deleteState";
  readonly stream: string;
  readonly expectedVersion: number;
}

/** @throws IncorrectUsageError for two operations that concern the same row, checkpoint, timer, queue entry or state. */
export function refuseOverlaps(operations: readonly Operation[]): void {
  if (operations.length === 0) return;
  const subjects = new Set<string>();
  const moved = new Set<string>();
  const keysOfTables = new Map<string, Set<string>>();
  for (const operation of operations) {
    if (operation.kind === "upsertRows" || operation.kind === "deleteRows") refuseRepeatedRows(operation, keysOfTables);
    else if (operations.length > 1)
      for (const subject of subjectsOf(operation)) {
        if (subjects.has(subject)) throw overlap(subject);
        subjects.add(subject);
      }
    if (operation.kind === "moveCheckpoint") moved.add(operation.subscription);
  }
  const replaced = operations.find((each) => each.kind === "replaceCheckpoints" && moved.has(each.subscription));
  if (replaced?.kind === "replaceCheckpoints") throw overlap(checkpointsSubject(replaced));
}

/** Without a text for each row: there may be hundreds. */
function refuseRepeatedRows(operation: UpsertRows | DeleteRows, keysOfTables: Map<string, Set<string>>): void {
  const { table } = operation;
  const keys = keysOfTables.get(table.name) ?? new Set();
  keysOfTables.set(table.name, keys);
  const add = (key: string): void => {
    const { size } = keys;
    if (keys.add(key).size === size) throw overlap(rowSubject(table, key));
  };
  if (operation.kind === "upsertRows") for (const row of operation.rows) add(String(row[0]));
  else for (const key of operation.keys) add(key);
}

function overlap(subject: string): IncorrectUsageError {
  return new IncorrectUsageError(`Two operations of one transaction concern ${subject}`);
}

function subjectsOf(operation: Exclude<Operation, UpsertRows | DeleteRows>): readonly string[] {
  switch (operation.kind) {
    case "runStatement":
      return [];
    case "moveCheckpoint":
      return [`checkpoint ${operation.bucket} of subscription ${JSON.stringify(operation.subscription)}`];
    case "replaceCheckpoints":
      return [checkpointsSubject(operation)];
    case "putParked":
      return [parkedSubject(operation.parked)];
    case "removeParked":
      return [parkedSubject(operation)];
    case "receiveMessage":
      return [`message ${JSON.stringify(operation.id)} of inbox ${JSON.stringify(operation.inbox)}`];
    case "setTimer":
      return [timerSubject(operation.timer)];
    case "removeTimer":
      return [timerSubject(operation)];
    case "enqueue":
      return [`queue entry ${JSON.stringify(operation.entry.id)}`];
    case "settleEntry":
      return [`queue entry ${JSON.stringify(operation.id)}`];
    case "putState":
      return [`state ${JSON.stringify(operation.state.stream)}`];
    case "deleteState":
      return [`state ${JSON.stringify(operation.stream)}`];
  }
}

function rowSubject({ name }: Table, key: string): string {
  return `row ${JSON.stringify(key)} of table ${name}`;
}

function checkpointsSubject({ subscription }: ReplaceCheckpoints): string {
  return `the checkpoints of subscription ${JSON.stringify(subscription)}`;
}

function parkedSubject({ subscription, key, position }: Pick<ParkedKey, "subscription" | "key" | "position">): string {
  return `key ${JSON.stringify(key)} of subscription ${JSON.stringify(subscription)} at position ${position}`;
}

function timerSubject({ owner, name }: { readonly owner: string; readonly name: string }): string {
  return `timer ${JSON.stringify(name)} of ${JSON.stringify(owner)}`;
}
