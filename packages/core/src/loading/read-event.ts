import { UnreadableEvent, unreadableFault } from "../event-store/unreadable-event";
import type { AggregateModel } from "../model/aggregate-model";
import { toStorable } from "../schema/storable";
import { SKIPPED, stepOfUnfolded } from "./fold-step";

interface EventToRead {
  readonly type: string;
  readonly stream: string;
  readonly position: number;
  /** Parsed; belongs to the call. */
  readonly data: object;
}

/**
 * Makes a stored event an instance of its class, frozen at every depth; upcast where it is of an older version.
 *
 * @returns undefined for an event that its aggregate skips.
 * @throws UnknownEventError, DeserializationError as a replay does.
 */
export function readEvent(model: AggregateModel, event: EventToRead): object | undefined {
  const { type, data } = event;
  const step = model.folds.get(type) ?? stepOfUnfolded(model, event);
  if (step === SKIPPED) return undefined;
  const { prototype, decode } = step;
  try {
    const values = toStorable(decode === undefined ? data : decode(data), {
      subject: type,
      rich: true,
      embedded: true,
    });
    return Object.freeze(Object.assign(Object.create(prototype) as object, values));
  } catch (error) {
    throw error instanceof UnreadableEvent ? unreadableFault(error, event) : error;
  }
}
