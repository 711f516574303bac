import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { ProjectionModel } from "../../model/projection-model";
import type { EventLog } from "../../ports/event-log";
import { setImmediate } from "../../ports/real-timers";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { KnownEvents } from "../../subscriptions/reading/known-events";
import { WantedEventsOf } from "../../subscriptions/reading/wanted-events";
import { forgottenEvents } from "../forgotten-events";
import type { RowFolding } from "../row-folding";

/** How many events are read at once. */
const EVENTS_AT_ONCE = 1_000;

/** An event of a projection. */
export interface ProjectedEvent {
  readonly event: ConsumedEvent;
  /** Why it cannot be folded: the code does not know its type. */
  readonly unknown?: Error;
}

/** A stretch of the global order. */
interface Stretch {
  readonly after: number;
  /** The last position. */
  readonly to: number;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the events of one projection out of the log. */
export class ProjectedEvents {
  readonly #known: KnownEvents;
  readonly #wanted: WantedEventsOf;

  constructor(
    private readonly model: ProjectionModel,
    private readonly folding: Pick<RowFolding, "categories" | "wants">,
    private readonly log: Pick<EventLog, "readAll" | "forgottenUpTo">,
  ) {
    const { categories } = folding;
    this.#known = new KnownEvents(model.sources);
    this.#wanted = new WantedEventsOf({ categories, wants: (type) => folding.wants(type) }, this.#known);
  }

  /**
   * Reads the events of a stretch, page after page. Others get a turn between two pages.
   * @throws the signal's reason; IncorrectUsageError where some of them were forgotten.
   */
  async *in({ after, to, signal }: Stretch): AsyncGenerator<readonly ProjectedEvent[], void, undefined> {
    const { categories } = this.folding;
    const reason = await forgottenEvents(this.log, categories, after);
    if (reason !== undefined)
      throw new IncorrectUsageError(`Cannot fold the rows of ${this.model.name} from their events: ${reason}`, {
        after,
      });
    for (let position = after; position < to; ) {
      signal?.throwIfAborted();
      const { messages, upTo, atEnd } = await this.log.readAll({ after: position, limit: EVENTS_AT_ONCE, categories });
      const within = messages.filter(({ globalPosition }) => globalPosition <= to);
      const events = within.map((message) => this.#known.shared(message));
      yield this.#wantedIn({ after: position, upTo, atEnd, events, signs: 0 });
      if (atEnd) return;
      position = upTo;
      await new Promise((resolve) => void setImmediate(() => resolve(undefined)));
    }
  }

  #wantedIn(page: Parameters<WantedEventsOf["in"]>[0]): readonly ProjectedEvent[] {
    const found: ProjectedEvent[] = [];
    for (let position = page.after; ; ) {
      const { events, unknown } = this.#wanted.in(page, position);
      for (const event of events) found.push({ event });
      if (unknown === undefined) return found;
      found.push({ event: unknown.event, unknown: unknown.error });
      position = unknown.event.globalPosition;
    }
  }
}
