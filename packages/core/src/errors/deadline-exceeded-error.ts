import { brandError, DomainError } from "./domain-error";

/** A command did not finish in time, and was given up before anything of it was stored. */
export class DeadlineExceededError extends DomainError {
  /** @param details.limit the limit in words: `its 500 ms`, `its deadline 2026-02-20T12:00:00.000Z`. */
  constructor(details: { command: string; limit: string }) {
    super(`Cannot finish ${details.command}: ${details.limit} passed; nothing was stored`, {
      code: "DEADLINE_EXCEEDED",
      details,
    });
  }
}

brandError(DeadlineExceededError, "DeadlineExceededError", 504);
