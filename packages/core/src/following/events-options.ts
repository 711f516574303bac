import type { AggregateClass, AggregateRoot } from "../elements/aggregate-root";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EventMetadata } from "../elements/event-metadata";
import type { Class } from "../metadata/class-types";

/** Which events `domain.events` gives, and for how long. */
export interface EventsOptions {
  /** Only events of these aggregates; of all where absent. */
  readonly of?: readonly AggregateClass[];
  /** Only these events; all of the aggregates where absent. */
  readonly types?: readonly Class<DomainEventRoot>[];
  /** The `position` of the last event that was seen, as number or as text; 0, the start, where absent. */
  readonly after?: number | string;
  /** Waits at the end of the log for more. Otherwise the events end there. */
  readonly follow?: boolean;
  /** Ends the events with an `AbortError`, whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A stored event as `domain.events` gives it. */
export interface FollowedEvent<E> {
  /** An instance of its class: upcast to the present version, frozen. */
  readonly event: E;
  /** The id of the aggregate that it belongs to. */
  readonly id: string;
  /** Where the event lies in the global order: what `after` takes. */
  readonly position: number;
  readonly metadata: EventMetadata;
  /** The same however often the event is read. */
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** The events of some aggregates, by the parameters of their public methods that take one: their `@apply` methods. */
export type EventsOf<A> = A extends AggregateRoot ? EventIn<A[Exclude<keyof A, keyof AggregateRoot>]> : never;

type EventIn<Member> = Member extends (event: infer E) => unknown ? (E extends DomainEventRoot ? E : never) : never;
