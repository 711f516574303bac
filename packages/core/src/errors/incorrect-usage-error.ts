import { brandError, DomainError, type ErrorDetails } from "./domain-error";

/** The code calls Tidemark in a way that can never work, whatever the data. */
export class IncorrectUsageError extends DomainError {
  constructor(message: string, details?: ErrorDetails, cause?: unknown) {
    super(message, { code: "INCORRECT_USAGE", ...(details && { details }), cause });
  }
}

brandError(IncorrectUsageError, "IncorrectUsageError");
