import { brandError, DomainError, type ErrorDetails } from "./domain-error";

/** The program calls Tidemark in a way that can never work: the mistake is in the code, not in the data. */
export class IncorrectUsageError extends DomainError {
  constructor(message: string, details?: ErrorDetails, cause?: unknown) {
    super(message, { code: "INCORRECT_USAGE", ...(details && { details }), cause });
  }
}

brandError(IncorrectUsageError, "IncorrectUsageError");
