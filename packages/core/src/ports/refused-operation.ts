import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import type { QueueEntry } from "./command-queue";
import type {
  Enqueue,
  MoveCheckpoint,
  ReceiveMessage,
  RemoveTimer,
  ReplaceCheckpoints,
  RowGuard,
  SettleEntry,
} from "./operations";
import type { TableSwitch } from "./read-model-store";
import type { Checkpoint, ParkedKey } from "./subscription-store";
import type { ColumnValue, Table } from "./table";
import type { Timer } from "./timer-store";

/** Makes the error of a refused `MoveCheckpoint`. @param actual the checkpoint as it is stored; undefined where none was laid. */
export function refusedCheckpoint(
  { subscription, bucket, from, generation }: MoveCheckpoint,
  actual: Pick<Checkpoint, "position" | "generation"> | undefined,
): OperationConflictError {
  return new OperationConflictError({
    subject: `checkpoint ${bucket} of subscription ${JSON.stringify(subscription)}`,
    expected: `position ${from} under generation ${generation}`,
    actual: actual === undefined ? "none" : `position ${actual.position} under generation ${actual.generation}`,
  });
}

/** Makes the error of a refused `ReplaceCheckpoints`. @param actual the checkpoints as they are stored, by bucket. */
export function refusedReplacement(
  { subscription, expected }: ReplaceCheckpoints,
  actual: ReplaceCheckpoints["expected"],
): OperationConflictError {
  return new OperationConflictError({
    subject: `the checkpoints of subscription ${JSON.stringify(subscription)}`,
    expected: describedCheckpoints(expected),
    actual: describedCheckpoints(actual),
  });
}

function describedCheckpoints(checkpoints: ReplaceCheckpoints["expected"]): string {
  const each = checkpoints.map(
    ({ bucket, position, generation }) => `bucket ${bucket} at position ${position} under generation ${generation}`,
  );
  return each.length === 0 ? "none" : each.join(", ");
}

/** Makes the error of a refused `PutParked` or `RemoveParked`. @param actual the stored revision; null for nothing stored. */
export function refusedParked(
  { subscription, key, position }: Pick<ParkedKey, "subscription" | "key" | "position">,
  expected: number | null,
  actual: number | null,
): OperationConflictError {
  return new OperationConflictError({
    subject: `key ${JSON.stringify(key)} of subscription ${JSON.stringify(subscription)} at position ${position}`,
    expected: expected === null ? "none" : `revision ${expected}`,
    actual: actual === null ? "none" : `revision ${actual}`,
  });
}

/** Makes the error of a refused `ReceiveMessage`. */
export function refusedMessage({ inbox, id }: ReceiveMessage): OperationConflictError {
  return new OperationConflictError({
    subject: `message ${JSON.stringify(id)} of inbox ${JSON.stringify(inbox)}`,
    expected: "none",
    actual: "it received already",
  });
}

/** Makes the error of a switch that others kept waiting for its table for too long. */
export function busyTable({ table, lockTimeoutMs }: TableSwitch): OperationConflictError {
  return new OperationConflictError({
    subject: `table ${JSON.stringify(table.name)}`,
    expected: `it free within ${lockTimeoutMs} ms`,
    actual: "others at work with it",
  });
}

/** Makes the error of a switch that would lose an event. @param actual the global position of the last one; undefined where a writer is under way. */
export function refusedSwitch({ table, upTo }: TableSwitch, actual: number | undefined): OperationConflictError {
  const categories = upTo?.categories.map((category) => JSON.stringify(category)).join(", ");
  return new OperationConflictError({
    subject: `table ${JSON.stringify(table.name)}`,
    expected: `no event of ${categories} behind global position ${upTo?.position}`,
    actual: actual === undefined ? "a writer under way" : `one at global position ${actual}`,
  });
}

/** A row that is not what a guard says. */
interface RefusedRow {
  readonly table: Table;
  readonly key: string;
  readonly guard: Pick<RowGuard, "column">;
  readonly expected: number | null;
  /** The value in the guard's column; undefined where there is no row. */
  readonly actual: ColumnValue | undefined;
}

/** Makes the error of a refused `UpsertRows` or `DeleteRows`. */
export function refusedRow({ table, key, guard, expected, actual }: RefusedRow): OperationConflictError {
  return new OperationConflictError({
    subject: `row ${JSON.stringify(key)} of table ${JSON.stringify(table.name)}`,
    expected: expected === null ? "none" : `${guard.column} ${expected}`,
    actual: actual === undefined ? "none" : `${guard.column} ${actual}`,
    row: { table: table.name, key, ...(typeof actual === "number" && { found: actual }) },
  });
}

/** Makes the error of a refused `RemoveTimer`. @param actual the timer as it is stored; undefined where there is none. */
export function refusedTimer(
  { owner, name, expected }: RemoveTimer,
  actual: Pick<Timer, "dueAt"> | undefined,
): OperationConflictError {
  return new OperationConflictError({
    subject: `timer ${JSON.stringify(name)} of ${JSON.stringify(owner)}`,
    expected: `it as it was read, due at ${expected?.dueAt}`,
    actual: actual === undefined ? "none" : `another one, due at ${actual.dueAt}`,
  });
}

/** Makes the error of a refused `SettleEntry`. @param actual the entry as it is stored; undefined where there is none. */
export function refusedEntry(
  { id, expected }: SettleEntry,
  actual: Pick<QueueEntry, "revision"> | undefined,
): OperationConflictError {
  return new OperationConflictError({
    subject: `queue entry ${JSON.stringify(id)}`,
    expected: `revision ${expected}`,
    actual: actual === undefined ? "none" : `revision ${actual.revision}`,
  });
}

/** Makes the error of a refused `Enqueue`: one that replaces an entry which is being carried out. */
export function refusedReplacedEntry({ entry }: Enqueue): OperationConflictError {
  return new OperationConflictError({
    subject: `queue entry ${JSON.stringify(entry.id)}`,
    expected: "it not claimed",
    actual: "a worker that has it",
  });
}

/** Makes the error of a refused `PutState` or `DeleteState`. @param actual the version of the stored state; -1 for none. */
export function refusedState(stream: string, expected: number, actual: number): ExpectedVersionError {
  return new ExpectedVersionError({ stream, expected, actual });
}
