import { brandError, DomainError } from "./domain-error";

/**
 * The event store cannot be opened, reached, read or written at the moment: a missing directory, a full disk, a lock that is held
 * too long, a server that does not answer. The operation did not happen, unless the connection was lost while the server carried it
 * out. It is safe in both cases to repeat an append with the same event ids.
 */
export class StoreUnavailableError extends DomainError {
  /**
   * @param details.attempted the start of the message: `Cannot open`, `Cannot append to`.
   * @param details.store the store, in words without secrets: `SQLite file "data/fidelis.db"`.
   * @param details.reason the cause, and what to do about it.
   */
  constructor(details: { attempted: string; store: string; reason: string }, cause?: unknown) {
    super(`${details.attempted} ${details.store}: ${details.reason}`, { code: "STORE_UNAVAILABLE", details, cause });
  }
}

brandError(StoreUnavailableError, "StoreUnavailableError", 503);
