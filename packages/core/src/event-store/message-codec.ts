import type { EventMetadata } from "../elements/event-metadata";
import { DeserializationError } from "../errors/deserialization-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import type { RecordedMessage, StoredMessage } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import { identifierFault } from "../schema/identifier";
import { toStorable } from "../schema/storable";
import { checkEventSize } from "./event-size";
import type { NewEvent, RecordedEvent } from "./messages";

export interface EncodeOptions {
  /** Names the event in errors: `event 0 for stream "fidelis::account-7"`. */
  readonly subject: string;
  readonly ids: () => string;
  readonly clock: () => Date;
  /** How many bytes of UTF-8 the JSON texts of data and of metadata may take, each. */
  readonly maxEventBytes: number;
}

const MAX_TYPE_LENGTH = 255;

/**
 * Turns an event into the texts that are stored.
 * @throws IncorrectUsageError for a type, id or time that cannot be stored; ValidationError for data or metadata.
 */
export function encodeEvent(event: NewEvent, options: EncodeOptions): StoredMessage {
  const { subject, ids, clock } = options;
  if (typeof event !== "object" || event === null) {
    throw new IncorrectUsageError(`Cannot append ${subject}: it is ${event === null ? "null" : `a ${typeof event}`}`);
  }
  const { type, id = ids(), time = clock(), data, metadata = {} } = event;
  const fault = typeFault(type) ?? identifierFault(id) ?? timeFault(time);
  if (fault !== undefined) throw new IncorrectUsageError(`Cannot append ${subject}: ${fault}`, { type, id, time });
  return {
    id,
    type,
    time: time.getTime(),
    data: encodeObject(data, "data", options),
    metadata: encodeObject(metadata, "metadata", options),
  };
}

/** @throws DeserializationError for a message whose texts are not JSON. */
export function decodeMessage(message: RecordedMessage): RecordedEvent {
  return {
    id: message.id,
    type: message.type,
    stream: message.stream,
    position: message.position,
    globalPosition: message.globalPosition,
    time: new Date(message.time),
    data: parseText(message, "data"),
    metadata: parseText(message, "metadata") as EventMetadata,
  };
}

/** Stores put types into JSON texts unescaped: a type holds no character that JSON escapes. */
function typeFault(type: unknown): string | undefined {
  if (typeof type !== "string" || type === "") return "its type must be a string of at least 1 character";
  if (type.length > MAX_TYPE_LENGTH) {
    return `its type has at most ${MAX_TYPE_LENGTH} characters, this one has ${type.length}`;
  }
  if (!type.isWellFormed()) return "its type must be valid Unicode, this one has a lone surrogate";
  return /[\p{Cc}"\\]/u.test(type) ? 'its type holds no control character, no " and no \\' : undefined;
}

function timeFault(time: unknown): string | undefined {
  return time instanceof Date && !Number.isNaN(time.getTime()) ? undefined : "its time must be a valid Date";
}

function encodeObject(value: unknown, part: "data" | "metadata", { subject, maxEventBytes }: EncodeOptions): string {
  const partSubject = `${part} of ${subject}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
    throw new ValidationError({ [WHOLE_OBJECT]: [`expected a plain object, found ${found}`] }, partSubject);
  }
  const text = exactJson(toStorable(value, { subject: partSubject }));
  checkEventSize(text, maxEventBytes, partSubject);
  return text;
}

function parseText(message: RecordedMessage, part: "data" | "metadata"): unknown {
  try {
    return JSON.parse(message[part]);
  } catch (cause) {
    const { stream, position } = message;
    throw new DeserializationError({ stream, position, reason: `its ${part} is not valid JSON` }, cause);
  }
}
