import { brandError, DomainError } from "./domain-error";

/** Another writer changed the subject of an operation first. Nothing of the transaction was written. */
export class OperationConflictError extends DomainError {
  declare readonly details: OperationConflict;

  /**
   * @param details.subject the subject of the operation: `checkpoint 3 of subscription "AccountSummary"`.
   * @param details.expected the expected state, in words: `position 4 under generation 1`.
   * @param details.actual the state that was found, in words.
   * @param details.row the row, where the subject is one.
   */
  constructor(details: OperationConflict) {
    const { subject, expected, actual } = details;
    super(`Cannot write ${subject}: expected ${expected}, found ${actual}`, { code: "OPERATION_CONFLICT", details });
  }
}

/** A type, not an interface: what `details` of any error takes. */
type OperationConflict = {
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
  readonly row?: ConflictingRow;
};

/** A row that is not what the guard of an operation says. */
type ConflictingRow = {
  readonly table: string;
  readonly key: string;
  /** The number in the column of the guard; absent where there is no row, or no number. */
  readonly found?: number;
};

brandError(OperationConflictError, "OperationConflictError", 409);
