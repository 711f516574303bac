import type { ParkedKey } from "../../ports/subscription-store";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer, ConsumerFailure } from "../reading/consumer";
import { type FailureClass, failureClassOf } from "./failure-class";

/** What the store keeps of a failure, as JSON in `ParkedKey.data`. Times are milliseconds since 1970, UTC. */
interface ParkedRecord {
  readonly class: FailureClass;
  readonly error: ParkedError;
  /** The method that failed: `WelcomeMail.send`. */
  readonly place: string;
  /** The stored type of the event. */
  readonly type: string;
  readonly category: string;
  readonly stream: string;
  /** The position in the stream. */
  readonly streamPosition: number;
  readonly eventId: string;
  readonly parkedAt: number;
  /** True while the event is repeated where it stands: the checkpoint is before it, and nothing goes on. */
  readonly inPlace?: true;
  /** What tells one request of an operator from another. */
  readonly ask?: string;
  readonly askedBy?: string;
  readonly askedAt?: number;
  /** Why somebody wants the event skipped. */
  readonly reason?: string;
}

/** An error as it is kept: enough to find the cause. */
export interface ParkedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** The first lines. */
  readonly stack?: string;
}

const MAX_MESSAGE = 4_000;
const STACK_LINES = 8;

/** Describes the failure of an event. */
export function recordOf(
  { name }: Pick<Consumer, "name">,
  event: ConsumedEvent,
  { error, place = name }: ConsumerFailure,
): ParkedRecord {
  return {
    class: failureClassOf(error),
    error: parkedError(error),
    place,
    type: event.type,
    category: event.category,
    stream: event.stream,
    streamPosition: event.position,
    eventId: event.eventId,
    parkedAt: Date.now(),
  };
}

export function recordText(record: ParkedRecord): string {
  return JSON.stringify(record);
}

/** Reads what is kept of a failure. Another release may have kept less. */
export function recordIn({ data }: Pick<ParkedKey, "data">): ParkedRecord {
  const found = parsed(data);
  return { ...UNKNOWN, ...found, error: { ...UNKNOWN.error, ...found.error } };
}

const UNKNOWN: ParkedRecord = {
  class: "handler",
  error: { name: "Error", message: "not known" },
  place: "",
  type: "",
  category: "",
  stream: "",
  streamPosition: 0,
  eventId: "",
  parkedAt: 0,
};

/** Whether an event is repeated where it stands. */
export function isInPlace(parked: Pick<ParkedKey, "data">): boolean {
  return recordIn(parked).inPlace === true;
}

/** Describes an event that is skipped because somebody has asked for it, from what is kept of its key. */
export function skippedOnRequest({ revision, dueAt, ...parked }: ParkedKey): Omit<ParkedKey, "revision"> {
  const { inPlace, ...record } = recordIn(parked);
  return { ...parked, state: "skipped", data: recordText(record) };
}

function parsed(text: string): Partial<ParkedRecord> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

function parkedError(error: unknown): ParkedError {
  if (!(error instanceof Error)) return { name: "Error", message: storable(String(error)) };
  const { name, message, stack } = error;
  const { code } = error as { readonly code?: unknown };
  return {
    name: storable(String(name)),
    message: storable(String(message)),
    ...(typeof code === "string" && { code: storable(code) }),
    ...(typeof stack === "string" && { stack: storable(stack.split("\n").slice(0, STACK_LINES).join("\n")) }),
  };
}

/** No store keeps a NUL in a text. */
function storable(text: string): string {
  return text.slice(0, MAX_MESSAGE).replaceAll("\0", "\ufffd").toWellFormed();
}
