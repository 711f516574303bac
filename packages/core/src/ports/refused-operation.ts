import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import type { Dequeue, MoveCheckpoint, RemoveTimer, RowGuard } from "./operations";
import type { Checkpoint } from "./subscription-store";
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
  });
}

/** Makes the error of a refused `RemoveTimer`. @param actual the timer as it is stored; undefined where there is none. */
export function refusedTimer(
  { owner, name, dueAt }: RemoveTimer,
  actual: Pick<Timer, "dueAt"> | undefined,
): OperationConflictError {
  return new OperationConflictError({
    subject: `timer ${JSON.stringify(name)} of ${JSON.stringify(owner)}`,
    expected: `it due at ${dueAt}`,
    actual: actual === undefined ? "none" : `it due at ${actual.dueAt}`,
  });
}

/** Makes the error of a refused `Dequeue`. */
export function refusedDequeue({ id }: Dequeue): OperationConflictError {
  return new OperationConflictError({
    subject: `queue entry ${JSON.stringify(id)}`,
    expected: "it waiting",
    actual: "none",
  });
}

/** Makes the error of a refused `PutState` or `DeleteState`. @param actual the version of the stored state; -1 for none. */
export function refusedState(stream: string, expected: number, actual: number): ExpectedVersionError {
  return new ExpectedVersionError({ stream, expected, actual });
}
