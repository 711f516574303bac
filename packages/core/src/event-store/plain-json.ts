import { FORBIDDEN_KEYS } from "../schema/storable";

/** Deeper values are left to the check that knows the limit. */
const MAX_DEPTH = 100;

/**
 * Writes an object as JSON where a look at it shows that JSON gives it back unchanged: plain objects and arrays of texts, finite
 * numbers, booleans and null. Nothing is copied, and texts are not looked at one by one: NUL and a lone surrogate both come out of
 * `JSON.stringify` as an escape that begins with `\u`.
 *
 * @returns undefined for any other object, which has to be looked at part by part (`toStorable`). Most of those can be stored too.
 */
export function plainJson(value: object): string | undefined {
  if (!isPlainObject(value, 0)) return undefined;
  const text = JSON.stringify(value);
  return holdsEscape(text) ? undefined : text;
}

function isPlainObject(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if (hasToJson(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    // The key of a value that is left out stands in no text.
    if (part === undefined ? holdsEscape(JSON.stringify(key)) : !isPlainPart(part, depth)) return false;
    if (FORBIDDEN_KEYS.has(key)) return false;
  }
  return true;
}

function isPlainPart(part: unknown, depth: number): boolean {
  switch (typeof part) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(part) && !Object.is(part, -0);
    case "object":
      if (part === null) return true;
      if (depth >= MAX_DEPTH) return false;
      return Array.isArray(part) ? isPlainArray(part, depth + 1) : isPlainObject(part, depth + 1);
    default:
      return false;
  }
}

function isPlainArray(value: readonly unknown[], depth: number): boolean {
  if (hasToJson(value)) return false;
  for (let index = 0; index < value.length; index++) if (!isPlainPart(value[index], depth)) return false;
  return true;
}

/** Own or inherited, listed or hidden: `JSON.stringify` would call it. */
function hasToJson(value: object): boolean {
  return (value as { readonly toJSON?: unknown }).toJSON !== undefined;
}

/** Whether a JSON text may hold NUL or a lone surrogate. */
function holdsEscape(text: string): boolean {
  return text.includes("\\u");
}
