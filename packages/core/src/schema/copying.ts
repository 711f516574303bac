import { isDecimal } from "./exact-decimal";

// Symbol.for: instances of a second copy of this package are recognised as well.
const COPY: unique symbol = Symbol.for("tidemark.copy") as never;

/** Gives the copy of one part, which stands under `key`. */
export type CopyPart = (part: unknown, key: string) => unknown;

/** An instance of a class that may be kept in a shape's field, and knows how to be copied with its class. */
export interface Copyable {
  /** A copy whose parts are what `copyPart` makes of its own; itself where it never changes. */
  [COPY](copyPart: CopyPart): object;
}

export { COPY };

export function isCopyable(value: object): value is Copyable {
  return COPY in value;
}

/** Whether a value, or a part of it, can be another one later. */
export function isChangeable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isDecimal(value);
}

/** A deep copy that is not frozen. Value objects never change and stand for themselves. */
export function thawed(value: unknown): unknown {
  if (!isChangeable(value)) return value;
  if (isCopyable(value)) return value[COPY](thawed);
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(thawed);
  const copy = Object.create(Object.getPrototypeOf(value) as object) as Record<string, unknown>;
  for (const key of Object.keys(value)) copy[key] = thawed((value as Record<string, unknown>)[key]);
  return copy;
}

/** Freezes what was just made of JSON, at any depth. */
export function deeplyFrozen<T>(value: T): T {
  if (!isChangeable(value) || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deeplyFrozen(part);
  return Object.freeze(value);
}
