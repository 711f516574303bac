import { isDecimal } from "../schema/exact-decimal";

/**
 * An event as a replay would hand it to its `@apply` method. Without nested values the frozen event itself will
 * do. With them the method may keep a part as its aggregate's state and change it later, so it gets a copy of its own: state
 * then comes out the same live and replayed, and an event never changes.
 */
export function thaw<E extends object>(event: E): E {
  for (const value of Object.values(event)) {
    if (isChangeable(value)) return thawed(event) as E;
  }
  return event;
}

/** Whether a value, or a part of it, can be another one later. */
export function isChangeable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isDecimal(value);
}

/** A deep copy that is not frozen. */
export function thawed(value: unknown): unknown {
  if (!isChangeable(value)) return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(thawed);
  const copy = Object.create(Object.getPrototypeOf(value) as object) as Record<string, unknown>;
  for (const key of Object.keys(value)) copy[key] = thawed((value as Record<string, unknown>)[key]);
  return copy;
}
