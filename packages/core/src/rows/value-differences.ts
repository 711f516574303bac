import { types } from "node:util";

import { isDecimal } from "../schema/exact-decimal";
import { pathInWords } from "../wording/in-words";

/** One place where two values disagree. */
export interface ValueDifference {
  /** `balance`, `tags[2]`, `address.city` */
  readonly path: string;
  /** Undefined for nothing. */
  readonly stored: unknown;
  /** Undefined for nothing. */
  readonly expected: unknown;
}

/** Compares two values deeply: decimals and dates by their value, instances of classes by their fields, -0 and 0 apart. */
export function* valueDifferences(
  stored: unknown,
  expected: unknown,
  path: readonly (string | number)[],
): Generator<ValueDifference, void, undefined> {
  if (isSame(stored, expected)) return;
  if (Array.isArray(stored) && Array.isArray(expected)) {
    for (let index = 0; index < Math.max(stored.length, expected.length); index++)
      yield* valueDifferences(stored[index], expected[index], [...path, index]);
  } else if (isPlain(stored) && isPlain(expected)) {
    for (const name of new Set([...Object.keys(stored), ...Object.keys(expected)]))
      yield* valueDifferences(stored[name], expected[name], [...path, name]);
  } else {
    yield { path: pathInWords(path), stored, expected };
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (isDecimal(a) && isDecimal(b)) return a.eq(b);
  if (types.isDate(a) && types.isDate(b)) return Object.is(a.getTime(), b.getTime());
  return Object.is(a, b);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !types.isDate(value) && !isDecimal(value)
  );
}
