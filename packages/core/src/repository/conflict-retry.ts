import { setTimeout as pause } from "node:timers/promises";

import { StaleAggregates } from "../aggregate-cache/stale-aggregates";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 200;

/**
 * Runs `attempt` again, from the beginning, as long as it loses a race for a stream: at most `retries` times, with
 * growing random pauses that let others finish.
 *
 * The first of several attempts may go ahead on cached aggregates that it does not ask the store for (`mayTrust`). When one
 * of them was not current, that attempt counts for nothing, and the next one asks.
 *
 * @param signal ends a pause; its reason is thrown then.
 * @throws ExpectedVersionError of the last attempt.
 */
export async function retryConflicts<T>(
  retries: number,
  attempt: (mayTrust: boolean) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!Number.isInteger(retries) || retries < 0) {
    throw new IncorrectUsageError(`retries must be a whole number of at least 0, found ${retries}`);
  }
  for (let left = retries, longest = FIRST_PAUSE_MS, mayTrust = retries > 0; ; mayTrust = false) {
    try {
      return await attempt(mayTrust);
    } catch (error) {
      if (error instanceof StaleAggregates) continue;
      if (left <= 0 || !(error instanceof ExpectedVersionError)) throw error;
    }
    await pause(Math.random() * longest, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    left--;
    longest = Math.min(longest * 2, LONGEST_PAUSE_MS);
  }
}
