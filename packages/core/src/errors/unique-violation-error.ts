import { brandError, DomainError } from "./domain-error";

/** Another row already has the values that a unique index allows once. Nothing of the transaction was written. */
export class UniqueViolationError extends DomainError {
  /** @param details.columns the columns of the index. */
  constructor(details: { table: string; columns: readonly string[] }, cause?: unknown) {
    const { table, columns } = details;
    super(
      `Cannot store a row in table ${JSON.stringify(table)}: another row has the same ${columns.join(", ")}, which a unique index allows once`,
      { code: "UNIQUE_VIOLATION", details, cause },
    );
  }
}

brandError(UniqueViolationError, "UniqueViolationError", 409);
