import type { AggregateClass } from "../elements/aggregate-root";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EventFeed } from "../following/event-feed";
import type { EventsOf, EventsOptions } from "../following/events-options";
import type { Class, Constructor } from "../metadata/class-types";
import { callableMap } from "./callable-map";

/**
 * What `domain.events` is: the registered events by name, and a function that reads the stored ones as instances of their classes.
 *
 * They come in global order, and none is skipped that commits late. With `follow: true` the feed goes on with what is appended, until
 * the loop is left, the signal aborts, or the domain closes.
 *
 * @throws IncorrectUsageError before `init()`, for an empty list, a class that is not registered, an event of another aggregate than
 *   those in `of`, and for an `after` that is no position. `EventFeed.next` says what reading throws.
 */
export interface DomainEvents extends ReadonlyMap<string, Constructor<DomainEventRoot>> {
  /** Reads the events of some classes. */
  <E extends Class<DomainEventRoot>>(
    options: EventsOptions & { readonly types: readonly E[] },
  ): EventFeed<InstanceType<E>>;
  /** Reads all events of some aggregates, typed by the parameters of their public `@apply` methods. */
  <A extends AggregateClass>(
    options: EventsOptions & { readonly of: readonly A[]; readonly types?: undefined },
  ): EventFeed<EventsOf<A["prototype"]>>;
  /** Reads the events of all aggregates. */
  (options?: EventsOptions): EventFeed<DomainEventRoot>;
}

/** Gives a function the members of a map. */
export function domainEvents(
  registered: ReadonlyMap<string, Constructor<DomainEventRoot>>,
  feed: (options: EventsOptions) => EventFeed<any>,
): DomainEvents {
  return callableMap(registered, (options: EventsOptions = {}) => feed(options)) as unknown as DomainEvents;
}
