import { DeserializationError } from "../errors/deserialization-error";
import type { Shape } from "../schema/shape";

/** A stored event cannot become an instance of its class. The message is what follows its name: `cannot be upcast: …`. */
export class UnreadableEvent extends Error {}

/** What came of folding an event: as it is where it could not be decoded, else what its `@apply` method threw. */
export function asUnreadable(error: unknown): UnreadableEvent {
  if (error instanceof UnreadableEvent) return error;
  return new UnreadableEvent(`cannot be folded: ${reasonOf(error)}`, { cause: error });
}

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
      const advice = `if a field has another type since, raise the version of ${eventName} and write an upcaster`;
      throw new UnreadableEvent(`does not fit ${eventName}: ${reasonOf(cause)}; ${advice}`, { cause });
    }
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
