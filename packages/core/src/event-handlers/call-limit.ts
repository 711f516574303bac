import { clearTimeout, now, setTimeout } from "../ports/real-timers";
import type { Patience } from "./patience";

/**
 * The limits of the calls of an event handler, one after the other: the time of each, and the end of the server. One timer serves
 * them all.
 */
export class CallLimits {
  #inHand: CallInHand | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly timeoutMs: number,
    /** Aborted when the server gives up what is in hand. */
    readonly outer: AbortSignal,
  ) {
    outer.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Watches a call from now on. @param giveUp called at most once, with the reason. */
  watch(place: string, giveUp: (reason: unknown) => void): void {
    this.#inHand = { place, giveUp, endMs: now() + this.timeoutMs };
    this.#timer ??= setTimeout(this.#look, this.timeoutMs);
    if (this.outer.aborted) this.#onAbort();
  }

  /** Notes that the call has ended. */
  ended(): void {
    this.#inHand = undefined;
  }

  /** Ends the watch: there are no more calls. */
  close(): void {
    this.#inHand = undefined;
    clearTimeout(this.#timer);
    this.outer.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#giveUp(this.outer.reason);

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#inHand === undefined) return;
    const { place, endMs } = this.#inHand;
    const leftMs = endMs - now();
    // The timer was set for an earlier call.
    if (leftMs > 0) this.#timer = setTimeout(this.#look, leftMs);
    else this.#giveUp(new Error(`${place} took more than ${this.timeoutMs} ms`));
  };

  #giveUp(reason: unknown): void {
    const call = this.#inHand;
    this.#inHand = undefined;
    call?.giveUp(reason);
  }
}

interface CallInHand {
  readonly place: string;
  readonly giveUp: (reason: unknown) => void;
  readonly endMs: number;
}

/** One call of an event handler within its limits. */
export class LimitedCall {
  #controller: AbortController | undefined;

  constructor(
    private readonly place: string,
    private readonly limits: CallLimits,
  ) {}

  /** Aborted when the call is given up. Made at the first use. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      const { outer } = this.limits;
      if (outer.aborted) this.#controller.abort(outer.reason);
    }
    return this.#controller.signal;
  }

  /**
   * Waits for what the call returned, unless it is given up first, or takes longer than the patience.
   * @returns what is left to wait for.
   * @throws an error that tells which call took too long; the reason for which the server gives it up.
   */
  race(returned: PromiseLike<unknown>, patience?: Patience): Promise<LateCall | undefined> {
    const { place, limits } = this;
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      let done = (): void => resolve(undefined);
      let failed = reject;
      patience?.watch(() => {
        const ended = new Promise<void>((ending, failing) => {
          done = ending;
          failed = failing;
        });
        resolve({ ended });
      });
      limits.watch(place, (reason) => {
        isGivenUp = true;
        patience?.ended();
        this.#controller ??= new AbortController();
        this.#controller.abort(reason);
        failed(reason);
      });
      returned.then(
        () => {
          if (isGivenUp) return;
          patience?.ended();
          limits.ended();
          done();
        },
        (error: unknown) => {
          if (isGivenUp) return;
          patience?.ended();
          limits.ended();
          failed(error);
        },
      );
    });
  }
}

/** A call that takes longer than somebody wanted to wait. */
export interface LateCall {
  /** @throws as `race` does. */
  readonly ended: Promise<void>;
}
