import { AbortError } from "./abort-error";

/** Why an iterator gives no more: it is over, or an error that is thrown once. */
interface IteratorEnd {
  readonly error?: unknown;
}

type Next<T> = IteratorResult<T, undefined>;

/**
 * An async iterator that can be ended while it waits for its next value: by `return()`, which leaving a `for await` calls, by a signal, and
 * by the end of its domain.
 *
 * Nothing is held before the first value is asked for. Requests are answered one after the other.
 */
export abstract class EndableIterator<T> implements AsyncIterableIterator<T, undefined> {
  #isOpen = false;
  #end: IteratorEnd | undefined;
  /** The last request: later ones are answered after it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly signal: AbortSignal | undefined) {}

  /** Gives the next value. @throws an `AbortError` once the signal is aborted. */
  next(): Promise<Next<T>> {
    return this.#inTurn(() => this.#next());
  }

  /** Ends the iteration; a value that is waited for comes no more. */
  return(): Promise<Next<T>> {
    this.stop({});
    return this.#inTurn(() => this.#over());
  }

  /** The iterator itself: `for await` takes up where the last one stopped. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The end of `await using`: the same as `return()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Whether there is no further value. */
  protected get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Ends the iteration before its next value. The first reason counts. */
  protected stop(end: IteratorEnd): void {
    this.#end ??= end;
    this.wake();
  }

  /** Ends the iteration, and resolves when it holds nothing any more. */
  protected async endNow(end: IteratorEnd): Promise<void> {
    this.stop(end);
    await this.#inTurn(() => this.#release());
  }

  /** Begins to hold what it needs, before the first value. */
  protected abstract open(): Promise<void>;
  /** Waits for the next value. @returns undefined where the iteration ended meanwhile. */
  protected abstract take(): Promise<{ readonly value: T } | undefined>;
  /** Ends the present wait of `take`. */
  protected abstract wake(): void;
  /** Lets go of what `open` began to hold. */
  protected abstract letGo(): Promise<void>;

  async #next(): Promise<Next<T>> {
    try {
      if (!this.#isOpen && this.#end === undefined) await this.#begin();
      const taken = this.#end === undefined ? await this.take() : undefined;
      if (taken !== undefined) return { done: false, value: taken.value };
    } catch (error) {
      this.#end ??= { error };
    }
    return await this.#over();
  }

  async #begin(): Promise<void> {
    this.#isOpen = true;
    this.signal?.addEventListener("abort", this.#aborted, { once: true });
    if (this.signal?.aborted) this.#aborted();
    else await this.open();
  }

  readonly #aborted = (): void => {
    this.stop({ error: new AbortError(this.signal?.reason) });
  };

  async #over(): Promise<Next<T>> {
    const end = this.#end;
    this.#end = {};
    await this.#release();
    if (end !== undefined && "error" in end) throw end.error;
    return { done: true, value: undefined };
  }

  async #release(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.signal?.removeEventListener("abort", this.#aborted);
    await this.letGo();
  }

  #inTurn<R>(step: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(step, step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
