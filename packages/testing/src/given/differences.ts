import { inspect, isDeepStrictEqual } from "node:util";

/** A place where two values differ. */
interface Difference {
  /** `lines[0].amount`; empty for the values themselves. */
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Lists where two values differ, field by field. Instances of a class equal plain objects with the same fields. */
export function differences(expected: unknown, found: unknown, path = ""): readonly Difference[] {
  if (isDeepStrictEqual(expected, found)) return [];
  const here = { path, expected, found };
  if (!hasParts(expected) || !hasParts(found) || Array.isArray(expected) !== Array.isArray(found)) return [here];
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(expected[key], found[key], below(path, key, Array.isArray(expected))));
}

/** `balance: expected 5, found 3`, a line for each difference. */
export function inLines(found: readonly Difference[], [one, other] = ["expected", "found"]): string {
  return found
    .map(({ path, ...values }) => `${path}: ${one} ${shown(values.expected)}, ${other} ${shown(values.found)}`)
    .map((line) => `  ${line.replace(/^: /, "")}`)
    .join("\n");
}

/** A value as code would write it, in one line. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value);
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, compact: true });
}

/** Whether a value has fields or elements to compare one by one. A date, a decimal or a set is one value. */
function hasParts(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Object]" || tag === "[object Array]";
}

function below(path: string, key: string, isElement: boolean): string {
  if (isElement) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
