import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import type { StoredMessage } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import { identifierFault } from "../schema/identifier";
import { toStorable } from "../schema/storable";
import { checkEventSize } from "./event-size";
import type { NewEvent } from "./messages";
import { plainJson } from "./plain-json";

export interface EncodeOptions {
  readonly ids: () => string;
  readonly clock: () => Date;
  /** How many bytes of UTF-8 the JSON texts of data and of metadata may take, each. */
  readonly maxEventBytes: number;
}

/** The place of an event in an append. */
interface Place {
  readonly stream: string;
  readonly index: number;
}

const MAX_TYPE_LENGTH = 255;

/** Turns the events of one append into the texts that are stored. */
export class EventEncoder {
  /** The ids that events came with. Made-up ones are new; a store refuses those of a broken generator. */
  readonly givenIds: string[] = [];
  /** The metadata that was encoded last: many events of an import share one object. */
  #metadata: object | undefined;
  #metadataText = "";

  constructor(private readonly options: EncodeOptions) {}

  /** @throws IncorrectUsageError for a type, id or time that cannot be stored; ValidationError for data or metadata. */
  encode(event: NewEvent, stream: string, index: number): StoredMessage {
    if (typeof event !== "object" || event === null) {
      const found = event === null ? "null" : `a ${typeof event}`;
      throw new IncorrectUsageError(`Cannot append ${inWords({ stream, index })}: it is ${found}`);
    }
    const { ids, clock } = this.options;
    const { type, id = ids(), time = clock(), data, metadata } = event;
    if (event.id !== undefined) this.givenIds.push(id);
    const fault = typeFault(type) ?? identifierFault(id) ?? timeFault(time);
    if (fault !== undefined) {
      throw new IncorrectUsageError(`Cannot append ${inWords({ stream, index })}: ${fault}`, { type, id, time });
    }
    return {
      id,
      type,
      time: time.getTime(),
      data: this.#encodeObject(data, "data", { stream, index }),
      metadata: metadata === undefined ? "{}" : this.#encodeMetadata(metadata, { stream, index }),
    };
  }

  #encodeMetadata(metadata: object, place: Place): string {
    if (metadata !== this.#metadata) {
      this.#metadataText = this.#encodeObject(metadata, "metadata", place);
      this.#metadata = metadata;
    }
    return this.#metadataText;
  }

  #encodeObject(value: unknown, part: "data" | "metadata", place: Place): string {
    const subject = () => `${part} of ${inWords(place)}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const found = value === null ? "null" : Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
      throw new ValidationError({ [WHOLE_OBJECT]: [`expected a plain object, found ${found}`] }, subject());
    }
    const text = plainJson(value) ?? exactJson(toStorable(value, { subject: subject() }));
    if (text.length * 3 > this.options.maxEventBytes) checkEventSize(text, this.options.maxEventBytes, subject());
    return text;
  }
}

/** Names the event in errors: `event 0 for stream "fidelis::account-7"`. */
function inWords({ stream, index }: Place): string {
  return `event ${index} for stream ${JSON.stringify(stream)}`;
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
