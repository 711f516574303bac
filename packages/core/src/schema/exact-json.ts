/** Writes a storable value as JSON without losing anything: -0 as `-0`, which `JSON.parse` reads as -0. */
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

/** No storable string contains NUL, so none is equal to this one. */
const NEGATIVE_ZERO = "\0-0";

function stringifyNegativeZeros(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (Object.is(part, -0) ? NEGATIVE_ZERO : part));
  return text.replaceAll(JSON.stringify(NEGATIVE_ZERO), "-0");
}
