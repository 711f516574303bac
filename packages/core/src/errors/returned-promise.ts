import { types } from "node:util";

import { IncorrectUsageError } from "./incorrect-usage-error";

/**
 * True for a promise of any realm or library. Looks at the value, because a function can return a promise without being spelt
 * `async`: it is compiled for an old target, or passes on what it called.
 */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Lets a promise that nobody awaits fail without ending the process. */
export function abandon(promise: PromiseLike<unknown>): void {
  // Other promises stay untouched: the `then` of a query builder sends its query.
  if (types.isPromise(promise)) promise.catch(() => undefined);
}

/**
 * Returns the error for a promise where user code has to return at once, and abandons the promise.
 *
 * @param source what returned it: `Account.onOpened`.
 * @param reason a sentence that says why nothing waits for it: `an @apply method only assigns state`.
 */
export function promiseRefusal(promise: PromiseLike<unknown>, source: string, reason: string): IncorrectUsageError {
  abandon(promise);
  return new IncorrectUsageError(`${source} returned a promise: ${reason}`, { source });
}
