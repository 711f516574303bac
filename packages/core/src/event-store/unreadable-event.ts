import { DeserializationError } from "../errors/deserialization-error";
import type { Shape } from "../schema/shape";
import { reasonOf } from "../wording/in-words";

/** A stored event cannot become an instance of its class. Its message continues a sentence that starts with the event: `cannot be upcast: …`. */
export class UnreadableEvent extends Error {}

/** Gives the error of an event that could not be decoded as it is, and wraps what its `@apply` method threw. */
export function asUnreadable(error: unknown): UnreadableEvent {
  if (error instanceof UnreadableEvent) return error;
  return new UnreadableEvent(`cannot be folded: ${reasonOf(error)}`, { cause: error });
}

/** Adds the place of the event to the failure. */
export function unreadableFault(
  failed: UnreadableEvent,
  { type, stream, position }: { readonly type: string; readonly stream: string; readonly position: number },
): DeserializationError {
  const reason = `its event ${JSON.stringify(type)} ${failed.message}`;
  return new DeserializationError({ stream, position, type, reason }, failed.cause);
}

/**
 * Makes the decoder of an event's present version. Stored data was accepted once and is not checked again; but a field whose
 * type was changed without a new version may not be readable.
 *
 * @returns a function that throws UnreadableEvent.
 */
export function decoding(shape: Shape, eventName: string): (json: object) => object {
  return (json) => {
    try {
      return shape.decode(json);
    } catch (cause) {
      const advice = `if a field has another type since, raise the version of ${eventName} and write an upcaster`;
      throw new UnreadableEvent(`does not fit ${eventName}: ${reasonOf(cause)}; ${advice}`, { cause });
    }
  };
}
