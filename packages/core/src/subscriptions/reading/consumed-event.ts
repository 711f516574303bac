import type { EventMetadata } from "../../elements/event-metadata";
import type { RecordedMessage } from "../../ports/stored-message";

/** A stored event as subscriptions share it: read and decoded once, whatever their number. */
export interface ConsumedEvent {
  /** The stored type. */
  readonly type: string;
  /** Stands for category and stored type, in this process; undefined for an event that the code does not know. */
  readonly typeNumber?: number | undefined;
  readonly eventId: string;
  readonly stream: string;
  readonly category: string;
  readonly aggregateId: string;
  readonly position: number;
  readonly globalPosition: number;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  readonly metadata: EventMetadata;
  /**
   * An instance of its class, upcast to its present version, frozen; made at the first use.
   * @throws UnknownEventError, DeserializationError as a load of the aggregate does.
   */
  readonly event: object;
  readonly message: RecordedMessage;
}
