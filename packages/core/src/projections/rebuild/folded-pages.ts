import type { AggregateModel } from "../../model/aggregate-model";
import type { Answer } from "../../ports/answer";
import type { EventLog, GlobalPage } from "../../ports/event-log";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { KnownEvents } from "../../subscriptions/reading/known-events";
import { WantedEventsOf } from "../../subscriptions/reading/wanted-events";
import type { RowFolding } from "../row-folding";
import { Turns } from "./turns";

/** How many events are read at once: fewer where the store holds up the process while it reads. */
const PAGE_EVENTS = 4_000;
const PAGE_EVENTS_AT_ONCE = 500;

/** Events of the log for one projection. */
interface PageToFold {
  readonly events: readonly ConsumedEvent[];
  /** Everything up to this position is among the events, or not for the projection. */
  readonly upTo: number;
  readonly atEnd: boolean;
  /** The event behind `upTo`, where it is of a type that the code does not know. */
  readonly unknown?: UnknownEvent;
}

/** An event of a type that the code does not know, and the error that says so. */
export interface UnknownEvent {
  readonly event: ConsumedEvent;
  readonly error: Error;
}

/** Reads the events of a projection, one page ahead of what is folded. */
export class FoldedPages {
  readonly #known: KnownEvents;
  readonly #wanted: WantedEventsOf;
  readonly #turns = new Turns();
  #limit = PAGE_EVENTS_AT_ONCE;
  #ahead: { readonly after: number; readonly page: Answer<GlobalPage> } | undefined;

  constructor(
    private readonly log: Pick<EventLog, "readAll">,
    private readonly folding: Pick<RowFolding, "wants" | "categories">,
    sources: readonly AggregateModel[],
  ) {
    this.#known = new KnownEvents(sources);
    const { categories } = folding;
    this.#wanted = new WantedEventsOf({ categories, wants: (type) => folding.wants(type) }, this.#known);
  }

  /** Reads the page behind a position. @param last the position that it ends at, at the latest. */
  async behind(after: number, last = Number.POSITIVE_INFINITY): Promise<PageToFold> {
    // Leases have to be renewed meanwhile, also where a store answers at once.
    await this.#turns.next();
    const read = this.#ahead?.after === after ? this.#ahead.page : this.#read(after);
    this.#ahead = undefined;
    const { messages, upTo, atEnd } = await read;
    if (!atEnd && upTo < last) this.#readAhead(upTo);
    const isCut = upTo > last;
    const within = isCut ? messages.filter(({ globalPosition }) => globalPosition <= last) : messages;
    const events = within.map((message) => this.#known.shared(message));
    const page = { after, upTo: isCut ? last : upTo, atEnd, events, signs: 0 };
    return { ...this.#wanted.in(page, after), atEnd: atEnd || upTo >= last };
  }

  #read(after: number): Answer<GlobalPage> {
    const page = this.log.readAll({ after, limit: this.#limit, categories: this.folding.categories });
    this.#limit = page instanceof Promise ? PAGE_EVENTS : PAGE_EVENTS_AT_ONCE;
    return page;
  }

  #readAhead(after: number): void {
    try {
      const page = this.#read(after);
      // Who asks for the page gets the error.
      if (page instanceof Promise) page.catch(() => undefined);
      this.#ahead = { after, page };
    } catch {
      // Who asks for the page gets the error of an attempt of its own.
    }
  }
}
