import type { FailurePolicy } from "../../config/failure-policy";
import { pauseMs } from "../../patience/growing-pause";
import type { PutParked, RemoveParked } from "../../ports/operations";
import type { ParkedKey } from "../../ports/subscription-store";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer, ConsumerFailure } from "../reading/consumer";
import { isHopeless } from "./failure-class";
import { recordIn, recordOf, recordText } from "./parked-record";

/** An event that failed for one of its keys. */
export interface FailedKey {
  readonly event: ConsumedEvent;
  readonly key: string;
  readonly failure: ConsumerFailure;
  /** How many times the event was tried. */
  readonly attempts: number;
}

/** Whether nothing of a consumer goes on before an event that fails: it is repeated where it stands. */
export function staysInPlace({ isOneLine, onFailure }: Pick<Consumer, "isOneLine" | "onFailure">): boolean {
  return isOneLine || onFailure === "halt";
}

/** Says what becomes of a failure: another attempt, or what the consumer's policy says. One line of all events cannot park a key. */
export function verdictOn(
  { retry, onFailure, isOneLine }: Pick<Consumer, "retry" | "onFailure" | "isOneLine">,
  { failure, attempts }: Pick<FailedKey, "failure" | "attempts">,
): "again" | FailurePolicy {
  if (failure.isRetryable && !isHopeless(failure.error) && attempts <= retry.attempts) return "again";
  return isOneLine && onFailure === "park" ? "halt" : onFailure;
}

/**
 * Describes a failed key as the store is to keep it.
 * @param before what the store has of the key at this event.
 */
export function parkedKey(
  consumer: Pick<Consumer, "subscription" | "name" | "retry">,
  { event, key, failure, attempts }: FailedKey,
  state: "waiting" | "parked" | "skipped",
  { inPlace = false, before }: { readonly inPlace?: boolean; readonly before?: ParkedKey | undefined } = {},
): Omit<ParkedKey, "revision"> {
  const record = recordOf(consumer, event, failure);
  return {
    subscription: consumer.subscription,
    key,
    position: event.globalPosition,
    state,
    attempts,
    ...(state === "waiting" && { dueAt: Math.round(Date.now() + pauseMs(consumer.retry, attempts)) }),
    data: recordText({
      ...record,
      ...(before !== undefined && before.state !== "skipped" && { parkedAt: recordIn(before).parkedAt }),
      ...(inPlace && { inPlace: true as const }),
    }),
  };
}

/** Makes the operation that keeps a key. @param before what the store has of it at this event. */
export function putParked(parked: Omit<ParkedKey, "revision">, before: ParkedKey | undefined): PutParked {
  return { kind: "putParked", parked, expected: before?.revision ?? null };
}

/** Makes the operation that removes what is kept of a key. */
export function removeParked({ subscription, key, position, revision }: ParkedKey): RemoveParked {
  return { kind: "removeParked", subscription, key, position, expected: revision };
}

/** A key as the store has it once the operation is done. */
export function storedBy({ parked, expected }: PutParked): ParkedKey {
  return { ...parked, revision: expected === null ? 0 : expected + 1 };
}
