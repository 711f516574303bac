/** Lets either a batch of a line go on, or a work that needs the line to stand still. */
export class LineTurn {
  #isTaken = false;
  #works: (() => Promise<void>)[] = [];
  #free: (() => void)[] = [];

  /** Whether a batch, or a work, is under way. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Runs a step of the line, once nothing else is under way. Works that came meanwhile are done behind it. */
  async step<T>(step: () => Promise<T>): Promise<T> {
    while (this.#isTaken) await new Promise<void>((resolve) => this.#free.push(resolve));
    this.#isTaken = true;
    try {
      return await step();
    } finally {
      const works = this.interlude();
      if (works !== undefined) await works;
      this.#release();
    }
  }

  /** Runs a work between two batches. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#works.push(() => work().then(resolve, reject));
      if (this.#isTaken) return;
      this.#isTaken = true;
      void this.interlude()!.then(() => this.#release());
    });
  }

  /** Does the works that wait: to be called between two batches of a step. Undefined where none waits. */
  interlude(): Promise<void> | undefined {
    return this.#works.length === 0 ? undefined : this.#workOff();
  }

  async #workOff(): Promise<void> {
    for (let work = this.#works.shift(); work !== undefined; work = this.#works.shift()) await work();
  }

  #release(): void {
    // A work may have come behind the last look.
    const works = this.interlude();
    if (works !== undefined) return void works.then(() => this.#release());
    this.#isTaken = false;
    const free = this.#free;
    this.#free = [];
    for (const resolve of free) resolve();
  }
}
