import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventLog } from "../ports/event-log";
import { setImmediate } from "../ports/real-timers";
import type { RecordedMessage } from "../ports/stored-message";
import { EndableIterator } from "./endable-iterator";
import type { FollowedEvent } from "./events-options";
import { NextAppend } from "./next-append";

/** What a feed reads, and how. */
interface Feeding {
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

const PAGE = 500;

/**
 * Gives the events of a log in global order, one by one, and waits at its end for more if it follows. A page at a time is in memory,
 * and the next one is read when the last event of it was taken.
 *
 * `next()` throws UnknownEventError and DeserializationError as a load does; StoreUnavailableError; an `AbortError`; IncorrectUsageError
 * for an `after` beyond the end of the log, and where the domain was closed before a feed that does not follow had come to the end.
 */
export class EventFeed<E> extends EndableIterator<FollowedEvent<E>> {
  readonly #feeding: Feeding;
  readonly #appends: NextAppend;
  #page: readonly RecordedMessage[] = [];
  #index = 0;
  #after: number;
  #isAtEnd = false;
  #isListening = false;

  constructor(feeding: Feeding) {
    super(feeding.signal);
    this.#feeding = feeding;
    this.#appends = new NextAppend(feeding.log);
    this.#after = feeding.after;
  }

  /** Ends the feed because its domain closes. Resolves when it holds nothing any more. */
  async close(error: IncorrectUsageError): Promise<void> {
    await this.endNow(this.#feeding.follow ? {} : { error });
  }

  protected override async open(): Promise<void> {
    this.#feeding.opened(this);
    await this.#refuseBeyondEnd();
  }

  protected override async take(): Promise<{ readonly value: FollowedEvent<E> } | undefined> {
    while (!this.isEnded) {
      const message = this.#page[this.#index++];
      if (message === undefined) await this.#turnPage();
      else {
        const value = this.#feeding.read(message);
        if (value !== undefined) return { value };
      }
    }
    return undefined;
  }

  protected override wake(): void {
    this.#appends.wake();
  }

  protected override async letGo(): Promise<void> {
    this.#page = [];
    this.#feeding.closed(this);
    await this.#appends.stop();
  }

  async #turnPage(): Promise<void> {
    const { log, categories, follow } = this.#feeding;
    if (this.#isAtEnd) {
      if (!follow) return this.stop({});
      if (this.#isListening) await this.#appends.wait();
      else await this.#listen();
      if (this.isEnded) return;
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

  /** Such a position comes from another store, or from this one before it was replaced by an older backup. */
  async #refuseBeyondEnd(): Promise<void> {
    const after = this.#after;
    if (after === 0) return;
    const { messages, upTo } = await this.#feeding.log.readAll({ after: after - 1, limit: 1 });
    if (messages.length > 0 || upTo >= after) return;
    const found = `no event of this store has that position or a later one; take "after" from an event of this store`;
    throw new IncorrectUsageError(`Cannot read events after position ${after}: ${found}`, { after });
  }
}
