import { clearTimeout, now, setTimeout } from "../ports/real-timers";

/** Waits for calls, one after the other, and for each a while only. One timer serves them all. */
export class Patience {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #late: (() => void) | undefined;
  #endMs = 0;

  constructor(private readonly ms: number) {}

  /** @returns whether the call ended in time. @throws what it throws in that time. */
  isEnough(call: Promise<void>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#endMs = now() + this.ms;
      this.#late = () => resolve(false);
      this.#timer ??= setTimeout(this.#look, this.ms);
      call.then(() => {
        this.#late = undefined;
        resolve(true);
      }, reject);
    });
  }

  /** There are no more calls. */
  close(): void {
    this.#late = undefined;
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#late === undefined) return;
    const leftMs = this.#endMs - now();
    // The timer was set for an earlier call.
    if (leftMs > 0) this.#timer = setTimeout(this.#look, leftMs);
    else this.#late();
  };
}
