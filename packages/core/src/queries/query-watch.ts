import { isDeepStrictEqual } from "node:util";

import { AbortError } from "../following/abort-error";
import { NextAppend } from "../following/next-append";
import type { EventLog } from "../ports/event-log";

/** What a watch asks, and where it learns that it may have to ask again. */
interface Watching<R> {
  readonly ask: () => Promise<R>;
  readonly log: Pick<EventLog, "onAppend">;
  /** Calls `changed` after each change of the projection's rows in this process. @returns a function that ends it. */
  readonly onChange: (changed: () => void) => () => void;
  /** How far the projection is, whichever process folds it. */
  readonly state: () => Promise<ProjectionState>;
  readonly signal: AbortSignal | undefined;
  readonly opened: (watch: QueryWatch<any>) => void;
  readonly closed: (watch: QueryWatch<any>) => void;
}

/** How far a projection is. */
export interface ProjectionState {
  /** Another text means that its rows may have changed. */
  readonly mark: string;
  /** Whether events are stored that it has not folded. */
  readonly isBehind: boolean;
}

type Next<R> = IteratorResult<R, undefined>;
type End = { readonly error?: unknown };

/** How often a projection is looked at that another process has to bring up to date. */
const FIRST_LOOK_MS = 2;
const LAST_LOOK_MS = 100;

/**
 * Gives the result of a query, and then a new one each time that it has changed. Asks for a result when one is wanted: whoever is slow
 * gets the newest, and nothing is queued. `return()`, an abort and the end of the domain let go of everything.
 */
export class QueryWatch<R> implements AsyncIterableIterator<R, undefined> {
  readonly #watching: Watching<R>;
  readonly #appends: NextAppend;
  #last: { readonly result: R } | undefined;
  #mark: string | undefined;
  #isChanged = true;
  #isOpen = false;
  #stopChanges: (() => void) | undefined;
  #end: End | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(watching: Watching<R>) {
    this.#watching = watching;
    this.#appends = new NextAppend(watching.log as EventLog);
  }

  /** @throws what the query throws; StoreUnavailableError; an `AbortError`. */
  next(): Promise<Next<R>> {
    return this.#inTurn(() => this.#nextResult());
  }

  /** Ends the watch; a result that is waited for comes no more. */
  return(): Promise<Next<R>> {
    this.#stop({});
    return this.#inTurn(() => this.#over());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The end of `await using`: the same as `return()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Ends the watch because its domain closes. Resolves when it holds nothing any more. */
  async close(): Promise<void> {
    this.#stop({});
    await this.#inTurn(() => this.#letGo());
  }

  async #nextResult(): Promise<Next<R>> {
    try {
      if (!this.#isOpen && this.#end === undefined) await this.#open();
      while (this.#end === undefined) {
        if (this.#isChanged) {
          this.#isChanged = false;
          const result = await this.#watching.ask();
          if (this.#end !== undefined) break;
          if (this.#last !== undefined && isDeepStrictEqual(result, this.#last.result)) continue;
          this.#last = { result };
          return { done: false, value: result };
        }
        await this.#change();
      }
    } catch (error) {
      this.#end ??= { error };
    }
    return await this.#over();
  }

  /** Waits until the rows may have changed, or the watch ends. */
  async #change(): Promise<void> {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, LAST_LOOK_MS)) {
      this.#appends.forget();
      if (this.#isChanged || this.#end !== undefined) return;
      const { mark, isBehind } = await this.#watching.state();
      if (mark !== this.#mark) {
        this.#mark = mark;
        this.#isChanged = true;
      }
      if (this.#isChanged || this.#end !== undefined) return;
      await this.#appends.wait(isBehind ? lookMs : undefined);
      if (!isBehind) lookMs = FIRST_LOOK_MS;
    }
  }

  async #open(): Promise<void> {
    const { signal, opened, onChange, state } = this.#watching;
    this.#isOpen = true;
    opened(this);
    signal?.addEventListener("abort", this.#aborted, { once: true });
    if (signal?.aborted) return this.#aborted();
    this.#stopChanges = onChange(() => {
      this.#isChanged = true;
      this.#appends.wake();
    });
    await this.#appends.listen();
    // Looked at before the first result is read, so that no change in between is missed.
    this.#mark = (await state()).mark;
  }

  readonly #aborted = (): void => {
    this.#stop({ error: new AbortError(this.#watching.signal?.reason) });
  };

  /** The first reason counts. */
  #stop(end: End): void {
    this.#end ??= end;
    this.#appends.wake();
  }

  async #over(): Promise<Next<R>> {
    const end = this.#end;
    this.#end = {};
    await this.#letGo();
    if (end !== undefined && "error" in end) throw end.error;
    return { done: true, value: undefined };
  }

  async #letGo(): Promise<void> {
    this.#last = undefined;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { signal, closed } = this.#watching;
    signal?.removeEventListener("abort", this.#aborted);
    this.#stopChanges?.();
    closed(this);
    await this.#appends.stop();
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(step, step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
