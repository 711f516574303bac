import type { LimitOptions } from "./command-limits";

/** How one command is processed. */
export interface ProcessOptions extends LimitOptions {
  /** Ties together what one request from outside sets off; the command's own id where absent. */
  readonly correlationId?: string;
  /**
   * Makes the command happen once, however often it is processed: the others get the first result. Kept in the store, by
   * aggregate class. A command that failed has used no key.
   */
  readonly idempotencyKey?: string;
  /** How many conflicts to survive; `commands.retries` of domain.toml where absent. Inside a unit of work, that decides. */
  readonly retries?: number;
}
