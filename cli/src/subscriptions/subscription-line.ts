import type { SubscriptionStatus } from "@tidemark/core";

import { duration, grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";

/** How far a subscription is, as the store tells it. */
type StoredState = "paused" | "stopped" | "store unavailable" | "new" | "behind" | "up to date";

/** Returns the state of a subscription: `new` where it has no checkpoint yet, `stopped` where an event has stopped it on some server. */
export function storedState({ state, position, lag }: SubscriptionStatus): StoredState {
  if (state === "paused" || state === "stopped" || state === "store unavailable") return state;
  if (position === undefined) return "new";
  return lag === 0 ? "up to date" : "behind";
}

/** What every document about a subscription says of it. */
export function subscriptionDocument(status: SubscriptionStatus): object {
  const { name, kind, lane, position = null, lag, isLagExact, lagSeconds = 0 } = status;
  const { parked, waiting, buckets, owners, pause, error } = status;
  return {
    name,
    kind,
    lane,
    state: storedState(status),
    position,
    lag,
    ...(!isLagExact && { isLagExact }),
    lagSeconds,
    parked,
    waiting,
    buckets,
    owners,
    ...(pause && { pause }),
    ...(error && { error: describeError(error) }),
  };
}

/** Returns the lag in words: `nothing`, `24 event(s), the first 3 min old`. */
export function lagInWords({ lag, isLagExact, lagSeconds = 0 }: SubscriptionStatus): string {
  if (lag === 0) return "nothing";
  return `${isLagExact ? "" : "about "}${grouped(lag)} event(s), the first ${duration(lagSeconds * 1_000)} old`;
}

/** Returns which servers have the buckets of a subscription, in words: `none`, `8 of 16 buckets on 93c0…`. */
export function serversInWords({ buckets, owners }: SubscriptionStatus): string {
  if (owners.length === 0) return "none";
  return owners.map(({ server, buckets: held }) => `${held} of ${buckets} bucket(s) on ${server}`).join(", ");
}
