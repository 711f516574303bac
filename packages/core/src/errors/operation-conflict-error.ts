import { brandError, DomainError } from "./domain-error";

/** Another writer changed the subject of an operation first. Nothing of the transaction was written. */
export class OperationConflictError extends DomainError {
  /**
   * @param details.subject the subject of the operation: `checkpoint 3 of subscription "AccountSummary"`.
   * @param details.expected the expected state, in words: `position 4 under generation 1`.
   * @param details.actual the state that was found, in words.
   */
  constructor(details: { subject: string; expected: string; actual: string }) {
    const { subject, expected, actual } = details;
    super(`Cannot write ${subject}: expected ${expected}, found ${actual}`, { code: "OPERATION_CONFLICT", details });
  }
}

brandError(OperationConflictError, "OperationConflictError", 409);
