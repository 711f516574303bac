import { brandError, DomainError } from "./domain-error";

/** What an operation was about is no longer as its writer knew it: another one was faster. Nothing of the transaction was written. */
export class OperationConflictError extends DomainError {
  /**
   * @param details.subject what the operation was about: `checkpoint 3 of subscription "AccountSummary"`.
   * @param details.expected what its writer expected, in words: `position 4 under generation 1`.
   * @param details.actual what was found, in words.
   */
  constructor(details: { subject: string; expected: string; actual: string }) {
    const { subject, expected, actual } = details;
    super(`Cannot write ${subject}: expected ${expected}, found ${actual}`, { code: "OPERATION_CONFLICT", details });
  }
}

brandError(OperationConflictError, "OperationConflictError");
