import { type AggregateLife, whileFolding } from "../elements/aggregate-life";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { foldsOf } from "../elements/fold-table";
import { promiseOfApply } from "../elements/raise-refusal";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { isPromise } from "../errors/returned-promise";
import { UnknownEventError } from "../errors/unknown-event-error";
import { asUnreadable, type UnreadableEvent, unreadableFault } from "../event-store/unreadable-event";
import type { AggregateModel, FoldStep } from "../model/aggregate-model";
import { SKIPPED, stepOfUnfolded } from "./fold-step";

/** Consecutive events of one stream, alternately type and parsed data. */
interface EventsToFold {
  readonly stream: string;
  readonly firstPosition: number;
  readonly events: readonly unknown[];
}

/**
 * Folds stored events into an aggregate: no validation, no invariants, no constructors, because an event that was accepted
 * once stays loadable. Parsed data becomes the event in place. The version moves on after each event, as it does when events
 * are raised. Events of earlier versions are upcast on the way.
 *
 * @throws UnknownEventError for a type that the aggregate neither declares nor skips; DeserializationError for an event that
 *   does not fit its class, that its upcasters could not carry over, or that its `@apply` method fails on; IncorrectUsageError for
 *   an `@apply` method that returns a promise.
 */
export function fold(aggregate: AggregateRoot, model: AggregateModel, events: EventsToFold): void {
  const life = lifeOf(aggregate);
  try {
    whileFolding(life, () => foldEach(aggregate, life, model, events));
  } catch (error) {
    // A mistake in the code does not depend on the event, and an unknown type has its own error.
    if (error instanceof IncorrectUsageError || error instanceof UnknownEventError) throw error;
    throw unreadable(asUnreadable(error), life.version + 1, events);
  }
}

function foldEach(
  aggregate: AggregateRoot,
  life: AggregateLife,
  model: AggregateModel,
  { stream, firstPosition, events }: EventsToFold,
): void {
  let type: unknown;
  let step: FoldStep = SKIPPED;
  for (let index = 0; index < events.length; index += 2) {
    // Runs of one type are common in long streams, and comparing is cheaper than looking up.
    if (events[index] !== type) {
      type = events[index];
      step =
        model.folds.get(type as string) ??
        stepOfUnfolded(model, { type: type as string, stream, position: firstPosition + index / 2 });
    }
    const json = events[index + 1] as object;
    const data = step.decode === undefined ? json : step.decode(json);
    const returned = step.apply.call(aggregate, Object.setPrototypeOf(data, step.prototype) as object);
    if (returned !== undefined && isPromise(returned)) throw promiseOfApply(returned, aggregate, methodOf(step, model));
    life.version = firstPosition + index / 2;
  }
}

/** The name of the `@apply` method of a step. */
function methodOf({ prototype }: FoldStep, { type }: AggregateModel): string | symbol {
  const fold = foldsOf(type).find(({ event }) => event?.prototype === prototype);
  return fold?.method ?? "@apply";
}

function unreadable(error: UnreadableEvent, position: number, { stream, firstPosition, events }: EventsToFold): Error {
  return unreadableFault(error, { type: String(events[2 * (position - firstPosition)]), stream, position });
}
