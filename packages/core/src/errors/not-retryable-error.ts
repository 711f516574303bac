import { brandError, DomainError, type ErrorDetails } from "./domain-error";

/** Thrown by an event handler whose failure no repetition can heal: the event is not tried again. */
export class NotRetryableError extends DomainError {
  constructor(message: string, details?: ErrorDetails, cause?: unknown) {
    super(message, { code: "NOT_RETRYABLE", ...(details && { details }), cause });
  }
}

brandError(NotRetryableError, "NotRetryableError");
