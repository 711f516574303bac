/** Values as `JSON.stringify` takes them: as they are, but each bigint as a text of its digits. */
export type Printable<T> = T extends bigint
  ? string
  : T extends { toJSON(...args: any[]): unknown }
    ? T
    : T extends object
      ? { [K in keyof T]: Printable<T[K]> }
      : T;

/**
 * Copies the fields of an object for `JSON.stringify`, which throws on a bigint. Each bigint becomes the text that a store keeps for a
 * field `z.bigint()`. Dates, decimals and parts with a `toJSON` of their own stay as they are.
 */
export function printable<T extends object>(fields: T): Printable<T> {
  const copy = { ...fields } as Record<string, unknown>;
  for (const key of Object.keys(copy)) if (holdsBigint(copy[key])) copy[key] = withDigits(copy[key]);
  return copy as Printable<T>;
}

/**
 * Adds to plain values that hold a bigint what `JSON.stringify` needs. It is not enumerable, so that nothing compares or copies it.
 *
 * @returns the values themselves where they hold none; otherwise a shallow copy, which is frozen.
 */
export function withPrintableBigints<T extends object>(values: T): T {
  if (!Object.values(values).some(holdsBigint)) return values;
  return Object.freeze(Object.defineProperty({ ...values }, "toJSON", { value: () => printable(values) }));
}

function holdsBigint(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  return !printsItself(value) && Object.values(value).some(holdsBigint);
}

function withDigits(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || printsItself(value)) return value;
  if (Array.isArray(value)) return value.map(withDigits);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withDigits(part)]));
}

function printsItself(value: object): boolean {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === "function";
}
