/** So many commands say how long they take, and so quick is quick. */
const ENOUGH = 32;
const QUICK_MS = 20;

/** How long the commands of a lane take. A server that has just begun knows nothing yet, and takes them for slow. */
export class Pace {
  #count = 0;
  #averageMs = 0;

  note(ms: number): void {
    this.#count = Math.min(this.#count + 1, ENOUGH);
    this.#averageMs += (ms - this.#averageMs) / this.#count;
  }

  get isQuick(): boolean {
    return this.#count === ENOUGH && this.#averageMs <= QUICK_MS;
  }
}
