import { brandError, DomainError } from "./domain-error";

/**
 * The event store cannot be opened, reached, read or written at the moment: a missing directory, a full disk, a lock that is held
 * too long, a server that does not answer. The operation did not happen, unless the connection was lost while the server carried it
 * out. It is safe in both cases to repeat an append with the same event ids.
 */
export class StoreUnavailableError extends DomainError {
  /** Whether the operation may have happened: it was sent, and its answer was lost. */
  readonly mayHaveHappened: boolean;
  /** Whether a repetition cannot help before somebody has changed something: a wrong password, a missing table, a store that is closed. */
  readonly isLasting: boolean;

  /**
   * @param details.attempted the start of the message: `Cannot open`, `Cannot append to`.
   * @param details.store the store, in words without secrets: `SQLite file "data/fidelis.db"`.
   * @param details.reason the cause, and what to do about it.
   * @param outage what the store knows of it; where it does not say, the operation may have happened, and a repetition may help.
   */
  constructor(
    details: { attempted: string; store: string; reason: string },
    cause?: unknown,
    { mayHaveHappened = true, isLasting = false }: { mayHaveHappened?: boolean; isLasting?: boolean } = {},
  ) {
    super(`${details.attempted} ${details.store}: ${details.reason}`, { code: "STORE_UNAVAILABLE", details, cause });
    this.mayHaveHappened = mayHaveHappened;
    this.isLasting = isLasting;
  }
}

brandError(StoreUnavailableError, "StoreUnavailableError", 503);
