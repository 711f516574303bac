import type { Answer } from "../../ports/answer";
import type { EventLog } from "../../ports/event-log";
import type { RecordedMessage } from "../../ports/stored-message";
import type { AppendSigns } from "./append-signs";
import type { ConsumedEvent } from "./consumed-event";

/** A stretch of the global order: what `EventLog.readAll` gives, decoded once for all subscriptions. */
export interface Page {
  /** It starts behind this position. */
  readonly after: number;
  readonly upTo: number;
  readonly atEnd: boolean;
  readonly events: readonly ConsumedEvent[];
  /** The number of signs of appends before it was read: it holds what they stand for. */
  readonly signs: number;
}

interface SharedPagesParts {
  readonly log: EventLog;
  /** All categories that one of the subscriptions takes. */
  readonly categories: readonly string[];
  readonly limit: number;
  readonly shared: (message: RecordedMessage) => ConsumedEvent;
  readonly signs: AppendSigns;
}

/** How much is kept for subscriptions that are a little behind the first one. */
const KEPT_PAGES = 64;
const KEPT_EVENTS = 8_000;
const KEPT_CHARACTERS = 16 * 1024 * 1024;

/**
 * The pages of the log that the subscriptions of a process read. Each is read and decoded once for all who are near it; who is far
 * behind reads pages of its own. The page after the one that is asked for is read ahead.
 */
export class SharedPages {
  /** The newest last. */
  #kept: Page[] = [];
  #events = 0;
  #characters = 0;
  /** The reads under way, by the position that they start behind. */
  readonly #reads = new Map<number, Promise<Page>>();
  /** How far each reader is. */
  readonly #positions = new Map<object, number>();

  constructor(private readonly parts: SharedPagesParts) {}

  /**
   * Gives a page that has the events behind `position`. It may start before. Pages that every reader has passed are let go.
   * @throws StoreUnavailableError
   */
  async behind(position: number, reader: object): Promise<Page> {
    this.#positions.set(reader, position);
    this.#dropPassed();
    for (;;) {
      const page = this.#find(position) ?? this.#readUnderWay(position) ?? this.#read(position);
      const found = page instanceof Promise ? await page : page;
      // A read under way may have ended short of the position.
      if (found.after <= position && (found.upTo > position || found.after === position)) {
        if (!found.atEnd) this.#readAhead(found.upTo);
        return found;
      }
    }
  }

  /** Keeps nothing for a reader any more. */
  leave(reader: object): void {
    this.#positions.delete(reader);
  }

  #find(position: number): Page | undefined {
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const page = this.#kept[index]!;
      if (page.after <= position && position < page.upTo) return page;
    }
    return undefined;
  }

  #readUnderWay(position: number): Promise<Page> | undefined {
    for (const [after, read] of this.#reads) if (after <= position && position < after + this.parts.limit) return read;
    return undefined;
  }

  #readAhead(after: number): void {
    if (this.#find(after) !== undefined || this.#reads.has(after)) return;
    try {
      const read = this.#read(after);
      if (read instanceof Promise) read.catch(() => undefined);
    } catch {
      // Who asks for the page gets the error of an attempt of its own.
    }
  }

  #read(after: number): Answer<Page> {
    const { log, categories, limit, shared, signs } = this.parts;
    const seen = signs.count;
    const answer = log.readAll({ after, limit, categories });
    const made = ({ messages, upTo, atEnd }: Awaited<typeof answer>): Page =>
      this.#keep({ after, upTo, atEnd, events: messages.map(shared), signs: seen });
    if (!(answer instanceof Promise)) return made(answer);
    const read = answer.then(made).finally(() => this.#reads.delete(after));
    this.#reads.set(after, read);
    return read;
  }

  #keep(page: Page): Page {
    if (page.upTo === page.after) return page;
    this.#kept.push(page);
    this.#events += page.events.length;
    this.#characters += charactersOf(page);
    while (this.#kept.length > 1 && this.#isTooMuch()) this.#dropOldest();
    return page;
  }

  /** What is kept for long costs the garbage collector more than what is let go soon. */
  #dropPassed(): void {
    const passed = Math.min(...this.#positions.values());
    while (this.#kept.length > 0 && this.#kept[0]!.upTo <= passed) this.#dropOldest();
  }

  #dropOldest(): void {
    const dropped = this.#kept.shift()!;
    this.#events -= dropped.events.length;
    this.#characters -= charactersOf(dropped);
  }

  #isTooMuch(): boolean {
    return this.#kept.length > KEPT_PAGES || this.#events > KEPT_EVENTS || this.#characters > KEPT_CHARACTERS;
  }
}

function charactersOf({ events }: Page): number {
  let characters = 0;
  for (const { message } of events) characters += message.data.length + message.metadata.length;
  return characters;
}
