import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { OUTAGE, pauseMs, pauseUnless } from "../../patience/growing-pause";

/**
 * What a subscription does while the store cannot be reached: nothing, but one probe after a pause, which grows from probe to probe. The
 * others of its lines wait for what the probe finds.
 */
export class StoreBreaker {
  #error: unknown;
  #failures = 0;
  /** Resolves when it is known what the probe under way has found. */
  #probe: Promise<void> | undefined;
  #endProbe: () => void = () => undefined;

  /** @param changed called when the store has become unavailable, or available again. */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** Whether the store could not be reached the last time. */
  get isOpen(): boolean {
    return this.#failures > 0;
  }

  /** Why not. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Resolves when it is worth trying: at once while the store can be reached. Who has waited tells what came of it: `judge`. Ends early
   * where the signal aborts.
   */
  async ready(signal: AbortSignal): Promise<void> {
    while (this.isOpen && !signal.aborted) {
      if (this.#probe !== undefined) {
        await unlessAborted(this.#probe, signal);
        continue;
      }
      this.#probe = new Promise((resolve) => (this.#endProbe = resolve));
      await pauseUnless(signal, pauseMs(OUTAGE, this.#failures));
      if (signal.aborted) this.#ended();
      return;
    }
  }

  /** Takes what came of a work on the store: an error that says that it cannot be reached, another one, or undefined. */
  judge(error: unknown): void {
    const isUnavailable = error instanceof StoreUnavailableError;
    const before = this.#failures;
    this.#failures = isUnavailable ? before + 1 : 0;
    this.#error = isUnavailable ? error : undefined;
    if (this.#probe !== undefined) this.#ended();
    if (before > 0 !== isUnavailable) this.changed();
  }

  #ended(): void {
    this.#probe = undefined;
    this.#endProbe();
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let end: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (end = resolve));
  signal.addEventListener("abort", end, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
