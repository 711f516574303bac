import { brandError, DomainError } from "./domain-error";

/**
 * The event store cannot be opened, reached, read or written just now: no such directory, a full disk,
 * a lock held too long, a server that does not answer. What was attempted did not happen, unless the connection was lost
 * while a server was at it: repeating an append with the same event ids is safe either way.
 */
export class StoreUnavailableError extends DomainError {
  /**
   * @param details.attempted the sentence's beginning: `Cannot open`, `Cannot append to`.
   * @param details.store the store in words that hold no secret: `SQLite file "data/fidelis.db"`.
   * @param details.reason what was found, and what to do.
   */
  constructor(details: { attempted: string; store: string; reason: string }, cause?: unknown) {
    super(`${details.attempted} ${details.store}: ${details.reason}`, { code: "STORE_UNAVAILABLE", details, cause });
  }
}

brandError(StoreUnavailableError, "StoreUnavailableError");
