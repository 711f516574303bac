import type { EventMetadata } from "../../elements/event-metadata";
import { DeserializationError } from "../../errors/deserialization-error";
import { UnreadableEvent, unreadableFault } from "../../event-store/unreadable-event";
import type { FoldStep } from "../../model/aggregate-model";
import type { RecordedMessage } from "../../ports/stored-message";
import { deeplyFrozen } from "../../schema/copying";
import { toStorable } from "../../schema/storable";
import type { ConsumedEvent } from "./consumed-event";

/** How the events of one stored type are read. */
export interface Reading extends Pick<FoldStep, "prototype" | "decode"> {
  /** Different for each stored type of each category. */
  readonly number: number;
}

/** One event that all subscriptions of a process share. Its texts are parsed at the first use. */
export class SharedEvent implements ConsumedEvent {
  private decoded: object | undefined;
  private parsed: EventMetadata | undefined;

  constructor(
    readonly message: RecordedMessage,
    /** Undefined for an event that the code does not know. */
    private readonly reading: Reading | undefined,
  ) {}

  get type(): string {
    return this.message.type;
  }

  get typeNumber(): number | undefined {
    return this.reading?.number;
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
    return this.message.stream.slice(this.message.category.length + 1);
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
    this.parsed ??= deeplyFrozen(parsed(this.message, "metadata")) as EventMetadata;
    return this.parsed;
  }

  get event(): object {
    this.decoded ??= instanceOf(this.message, this.reading);
    return this.decoded;
  }
}

function instanceOf(message: RecordedMessage, reading: Reading | undefined): object {
  const json = parsed(message, "data");
  if (reading === undefined) throw unreadable(message, new UnreadableEvent("has no class in the code"));
  const { prototype, decode } = reading;
  if (decode === undefined) return Object.freeze(Object.setPrototypeOf(frozenParts(json), prototype) as object);
  try {
    // A copy, because what a decoder makes may share parts with other events.
    const values = toStorable(decode(json), { subject: message.type, rich: true, embedded: true });
    return Object.freeze(Object.assign(Object.create(prototype) as object, values));
  } catch (error) {
    throw error instanceof UnreadableEvent ? unreadable(message, error) : error;
  }
}

/** Freezes the values of an object that was parsed for this event alone; the object itself is still to get its prototype. */
function frozenParts(json: object): object {
  for (const key in json) {
    const value: unknown = (json as Record<string, unknown>)[key];
    if (typeof value === "object") deeplyFrozen(value);
  }
  return json;
}

function parsed(message: RecordedMessage, part: "data" | "metadata"): object {
  try {
    return JSON.parse(message[part]) as object;
  } catch (cause) {
    const { stream, position, type } = message;
    throw new DeserializationError({ stream, position, type, reason: `its ${part} is not valid JSON` }, cause);
  }
}

function unreadable(message: RecordedMessage, error: UnreadableEvent): DeserializationError {
  return unreadableFault(error, message);
}
