import type { DomainEventRoot } from "../elements/domain-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { cursor } from "../event-store/read-arguments";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import { EventFeed } from "./event-feed";
import { EventSelection } from "./event-selection";
import type { EventsOptions } from "./events-options";

/** Makes the feeds of one running domain, and ends those that are open when it closes. */
export class EventFeeds {
  readonly #open = new Set<EventFeed<any>>();
  #refusal: (() => IncorrectUsageError) | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly aggregates: ReadonlyMap<Class, { readonly model: AggregateModel }>,
  ) {}

  /** @throws IncorrectUsageError for options that can never work. */
  feed(options: EventsOptions): EventFeed<DomainEventRoot> {
    const { after = 0, follow = false, signal } = options;
    // Not `instanceof`: each sandbox of a test runner has a class of its own.
    if (signal !== undefined && typeof signal?.addEventListener !== "function")
      throw new IncorrectUsageError('Cannot read events: "signal" must be an AbortSignal');
    const selection = new EventSelection(options, this.aggregates);
    return new EventFeed({
      log: this.log,
      categories: selection.categories,
      read: (message) => selection.read(message),
      after: cursor(after),
      follow,
      signal,
      opened: (feed) => this.#opened(feed),
      closed: (feed) => void this.#open.delete(feed),
    });
  }

  /** Resolves when no feed reads any more. @param refusal for those that have not come to the end and do not follow. */
  async close(refusal: () => IncorrectUsageError): Promise<void> {
    this.#refusal = refusal;
    await Promise.all([...this.#open].map((feed) => feed.close(refusal())));
  }

  /** The first event may be asked for when the domain is closing already. */
  #opened(feed: EventFeed<any>): void {
    this.#open.add(feed);
    if (this.#refusal !== undefined) void feed.close(this.#refusal());
  }
}
