import type { UpcasterStep } from "../elements/upcaster";
import { abandon, isPromise } from "../errors/returned-promise";
import { thawed } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { toStorable } from "../schema/storable";
import { reasonOf } from "../wording/in-words";
import { UnreadableEvent } from "./unreadable-event";

/**
 * Composes the upcasters of one older version into the decoder of its events.
 *
 * Stored data was accepted once and is not checked again. The result of upcasters is new: it is checked against
 * the event's present shape, as a raised event is, and nothing is filled in or converted.
 *
 * @returns a function that throws UnreadableEvent.
 */
export function upcasting(chain: readonly UpcasterStep[], eventName: string, shape: Shape): (json: object) => object {
  const last = chain.at(-1)?.name;
  return (json) => {
    let data = json as Record<string, unknown>;
    for (const step of chain) data = outcome(step, data);
    // A copy, because an upcaster may return parts that it shares between events.
    const subject = `what ${last} returned`;
    const values = attempt(subject, () => shape.decode(thawed(toStorable(data, { subject: eventName })) as object));
    const complaints = shape.complaints(values);
    if (complaints === undefined) return values;
    const [path, [complaint]] = Object.entries(complaints)[0] as [string, [string]];
    throw new UnreadableEvent(`cannot be upcast: ${subject} does not fit ${eventName}: ${path}: ${complaint}`);
  };
}

function outcome({ name, upcaster }: UpcasterStep, data: Record<string, unknown>): Record<string, unknown> {
  const made: unknown = attempt(name, () => upcaster.upcast(data));
  if (typeof made === "object" && made !== null && !Array.isArray(made) && !isPromise(made))
    return made as Record<string, unknown>;
  if (isPromise(made)) abandon(made);
  const found = isPromise(made) ? "a promise" : Array.isArray(made) ? "an array" : String(made);
  throw new UnreadableEvent(`cannot be upcast: ${name} returned ${found} in the place of the event's data`);
}

function attempt<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasonOf(error);
    throw new UnreadableEvent(`cannot be upcast: ${subject} failed: ${reason}`, { cause: error });
  }
}
