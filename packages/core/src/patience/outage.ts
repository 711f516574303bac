import type { StoreUnavailableError } from "../errors/store-unavailable-error";
import { now } from "../ports/real-timers";

interface OutageParts {
  /** The store in words for messages, free of secrets. */
  readonly store: string;
  /** For how long one call is repeated. */
  readonly patienceMs: number;
  readonly logWarning: (message: string, details: object) => void;
  /** Called with each call that begins to wait for the store: telemetry. */
  readonly waiting: (error: StoreUnavailableError) => void;
}

/** One call that waits for the store. */
interface WaitingCall {
  /** Notes that the store has answered it. */
  readonly isBack: () => void;
  /** Notes that it waits no more. */
  readonly end: () => void;
}

/** Tells operators when the store cannot be reached, and when it is back: once, however many calls wait for it. */
export class Outage {
  /** When it began, by the clock that only grows; undefined while the store can be reached. */
  #since: number | undefined;
  #waiting = 0;
  /** How many calls have waited since it began. */
  #calls = 0;

  constructor(private readonly parts: OutageParts) {}

  /** Notes that a call has failed and waits for the store. */
  wait(error: StoreUnavailableError): WaitingCall {
    const { store, patienceMs, logWarning, waiting } = this.parts;
    this.#waiting++;
    this.#calls++;
    if (this.#since === undefined) {
      this.#since = now();
      this.#calls = 1;
      logWarning(
        `The event store (${store}) cannot be reached: calls wait for it, each for ${patienceMs} ms at most. ${error.message}`,
        { patienceMs, error },
      );
    }
    waiting(error);
    return { isBack: () => this.#isBack(), end: () => this.#end() };
  }

  #isBack(): void {
    if (this.#since === undefined) return;
    const outageMs = Math.round(now() - this.#since);
    const calls = this.#calls;
    this.#since = undefined;
    const { store, logWarning } = this.parts;
    logWarning(`The event store (${store}) can be reached again, after ${outageMs} ms: ${calls} calls had to wait`, {
      outageMs,
      calls,
    });
  }

  /** Where the last one that waits gives up, the next failure is told as a new outage: nobody would see the end of this one. */
  #end(): void {
    if (--this.#waiting > 0 || this.#since === undefined) return;
    const outageMs = Math.round(now() - this.#since);
    this.#since = undefined;
    const { store, logWarning } = this.parts;
    logWarning(
      `The event store (${store}) could not be reached for ${outageMs} ms: the calls that waited have failed`,
      {
        outageMs,
        calls: this.#calls,
      },
    );
  }
}
