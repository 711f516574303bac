import type { Answer } from "../../ports/answer";

/** Lets at most a number of lines of one lane work at the same time; the others wait in line. */
export class LaneTurns {
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly atOnce: number) {}

  /**
   * Does a work when it is its turn.
   * @param rest what goes on behind what the work gave: it belongs to the turn.
   */
  async take<T>(work: () => Answer<T>, rest?: (given: T) => Promise<unknown> | undefined): Promise<T> {
    if (this.#working < this.atOnce) this.#working++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let goesOn: Promise<unknown> | undefined;
    try {
      const given = await work();
      goesOn = rest?.(given);
      return given;
    } finally {
      if (goesOn === undefined) this.#pass();
      else void goesOn.then(this.#pass, this.#pass);
    }
  }

  /** The turn passes on to the next one, or is free. */
  readonly #pass = (): void => {
    const next = this.#waiting.shift();
    if (next === undefined) this.#working--;
    else next();
  };
}
