import { clearTimeout, setTimeout } from "../ports/real-timers";

/** The limits of one call of an event handler: its time, and the end of the server. */
export class CallLimit {
  #controller: AbortController | undefined;

  constructor(
    private readonly place: string,
    private readonly timeoutMs: number,
    /** Aborted when the server gives up what is in hand. */
    private readonly outer: AbortSignal,
  ) {}

  /** Aborted when the call is given up. Made at the first use. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.outer.aborted) this.#controller.abort(this.outer.reason);
    }
    return this.#controller.signal;
  }

  /**
   * Waits for what the call returned, unless it is given up first.
   * @throws an error that tells which call took too long; the reason for which the server gives it up.
   */
  async race(returned: PromiseLike<unknown>): Promise<void> {
    const { outer, timeoutMs } = this;
    await new Promise<void>((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        this.#controller ??= new AbortController();
        this.#controller.abort(reason);
        end();
        reject(reason);
      };
      const onAbort = (): void => giveUp(outer.reason);
      const timer = setTimeout(() => giveUp(new Error(`${this.place} took more than ${timeoutMs} ms`)), timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        outer.removeEventListener("abort", onAbort);
      };
      outer.addEventListener("abort", onAbort, { once: true });
      if (outer.aborted) onAbort();
      returned.then(
        () => {
          end();
          resolve();
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  }
}
