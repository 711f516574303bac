import { brandError, DomainError } from "./domain-error";

/**
 * Why a subscription does not reach a position: its time is over, it has stopped, an operator has paused it, nobody runs it; or a key that
 * the events concern is set aside, because an event of it failed.
 */
export type WaitFailure = "timed out" | "stopped" | "paused" | "not running" | "parked" | "aborted";

/** What one waited for did not come. A command whose events were waited for was committed all the same. */
export class WaitError extends DomainError {
  readonly reason: WaitFailure;
  /** The position that was waited for, as text: what `atLeast` takes. */
  readonly position: string;
  /** What the command returned; undefined where no command was waited for. */
  readonly result: unknown;

  constructor(
    details: {
      subscription: string;
      position: string;
      reason: WaitFailure;
      /** The reason in words, with what to do. */
      explanation: string;
      /** The type of the command that was committed. */
      command?: string;
    },
    { result, cause }: { readonly result?: unknown; readonly cause?: unknown } = {},
  ) {
    const { subscription, position, explanation, command, reason } = details;
    const start =
      command === undefined
        ? `${subscription} has not reached position ${position}`
        : `${command} was committed: do not repeat it. ${subscription} has not applied its events up to position ${position}`;
    super(`${start}: ${explanation}`, { code: "WAIT_FAILED", details, cause });
    this.reason = reason;
    this.position = position;
    this.result = result;
  }
}

brandError(WaitError, "WaitError", 504);
