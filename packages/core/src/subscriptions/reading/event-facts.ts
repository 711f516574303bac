import type { EventMetadata } from "../../elements/event-metadata";
import type { ConsumedEvent } from "./consumed-event";

type Facts = Omit<ConsumedEvent, "message">;

/** The facts about an event, as every `EventContext` has them, whoever consumes the event. */
export class EventFacts {
  readonly #event: Facts;

  constructor(event: Facts) {
    this.#event = event;
  }

  get eventId(): string {
    return this.#event.eventId;
  }

  get type(): string {
    return this.#event.type;
  }

  get stream(): string {
    return this.#event.stream;
  }

  get aggregateId(): string {
    return this.#event.aggregateId;
  }

  get position(): number {
    return this.#event.position;
  }

  get globalPosition(): number {
    return this.#event.globalPosition;
  }

  get recordedAt(): Date {
    return new Date(this.#event.time);
  }

  get metadata(): EventMetadata {
    return this.#event.metadata;
  }
}
