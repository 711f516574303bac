import { isDecimal } from "./exact-decimal";

/** The method that copies an instance. `Symbol.for` gives a second copy of this package the same symbol. */
export const COPY: unique symbol = Symbol.for("tidemark.copy");

/** Copies the part that stands under `key`. */
export type CopyPart = (part: unknown, key: string) => unknown;

/** An instance that a field of a shape may hold, and that can be copied together with its class. */
interface Copyable {
  /** Returns a copy whose parts are copied by `copyPart`; the instance itself where it never changes. */
  [COPY](copyPart: CopyPart): object;
}

export function isCopyable(value: object): value is Copyable {
  return COPY in value;
}

/** True for a value of which a part may change. */
export function isChangeable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isDecimal(value);
}

/** Returns a deep copy that is not frozen. Value objects never change, so they are not copied. */
export function thawed(value: unknown): unknown {
  if (!isChangeable(value)) return value;
  if (isCopyable(value)) return value[COPY](thawed);
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(thawed);
  const copy = Object.create(Object.getPrototypeOf(value) as object) as Record<string, unknown>;
  for (const key of Object.keys(value)) copy[key] = thawed((value as Record<string, unknown>)[key]);
  return copy;
}

/** Freezes a value that was made of parsed JSON, at any depth. */
export function deeplyFrozen<T>(value: T): T {
  if (!isChangeable(value) || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deeplyFrozen(part);
  return Object.freeze(value);
}
