import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Answer } from "../ports/answer";
import { pause } from "../ports/real-timers";
import { StaleAttempt } from "./stale-attempt";
import type { StreamTurns, Turn } from "./stream-turns";

const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 200;

interface ConflictRetryOptions {
  /** How many conflicts to survive. */
  readonly retries: number;
  readonly turns: StreamTurns;
  /** The only stream that the work is about, where it is known: the first attempt waits where others lost a race for it. */
  readonly stream?: string;
  /** Whether the first attempt takes its turn at that stream in any case. */
  readonly isRival?: boolean;
  /** Ends every wait; its reason is thrown then. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes one attempt. */
type Attempt<T> = (
  /** Whether it may use cached aggregates without asking the store; it throws StaleAttempt when one was not current. */
  mayTrust: boolean,
  /** The turn that it has at a stream. */
  turn: Turn | undefined,
) => Answer<T>;

/**
 * Repeats an attempt from its start as long as it loses a race for a stream: at most `retries` times. Writers of this
 * process that lost it take turns at that stream; a writer that loses once more does so to another process, and pauses for
 * a random time, longer each time.
 *
 * The first of several attempts may use cached aggregates without asking the store. When one of them was not current, that
 * attempt counts for nothing, and the next one asks.
 *
 * @throws ExpectedVersionError of the last attempt.
 */
export async function retryConflicts<T>(
  attempt: Attempt<T>,
  { retries, turns, stream, isRival = false, signal }: ConflictRetryOptions,
): Promise<T> {
  if (!Number.isInteger(retries) || retries < 0) {
    throw new IncorrectUsageError(`retries must be a whole number of at least 0, found ${retries}`);
  }
  let turn: Turn | undefined;
  if (stream !== undefined && (isRival || turns.isContested(stream))) {
    const begun = turns.begin(stream, signal);
    turn = begun instanceof Promise ? await begun : begun;
  }
  try {
    for (let left = retries, longest = 0, mayTrust = retries > 0; ; mayTrust = false) {
      try {
        return await attempt(mayTrust, turn);
      } catch (error) {
        if (error instanceof StaleAttempt) continue;
        if (left <= 0 || !(error instanceof ExpectedVersionError)) throw error;
        left--;
        if (turn === undefined || turn.isOver || turn.stream !== error.stream) {
          turn?.pass();
          turn = await turns.take(error.stream, signal);
        }
      }
      if (longest > 0) await pause(Math.random() * longest, { signal });
      longest = Math.min(Math.max(longest * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    }
  } finally {
    turn?.pass();
  }
}
