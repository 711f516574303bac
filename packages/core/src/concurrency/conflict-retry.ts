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
export function retryConflicts<T>(attempt: Attempt<T>, options: ConflictRetryOptions): Answer<T> {
  const { retries, turns, stream, isRival = false } = options;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new IncorrectUsageError(`retries must be a whole number of at least 0, found ${retries}`);
  }
  if (stream !== undefined && (isRival || turns.isContested(stream))) return inTurn(attempt, stream, options);
  // Nearly every command ends with its first attempt, which costs no promise of its own.
  const again = (error: unknown) => attemptAgain(attempt, options, error);
  let first: Answer<T>;
  try {
    first = attempt(retries > 0, undefined);
  } catch (error) {
    return again(error);
  }
  return first instanceof Promise ? first.catch(again) : first;
}

/** Waits for a turn at the stream before the first attempt. */
async function inTurn<T>(attempt: Attempt<T>, stream: string, options: ConflictRetryOptions): Promise<T> {
  const begun = options.turns.begin(stream, options.signal);
  const turn = begun instanceof Promise ? await begun : begun;
  try {
    return await attempt(options.retries > 0, turn);
  } catch (error) {
    return await attemptAgain(attempt, options, error, turn);
  } finally {
    turn.pass();
  }
}

/** Goes on after a first attempt that has failed. @param first the turn that it had. */
async function attemptAgain<T>(
  attempt: Attempt<T>,
  { retries, turns, signal }: ConflictRetryOptions,
  failure: unknown,
  first?: Turn,
): Promise<T> {
  let error = failure;
  let turn = first;
  try {
    for (let left = retries, longest = 0; ; ) {
      if (!(error instanceof StaleAttempt)) {
        if (left <= 0 || !(error instanceof ExpectedVersionError)) throw error;
        left--;
        if (turn === undefined || turn.isOver || turn.stream !== error.stream) {
          turn?.pass();
          turn = await turns.take(error.stream, signal);
        }
        if (longest > 0) await pause(Math.random() * longest, { signal });
        longest = Math.min(Math.max(longest * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      }
      try {
        return await attempt(false, turn);
      } catch (again) {
        error = again;
      }
    }
  } finally {
    turn?.pass();
  }
}
