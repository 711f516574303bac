import type { EventMetadata } from "../elements/event-metadata";

/** An event to append. */
export interface NewEvent {
  /** The stored type, such as `Fidelis.DepositMade.v1`. */
  readonly type: string;
  readonly data: object;
  /** Unique in the store; a new one where absent. Give the same id again to repeat an append safely. */
  readonly id?: string;
  readonly metadata?: object;
  /** Now where absent. */
  readonly time?: Date;
}

/** An event as it was stored. Changing it changes nothing in the store. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  /** 0-based, without gaps within the stream. */
  readonly position: number;
  /** 1-based, grows in commit order over the whole store, possibly with gaps: what `after` takes. */
  readonly globalPosition: number;
  readonly time: Date;
  readonly data: any;
  readonly metadata: EventMetadata;
}

/** An event with its texts as they are stored. */
export interface EventText extends Omit<RecordedEvent, "data" | "metadata"> {
  /** JSON of an object, unless it is damaged. */
  readonly data: string;
  readonly metadata: string;
}

/** What `append` takes: the events of one stream. */
export interface StreamAppend {
  readonly stream: string;
  /** The stream's version as the writer knows it, -1 for none yet; absent to append at whatever end there is. */
  readonly expectedVersion?: number;
  readonly events: readonly NewEvent[];
}
