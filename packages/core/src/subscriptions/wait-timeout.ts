import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { inWords } from "../wording/in-words";

const WAIT_TIMEOUT_MS = 5_000;

/**
 * Gives how long to wait at most for a subscription: 5 seconds where the caller does not say.
 * @throws IncorrectUsageError for anything but a number of milliseconds.
 */
export function waitTimeoutOf(waitTimeoutMs: number = WAIT_TIMEOUT_MS): number {
  if (typeof waitTimeoutMs === "number" && waitTimeoutMs >= 0) return waitTimeoutMs;
  throw new IncorrectUsageError(
    `"waitTimeoutMs" takes a number of milliseconds, at least 0, not ${inWords(waitTimeoutMs)}`,
  );
}
