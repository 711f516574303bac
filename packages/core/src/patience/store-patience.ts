import { setMaxListeners } from "node:events";

import { StoreUnavailableError } from "../errors/store-unavailable-error";
import type { Answer } from "../ports/answer";
import { now, pause } from "../ports/real-timers";
import { OUTAGE, pauseMs } from "./growing-pause";
import type { Outage } from "./outage";

/** How a call is repeated that may have happened: it was sent, and its answer was lost. */
export interface Repetition {
  /** Whether the call may be made again. Asked only where an attempt may have happened. */
  readonly mayRepeat: () => boolean;
  /**
   * Gives the answer of a repetition that was refused, where it is certain that an attempt before it has happened.
   * @throws the refusal where it stands; a StoreUnavailableError where nobody can tell.
   */
  readonly refused?: (refusal: unknown) => Answer<unknown>;
  /** False for a call that changes nothing: then nobody has to be told that it may have happened. */
  readonly isChange: boolean;
}

/** A call that may be made as often as one likes. */
export const READING: Repetition = { mayRepeat: () => true, isChange: false };
/** A change that comes to the same when it is made again. */
export const REPEATABLE: Repetition = { mayRepeat: () => true, isChange: true };
/** A change that is made again only where it is certain that it did not happen. */
export const UNLESS_SENT: Repetition = { mayRepeat: () => false, isChange: true };

/** What ends the repetitions of one call early. */
interface RepetitionLimits {
  readonly mostMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Does what can be done again, and does it again as long as the store cannot be reached. */
export type Repeated = <T>(work: () => Answer<T>, limits?: RepetitionLimits) => Answer<T>;

interface StorePatienceParts {
  /** For how long one call is repeated. */
  readonly patienceMs: number;
  readonly outage: Outage;
  /** Ends the repetitions of the code that runs: that of its command, where the command has a limit. */
  readonly signal: () => AbortSignal | undefined;
  /** Called each time that the store could not be reached. */
  readonly failed: () => void;
}

/** Repeats calls of a store that cannot be reached now: another server may stand in for the one that is lost. */
export class StorePatience {
  readonly #end = new AbortController();

  constructor(private readonly parts: StorePatienceParts) {
    // Any number of calls may wait at once.
    setMaxListeners(0, this.#end.signal);
  }

  /** The same for the calls of one work: ended by its signal. */
  within(signal: AbortSignal): StorePatience {
    return new StorePatience({ ...this.parts, signal: () => signal });
  }

  /** Whether work of several calls that an error has cut off is worth going on with. */
  mayGoOn(error: unknown): boolean {
    return !this.#end.signal.aborted && isPassing(error);
  }

  /** Does what can be done again. */
  readonly repeated: Repeated = (work, limits) => this.call(work, REPEATABLE, limits);

  /** Ends all repetitions, now and later: each call fails with its last error. */
  end(): void {
    this.#end.abort();
  }

  /**
   * Makes a call, and makes it again as long as the store cannot be reached. An answer that is there at once is given at once.
   *
   * @param call makes one attempt, each time with the same arguments.
   * @throws the last error, where the time is over or the signal has ended it.
   */
  call<T>(call: () => Answer<T>, repetition: Repetition = READING, limits?: RepetitionLimits): Answer<T> {
    let answer: Answer<T>;
    try {
      answer = call();
    } catch (error) {
      if (!isPassing(error)) throw error;
      return this.#repeated(call, repetition, error, limits);
    }
    if (!(answer instanceof Promise)) return answer;
    return answer.then(undefined, (error: unknown) => {
      if (!isPassing(error)) throw error;
      return this.#repeated(call, repetition, error, limits);
    });
  }

  async #repeated<T>(
    call: () => Answer<T>,
    { mayRepeat, refused, isChange }: Repetition,
    failure: StoreUnavailableError,
    { mostMs = Number.POSITIVE_INFINITY, signal: given }: RepetitionLimits = {},
  ): Promise<T> {
    const { patienceMs, outage, failed } = this.parts;
    const end = now() + Math.min(patienceMs, mostMs);
    const signal = this.#signal(given);
    let last = failure;
    let mayHaveHappened = false;
    const wait = outage.wait(failure);
    try {
      for (let repetition = 1; ; repetition++) {
        failed();
        mayHaveHappened ||= last.mayHaveHappened;
        if (mayHaveHappened && !mayRepeat()) throw last;
        const left = end - now();
        const isOver = left <= 0 || !(await hasPaused(Math.min(pauseMs(OUTAGE, repetition), left), signal));
        if (isOver) throw givenUp(mayHaveHappened && isChange ? notKnown(last) : last);
        try {
          const answer = await call();
          wait.isBack();
          return answer;
        } catch (error) {
          if (!isPassing(error)) {
            if (error instanceof StoreUnavailableError) throw mayHaveHappened && isChange ? notKnown(error) : error;
            wait.isBack();
            if (mayHaveHappened && refused !== undefined) return (await refused(error)) as T;
            throw error;
          }
          last = error;
        }
      }
    } finally {
      wait.end();
    }
  }

  #signal(given: AbortSignal | undefined): AbortSignal {
    const signals = [this.#end.signal, this.parts.signal(), given].filter((signal) => signal !== undefined);
    return signals.length === 1 ? this.#end.signal : AbortSignal.any(signals);
  }
}

/** Who waits for work that has waited for the store itself does not wait once more. */
function isPassing(error: unknown): error is StoreUnavailableError {
  return error instanceof StoreUnavailableError && !error.isLasting && !hasGivenUp(error);
}

/** The errors of calls that were repeated for as long as they may be. */
const inVain = new WeakSet<StoreUnavailableError>();

function givenUp(error: StoreUnavailableError): StoreUnavailableError {
  inVain.add(error);
  return error;
}

/** Whether an error is that of a call that was repeated in vain: another call would wait in vain too. */
export function hasGivenUp(error: unknown): boolean {
  return error instanceof StoreUnavailableError && inVain.has(error);
}

/** @returns false where the signal has ended the pause. */
async function hasPaused(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Says of the last error that an attempt before it may have happened. */
function notKnown(error: StoreUnavailableError): StoreUnavailableError {
  if (error.mayHaveHappened) return error;
  const { attempted, store, reason } = error.details as { attempted: string; store: string; reason: string };
  const known = `${reason}; an attempt before may have been stored, its answer was lost`;
  return new StoreUnavailableError({ attempted, store, reason: known }, error, {
    mayHaveHappened: true,
    isLasting: error.isLasting,
  });
}
