import { SubscriptionStoppedError } from "../../errors/subscription-stopped-error";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer, ConsumerFailure } from "../reading/consumer";

/** Makes the error of a subscription that an event has stopped after some attempts. */
export function stoppedAt(
  { kind, name }: Pick<Consumer, "kind" | "name">,
  { type, stream, position, globalPosition }: ConsumedEvent,
  attempts: number,
  { error, place = name }: Pick<ConsumerFailure, "error" | "place">,
): SubscriptionStoppedError {
  return new SubscriptionStoppedError(
    { kind, subscription: name, place, type, stream, position, globalPosition, attempts },
    error,
  );
}

/** Makes the error of a subscription that has too many keys set aside. */
export function stoppedFull(
  { kind, name }: Pick<Consumer, "kind" | "name">,
  { count, position }: { readonly count: number; readonly position: number },
): SubscriptionStoppedError {
  return new SubscriptionStoppedError({ kind, subscription: name, keysAside: count, globalPosition: position });
}
