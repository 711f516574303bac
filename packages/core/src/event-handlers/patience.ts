import { clearInterval, setInterval } from "../ports/real-timers";

/** How often is looked whether a call is in hand: so many times in the time that all calls may take. */
const LOOKS = 2;

/**
 * Waits for calls, one after the other, and for all of them together a while only: up to half as long again. What returns at once takes no
 * time. One timer serves them all.
 */
export class Patience {
  #timer: ReturnType<typeof setInterval> | undefined;
  #late: (() => void) | undefined;
  /** How often a call was seen in hand. */
  #seen = 0;

  constructor(private readonly ms: number) {}

  /** Waits for a call from now on. @param late called at most once, when the calls take too long. */
  watch(late: () => void): void {
    this.#late = late;
    this.#timer ??= setInterval(this.#look, this.ms / LOOKS);
  }

  /** Notes that the call has ended. */
  ended(): void {
    this.#late = undefined;
  }

  /** There are no more calls. */
  close(): void {
    this.#late = undefined;
    clearInterval(this.#timer);
  }

  readonly #look = (): void => {
    if (this.#late === undefined || ++this.#seen <= LOOKS) return;
    const late = this.#late;
    this.#late = undefined;
    late();
  };
}
