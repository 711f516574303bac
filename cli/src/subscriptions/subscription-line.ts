import type { SubscriptionStatus } from "@tidemark/core";

import { duration, grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";

/** How far a subscription is, as the store tells it: which process runs it, if any, is not known. */
type StoredState = "paused" | "stopped" | "new" | "behind" | "up to date";

/** Returns the state of a subscription: `new` where it has no checkpoint yet, `stopped` where an event has stopped it in this process. */
export function storedState({ state, position, lag }: SubscriptionStatus): StoredState {
  if (state === "paused" || state === "stopped") return state;
  if (position === undefined) return "new";
  return lag === 0 ? "up to date" : "behind";
}

/** What every document about a subscription says of it. */
export function subscriptionDocument(status: SubscriptionStatus): object {
  const { name, kind, lane, position = null, lag, lagSeconds = 0, error } = status;
  const state = storedState(status);
  return { name, kind, lane, state, position, lag, lagSeconds, ...(error && { error: describeError(error) }) };
}

/** Returns the lag in words: `nothing`, `24 event(s), the first 3 min old`. */
export function lagInWords({ lag, lagSeconds = 0 }: SubscriptionStatus): string {
  return lag === 0 ? "nothing" : `${grouped(lag)} event(s), the first ${duration(lagSeconds * 1_000)} old`;
}
