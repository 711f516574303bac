import { parseNow } from "./parse-now";
import type { Schema } from "./zod-tree";

/**
 * Returns the value of a field that was left out; undefined where the field has no default.
 *
 * @param place the field, for the error: `field "balance" of Account`.
 * @throws ConfigurationError for a default that is checked by a refinement that returns a promise.
 */
export function defaultOf(field: Schema, place: string): unknown {
  return parseNow(field, undefined, `the default of ${place}`).data;
}

/** A time this close to the time of reading was read off the clock. */
const CLOSE_MS = 10_000;

/** Below this a clock is one that a test has set, such as to 0: any small number would be close to it. */
const FIRST_CREDIBLE_TIME = Date.UTC(2000, 0);

/**
 * True for a value that changes with each reading (a random id) or with the time of day, at any depth: as a default it would
 * give two replays of the same events two states.
 */
export function isFleeting(read: () => unknown): boolean {
  return differs(read(), read());
}

function differs(first: unknown, second: unknown): boolean {
  if (first instanceof Date) return isNow(first.getTime());
  if (typeof first === "number") return !Object.is(first, second) || isNow(first);
  if (typeof first !== "object" || first === null) return first !== second;
  if (typeof second !== "object" || second === null) return true;
  return Object.entries(first).some(([key, part]) => differs(part, (second as Record<string, unknown>)[key]));
}

function isNow(time: number): boolean {
  const now = Date.now();
  return now >= FIRST_CREDIBLE_TIME && Math.abs(time - now) < CLOSE_MS;
}
