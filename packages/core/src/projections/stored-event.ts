import type { EventMetadata } from "../elements/event-metadata";
import { decodeMessage } from "../event-store/message-codec";
import { readEvent } from "../loading/read-event";
import type { AggregateModel } from "../model/aggregate-model";
import type { RecordedMessage } from "../ports/stored-message";
import type { ConsumedEvent } from "../subscriptions/consumed-event";

/** A stored event that one projection alone reads. */
export class StoredEvent implements ConsumedEvent {
  #event: object | undefined;

  constructor(
    readonly message: RecordedMessage,
    private readonly model: AggregateModel,
  ) {}

  get type(): string {
    return this.message.type;
  }

  get eventId(): string {
    return this.message.id;
  }

  get stream(): string {
    return this.message.stream;
  }

  get category(): string {
    return this.message.category;
  }

  get aggregateId(): string {
    return this.stream.slice(this.category.length + 1);
  }

  get position(): number {
    return this.message.position;
  }

  get globalPosition(): number {
    return this.message.globalPosition;
  }

  get time(): number {
    return this.message.time;
  }

  get metadata(): EventMetadata {
    return decodeMessage(this.message).metadata;
  }

  get event(): object {
    this.#event ??= readEvent(this.model, decodeMessage(this.message)) as object;
    return this.#event;
  }
}
