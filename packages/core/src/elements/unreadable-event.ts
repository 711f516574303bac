import { DeserializationError } from "../errors/deserialization-error";
import type { Shape } from "../schema/shape";

/** A stored event cannot become an instance of its class. The message is what follows its name: `cannot be upcast: …`. */
export class UnreadableEvent extends Error {}

/** The failure with its place, as whoever reads the event has to know it. */
export function unreadableFault(
  failed: UnreadableEvent,
  { type, stream, position }: { readonly type: string; readonly stream: string; readonly position: number },
): DeserializationError {
  const reason = `its event ${JSON.stringify(type)} ${failed.message}`;
  return new DeserializationError({ stream, position, type, reason }, failed.cause);
}

/**
 * The decoder of an event's present version. What was stored was accepted once and is not checked again; but a field that has
 * another type since, without another version, may not be readable as that.
 *
 * @returns a function that throws UnreadableEvent.
 */
export function decoding(shape: Shape, eventName: string): (json: object) => object {
  return (json) => {
    try {
      return shape.decode(json);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const advice = `if a field has another type since, raise the version of ${eventName} and write an upcaster`;
      throw new UnreadableEvent(`does not fit ${eventName}: ${reason}; ${advice}`, { cause });
    }
  };
}
