/**
 * `JSON.stringify` that loses nothing of what `settle` lets through: it writes -0 as `-0`, which
 * `JSON.parse` gives back.
 */
export function exactJson(value: unknown): string {
  return holdsNegativeZero(value) ? stringifyNegativeZeros(value) : JSON.stringify(value);
}

function holdsNegativeZero(value: unknown): boolean {
  if (typeof value === "number") return Object.is(value, -0);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsNegativeZero);
  for (const key in value) if (holdsNegativeZero((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** Stored strings hold no NUL, so that this one is nobody's. */
const NEGATIVE_ZERO = "\0-0";

function stringifyNegativeZeros(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (Object.is(part, -0) ? NEGATIVE_ZERO : part));
  return text.replaceAll(JSON.stringify(NEGATIVE_ZERO), "-0");
}
