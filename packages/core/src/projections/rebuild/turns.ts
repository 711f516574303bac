import { now, setImmediate } from "../../ports/real-timers";

/** How long a rebuild works before others of its process get their turn. */
const TURN_MS = 5;

/** What the others take at least when they have work: an empty turn of the event loop is shorter. */
const WORK_MS = 0.5;

/** How long a rebuild gives way to others that always have work. */
const GIVEN_MS = 20;

/** Lets commands and live projections of the process go first. */
export class Turns {
  #since = now();

  /** Resolves at once, or after the others had their turn where the last one is some milliseconds ago. */
  async next(): Promise<void> {
    if (now() - this.#since >= TURN_MS) await this.end();
  }

  /** Resolves when the others have nothing more to do, but soon in any case. */
  async end(): Promise<void> {
    const begun = now();
    for (let before = begun, isBusy = true; isBusy; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#since = now();
      isBusy = this.#since - before > WORK_MS && this.#since - begun < GIVEN_MS;
      before = this.#since;
    }
  }
}
