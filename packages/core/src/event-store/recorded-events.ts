import type { Answer, RecordedMessage } from "./event-store-adapter";
import { decodeMessage } from "./message-codec";
import type { RecordedEvent } from "./messages";

/** What to read, and how. */
export interface Reading {
  /** Reads the next page: those after `last`, or the first ones where it is undefined; `size` at most. */
  readonly page: (size: number, last: RecordedMessage | undefined) => Answer<readonly RecordedMessage[]>;
  /** How many events to give at most. */
  readonly limit: number;
  /** Which messages to give and to count; all where absent. */
  readonly counts?: (message: RecordedMessage) => boolean;
}

type Next = IteratorResult<RecordedEvent, void>;

const PAGE = 1_000;
const DONE: Next = { done: true, value: undefined };

/**
 * The events of page after page, one by one; stops at the first page that is not full, and exactly at the limit.
 *
 * An async generator in all that it does. By hand, since a generator takes several promises for each event, which cost more
 * than reading it does.
 */
export class RecordedEvents implements AsyncGenerator<RecordedEvent, void, undefined> {
  #page: readonly RecordedMessage[] = [];
  #index = 0;
  #left = 0;
  #size = 0;
  #last: RecordedMessage | undefined;
  #isOver = false;
  #reading: Reading | undefined;
  /** What was asked for last, while it waits for a page: whoever asks meanwhile is answered after it. */
  #waiting: Promise<unknown> | undefined;

  /** @param begin says what to read, or throws, when the first event is asked for. */
  constructor(private readonly begin: () => Reading) {}

  next(): Promise<Next> {
    if (this.#waiting === undefined) {
      const message = this.#page[this.#index];
      if (message !== undefined) return this.#given(message);
      if (this.#isOver) return Promise.resolve(DONE);
    }
    return this.#inTurn(() => this.#nextOfPages());
  }

  return(): Promise<Next> {
    return this.#inTurn(async () => this.#ended());
  }

  throw(error: unknown): Promise<Next> {
    return this.#inTurn(async () => {
      this.#ended();
      throw error;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#waiting === undefined ? step() : this.#waiting.then(step, step);
    this.#waiting = turn;
    const over = () => {
      if (this.#waiting === turn) this.#waiting = undefined;
    };
    turn.then(over, over);
    return turn;
  }

  #given(message: RecordedMessage): Promise<Next> {
    this.#index++;
    try {
      return Promise.resolve({ done: false, value: decodeMessage(message) });
    } catch (error) {
      this.#ended();
      return Promise.reject(error);
    }
  }

  async #nextOfPages(): Promise<Next> {
    for (;;) {
      const message = this.#page[this.#index];
      if (message !== undefined) return await this.#given(message);
      if (this.#isOver) return DONE;
      await this.#turnPage();
    }
  }

  async #turnPage(): Promise<void> {
    try {
      const { page: readPage, counts } = this.#reading ?? this.#begun();
      const page = this.#size === 0 ? [] : await readPage(this.#size, this.#last);
      const given = (counts === undefined ? page : page.filter(counts)).slice(0, this.#left);
      this.#page = given;
      this.#index = 0;
      this.#left -= given.length;
      this.#last = page.at(-1);
      this.#isOver = page.length < this.#size || this.#left === 0;
      // A page that lost some may be followed by many of their kind: then one large read costs less than many small ones.
      this.#size = given.length < page.length ? PAGE : Math.min(PAGE, this.#left);
    } catch (error) {
      this.#ended();
      throw error;
    }
  }

  #begun(): Reading {
    const reading = this.begin();
    this.#reading = reading;
    this.#left = reading.limit;
    this.#size = Math.min(PAGE, reading.limit);
    return reading;
  }

  #ended(): Next {
    this.#page = [];
    this.#isOver = true;
    return DONE;
  }
}
