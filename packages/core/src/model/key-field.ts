import type { Class } from "../metadata/class-types";
import { isIdentifier } from "../schema/identifier";
import type { Shape } from "../schema/shape";
import { nodeOf, type Schema } from "../schema/zod-tree";
import type { Report } from "./domain-problem";

/** How sentences speak of a key. */
interface KeyWording {
  /** What it is: `key`. */
  readonly key: string;
  /** What it is for: `its rows are found by`. */
  readonly found: string;
  /** Why it may not be absent: `is in every row`. */
  readonly everywhere: string;
}

/**
 * Returns the field of a shape that is the key: the first one that was declared with `identifier()`. Reports a shape without one, and a
 * key that may be absent.
 */
export function keyField(
  { name, shape }: Class & { readonly shape: Shape },
  { key, found, everywhere }: KeyWording,
  report: Report,
): string {
  const field = shape.keys.find((each) => isIdentifier(shape.fields[each] as Schema));
  if (field === undefined) {
    report(`${name} has no ${key}: declare the field that ${found} with identifier()`, name);
    return shape.keys[0] ?? "id";
  }
  if (nodeOf(shape.fields[field] as Schema).kind !== "leaf")
    report(`the ${key} "${field}" of ${name} ${everywhere}: declare it with identifier() alone`, name);
  return field;
}
