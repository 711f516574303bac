import type { QueuedCommandStatus } from "./queued-command-status";

/** A command in the queue: what `process` gives for a command that runs later. `R` is the declared result of its handler. */
export interface CommandHandle<R = unknown> {
  /** The id of the command, which its events have as `causationId`. `domain.commandHandle(id)` finds it again, in any process. */
  readonly id: string;
  /** Where the last write of this process lay when the handle was made, as text: what `domain.position()` gave. */
  readonly position: string;
  /**
   * Says how the command is.
   * @throws ObjectNotFoundError for one that is not in the queue: it was never stored, or is not kept any more.
   */
  status(): Promise<QueuedCommandStatus>;
  /**
   * Waits until the command was carried out.
   *
   * @returns what its handler returned.
   * @throws the error with which the domain refused it: a DomainError with its name, code, message and details; CommandExpiredError,
   *   CommandCancelledError; CommandFailedError for one that is parked; CommandPendingError when `timeoutMs` is over;
   *   ObjectNotFoundError for one that is not in the queue; IncorrectUsageError in a unit of work; the reason of `signal`.
   */
  result(options?: ResultOptions): Promise<R>;
  /**
   * Takes the command out of the queue, unless it is finished or a worker has it.
   * @returns whether it is not going to be carried out because of that.
   */
  cancel(): Promise<boolean>;
}

/** How long to wait for the result of a command. */
export interface ResultOptions {
  /** However long it takes, where absent. */
  readonly timeoutMs?: number;
  /** Ends the wait; the command stays in the queue. */
  readonly signal?: AbortSignal;
}
