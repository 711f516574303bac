import type { EventMetadata } from "../elements/event-metadata";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { readEvent } from "../loading/read-event";
import type { AggregateModel } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import type { StoredMessage } from "../ports/stored-message";
import type { FoldedEvent } from "./folded-event";

/** An event that is about to be appended. */
export class AppendedEvent implements FoldedEvent {
  readonly type: string;
  readonly eventId: string;
  readonly stream: string;
  readonly category: string;
  readonly time: number;
  #event: object | undefined;
  #metadata: EventMetadata | undefined;

  constructor(
    private readonly model: AggregateModel,
    request: AppendRequest,
    readonly message: StoredMessage,
    readonly position: number,
  ) {
    this.type = message.type;
    this.eventId = message.id;
    this.stream = request.stream;
    this.category = request.category;
    this.time = message.time;
  }

  get aggregateId(): string {
    return this.stream.slice(this.category.length + 1);
  }

  /** @throws IncorrectUsageError because it has none yet. */
  get globalPosition(): number {
    const reason = 'a projection of mode "inline" folds an event before it is stored; use mode "async", or "position"';
    throw new IncorrectUsageError(`Cannot tell the global position of ${this.type}: ${reason}`, { type: this.type });
  }

  get metadata(): EventMetadata {
    this.#metadata ??= JSON.parse(this.message.metadata) as EventMetadata;
    return this.#metadata;
  }

  /** @throws UnknownEventError, DeserializationError as a load of the aggregate does. */
  get event(): object {
    const { type, stream, position } = this;
    this.#event ??= readEvent(this.model, {
      type,
      stream,
      position,
      data: JSON.parse(this.message.data) as object,
    }) as object;
    return this.#event;
  }
}
