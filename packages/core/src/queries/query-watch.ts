import { isDeepStrictEqual } from "node:util";

import { EndableIterator } from "../following/endable-iterator";
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

/** How often a projection is looked at that another process has to bring up to date. */
const FIRST_LOOK_MS = 2;
const LAST_LOOK_MS = 100;

/** How often it is looked at while it has folded everything: another process may rebuild it. */
const IDLE_LOOK_MS = 1_000;

/**
 * Gives the result of a query, and then a new one each time that it has changed. Asks for a result when one is wanted: whoever is slow
 * gets the newest, and nothing is queued. `next()` throws what the query throws; StoreUnavailableError; an `AbortError`.
 */
export class QueryWatch<R> extends EndableIterator<R> {
  readonly #watching: Watching<R>;
  readonly #appends: NextAppend;
  #last: { readonly result: R } | undefined;
  #mark: string | undefined;
  #isChanged = true;
  #stopChanges: (() => void) | undefined;

  constructor(watching: Watching<R>) {
    super(watching.signal);
    this.#watching = watching;
    this.#appends = new NextAppend(watching.log as EventLog);
  }

  /** Ends the watch because its domain closes. Resolves when it holds nothing any more. */
  async close(): Promise<void> {
    await this.endNow({});
  }

  protected override async open(): Promise<void> {
    const { opened, onChange, state } = this.#watching;
    opened(this);
    this.#stopChanges = onChange(() => {
      this.#isChanged = true;
      this.#appends.wake();
    });
    await this.#appends.listen();
    // Looked at before the first result is read, so that no change in between is missed.
    this.#mark = (await state()).mark;
  }

  protected override async take(): Promise<{ readonly value: R } | undefined> {
    while (!this.isEnded) {
      if (this.#isChanged) {
        this.#isChanged = false;
        const result = await this.#watching.ask();
        if (this.isEnded) break;
        if (this.#last !== undefined && isDeepStrictEqual(result, this.#last.result)) continue;
        this.#last = { result };
        return { value: result };
      }
      await this.#change();
    }
    return undefined;
  }

  protected override wake(): void {
    this.#appends.wake();
  }

  protected override async letGo(): Promise<void> {
    this.#last = undefined;
    this.#stopChanges?.();
    this.#watching.closed(this);
    await this.#appends.stop();
  }

  /** Waits until the rows may have changed, or the watch ends. */
  async #change(): Promise<void> {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, LAST_LOOK_MS)) {
      this.#appends.forget();
      if (this.#isChanged || this.isEnded) return;
      const { mark, isBehind } = await this.#watching.state();
      if (mark !== this.#mark) {
        this.#mark = mark;
        this.#isChanged = true;
      }
      if (this.#isChanged || this.isEnded) return;
      await this.#appends.wait(isBehind ? lookMs : IDLE_LOOK_MS);
      if (!isBehind) lookMs = FIRST_LOOK_MS;
    }
  }
}
