import { clearInterval, setInterval } from "../ports/real-timers";

/** How often is looked whether a call is still the same: so many times in the time that it may take. */
const LOOKS = 2;

/** Waits for calls, one after the other, and for each a while only: up to half as long again. One timer serves them all. */
export class Patience {
  #timer: ReturnType<typeof setInterval> | undefined;
  #late: (() => void) | undefined;
  /** How often the call in hand was seen. */
  #seen = 0;

  constructor(private readonly ms: number) {}

  /** Waits for a call from now on. @param late called at most once, when it takes too long. */
  watch(late: () => void): void {
    this.#late = late;
    this.#seen = 0;
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
