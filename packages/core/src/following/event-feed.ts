import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventLog } from "../ports/event-log";
import { setImmediate } from "../ports/real-timers";
import type { RecordedMessage } from "../ports/stored-message";
import { AbortError } from "./abort-error";
import type { FollowedEvent } from "./events-options";
import { NextAppend } from "./next-append";

/** What a feed reads, and how. */
export interface Feeding {
  readonly log: EventLog;
  readonly categories: readonly string[];
  /** Gives the event of a message; undefined for one to leave out. */
  readonly read: (message: RecordedMessage) => FollowedEvent<any> | undefined;
  readonly after: number;
  readonly follow: boolean;
  readonly signal: AbortSignal | undefined;
  /** Told when the feed begins to hold something, and when it has let go. */
  readonly opened: (feed: EventFeed<any>) => void;
  readonly closed: (feed: EventFeed<any>) => void;
}

type Next<E> = IteratorResult<FollowedEvent<E>, undefined>;

/** Why a feed gives no more: it is over, or an error that is thrown once. */
type End = { readonly error?: unknown };

const PAGE = 500;

/**
 * Gives the events of a log in global order, one by one, and waits at its end for more if it follows.
 *
 * A page at a time is in memory, and the next one is read when the last event of it was taken. Nothing is held before the first event
 * is asked for. `return()`, which leaving a `for await` calls, an abort and the end of the domain let go of everything, also while an
 * event is waited for.
 */
export class EventFeed<E> implements AsyncIterableIterator<FollowedEvent<E>, undefined> {
  readonly #feeding: Feeding;
  readonly #appends: NextAppend;
  #page: readonly RecordedMessage[] = [];
  #index = 0;
  #after: number;
  #isAtEnd = false;
  #isOpen = false;
  #isListening = false;
  #end: End | undefined;
  /** The last request: later ones are answered after it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(feeding: Feeding) {
    this.#feeding = feeding;
    this.#appends = new NextAppend(feeding.log);
    this.#after = feeding.after;
  }

  /**
   * @throws UnknownEventError, DeserializationError as a load does; StoreUnavailableError; an `AbortError`; IncorrectUsageError for an
   *   `after` beyond the end of the log, and where the domain was closed before a feed that does not follow had come to the end.
   */
  next(): Promise<Next<E>> {
    return this.#inTurn(() => this.#nextEvent());
  }

  /** Ends the feed; an event that is waited for comes no more. */
  return(): Promise<Next<E>> {
    this.#stop({});
    return this.#inTurn(async () => this.#over());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Ends the feed because its domain closes. Resolves when it holds nothing any more. */
  async close(error: IncorrectUsageError): Promise<void> {
    this.#stop(this.#feeding.follow ? {} : { error });
    await this.#inTurn(() => this.#letGo());
  }

  async #nextEvent(): Promise<Next<E>> {
    if (!this.#isOpen && this.#end === undefined) await this.#open();
    try {
      while (this.#end === undefined) {
        const message = this.#page[this.#index++];
        if (message === undefined) await this.#turnPage();
        else {
          const value = this.#feeding.read(message);
          if (value !== undefined) return { done: false, value };
        }
      }
    } catch (error) {
      this.#end = { error };
    }
    return await this.#over();
  }

  async #turnPage(): Promise<void> {
    const { log, categories, follow } = this.#feeding;
    if (this.#isAtEnd) {
      if (!follow) return this.#stop({});
      if (this.#isListening) await this.#appends.wait();
      else await this.#listen();
      if (this.#end !== undefined) return;
    }
    this.#appends.forget();
    const { messages, upTo, atEnd } = await log.readAll({ after: this.#after, limit: PAGE, categories });
    this.#page = messages;
    this.#index = 0;
    this.#after = upTo;
    this.#isAtEnd = atEnd;
    // Others have something to do as well while a feed passes over what it was not asked for.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** From the first time at the end on. The page that is read next holds what was appended before. */
  async #listen(): Promise<void> {
    await this.#appends.listen();
    this.#isListening = true;
  }

  async #open(): Promise<void> {
    const { signal, opened } = this.#feeding;
    this.#isOpen = true;
    opened(this);
    signal?.addEventListener("abort", this.#aborted, { once: true });
    if (signal?.aborted) return this.#aborted();
    try {
      await this.#refuseBeyondEnd();
    } catch (error) {
      this.#stop({ error });
    }
  }

  /** Such a position comes from another store, or from this one before it was replaced by an older backup. */
  async #refuseBeyondEnd(): Promise<void> {
    const after = this.#after;
    if (after === 0) return;
    const { messages, upTo } = await this.#feeding.log.readAll({ after: after - 1, limit: 1 });
    if (messages.length > 0 || upTo >= after) return;
    const found = `no event of this store has that position or a later one; take "after" from an event of this store`;
    throw new IncorrectUsageError(`Cannot read events after position ${after}: ${found}`, { after });
  }

  readonly #aborted = (): void => {
    this.#stop({ error: new AbortError(this.#feeding.signal?.reason) });
  };

  /** Takes effect before the next event. The first reason counts. */
  #stop(end: End): void {
    this.#end ??= end;
    this.#appends.wake();
  }

  async #over(): Promise<Next<E>> {
    const end = this.#end;
    this.#end = {};
    await this.#letGo();
    if (end !== undefined && "error" in end) throw end.error;
    return { done: true, value: undefined };
  }

  async #letGo(): Promise<void> {
    this.#page = [];
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { signal, closed } = this.#feeding;
    signal?.removeEventListener("abort", this.#aborted);
    closed(this);
    await this.#appends.stop();
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(step, step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
