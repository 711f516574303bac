import type { Answer } from "../ports/answer";
import type { RecordedMessage } from "../ports/stored-message";
import { decodeMessage } from "./message-codec";
import type { RecordedEvent } from "./messages";

/** What to read, and how. */
export interface Reading {
  /** Where the first page starts. */
  readonly start: number;
  /** Reads the page that starts at a place, `size` messages at most. */
  readonly page: (start: number, size: number) => Answer<ReadPage>;
  /** How many events to give at most. */
  readonly limit: number;
  /** Which messages to give and to count; all where absent. */
  readonly counts?: (message: RecordedMessage) => boolean;
}

export interface ReadPage {
  readonly messages: readonly RecordedMessage[];
  /** Where the next page starts; undefined after the last one. */
  readonly next: number | undefined;
}

type Next = IteratorResult<RecordedEvent, void>;

const PAGE = 1_000;
const DONE: Next = { done: true, value: undefined };

/**
 * Gives the events of page after page, one by one; stops after the last page, and exactly at the limit.
 *
 * It behaves as an async generator. It is written by hand, because a generator makes several promises for each event, which
 * cost more than reading the event does.
 */
export class RecordedEvents implements AsyncGenerator<RecordedEvent, void, undefined> {
  #page: readonly RecordedMessage[] = [];
  #index = 0;
  #left = 0;
  #size = 0;
  /** Where the next page starts; undefined after the last one. */
  #next: number | undefined;
  #isOver = false;
  #reading: Reading | undefined;
  /** The last request, while it waits for a page: later requests are answered after it. */
  #waiting: Promise<unknown> | undefined;

  /** @param begin gives what to read, or throws, when the first event is asked for. */
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
      const { page: readPage, counts } = this.#reading ?? this.#started();
      const { messages, next } =
        this.#size === 0 ? { messages: [], next: undefined } : await readPage(this.#next as number, this.#size);
      const given = countedOf(messages, counts, this.#left);
      this.#page = given;
      this.#index = 0;
      this.#left -= given.length;
      this.#next = next;
      this.#isOver = next === undefined || this.#left === 0;
      // Where messages were left out, more of their kind may follow: one large read costs less than many small ones.
      this.#size = given.length < messages.length ? PAGE : Math.min(PAGE, this.#left);
    } catch (error) {
      this.#ended();
      throw error;
    }
  }

  #started(): Reading {
    const reading = this.begin();
    this.#reading = reading;
    this.#next = reading.start;
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

/** Copies the page only where some of its messages are left out. */
function countedOf(
  messages: readonly RecordedMessage[],
  counts: Reading["counts"],
  limit: number,
): readonly RecordedMessage[] {
  const counted = counts === undefined || messages.every(counts) ? messages : messages.filter(counts);
  return counted.length > limit ? counted.slice(0, limit) : counted;
}
