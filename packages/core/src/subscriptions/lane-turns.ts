import type { Answer } from "../ports/answer";

/** Lets at most a number of subscriptions of one lane work at the same time; the others wait in line. */
export class LaneTurns {
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly atOnce: number) {}

  /** Does a work when it is its turn. */
  async take<T>(work: () => Answer<T>): Promise<T> {
    if (this.#working < this.atOnce) this.#working++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn passes on to the next one, or is free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#working--;
      else next();
    }
  }
}
