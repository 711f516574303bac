import { FORBIDDEN_KEYS } from "./storable";
import { isAsync } from "./unsupported-parts";
import { calls, isSchema, nodeOf, undividedType } from "./zod-tree";

/** How a field is stored: as JSON holds it, or converted. */
type Storing = "as-is" | "converted";

/** Deeper fields are looked at in full: they may contain themselves. */
const MAX_DEPTH = 4;

/**
 * Tells of most fields at a glance that every store can keep them and that they embed no instances, so that their schemas need not be
 * compiled when a shape is declared. A large domain declares thousands of shapes, and a process uses few of them.
 *
 * @returns undefined for a field that has to be looked at in full.
 */
export function storingAtAGlance(field: unknown, depth = 0): Storing | undefined {
  if (!isSchema(field) || depth > MAX_DEPTH || calls(field, isAsync)) return undefined;
  const type = undividedType(field);
  if (type !== undefined) return type === "date" || type === "bigint" ? "converted" : "as-is";
  const node = nodeOf(field);
  switch (node.kind) {
    case "optional":
    case "nullable":
    case "default":
      return storingAtAGlance(node.inner, depth + 1);
    case "array":
      return storingAtAGlance(node.item, depth + 1);
    case "object":
      return node.rest === undefined ? storingOfAll(node.fields, depth + 1) : undefined;
    default:
      return undefined;
  }
}

/** Returns how an object of fields is stored; undefined where one of them has to be looked at in full. */
export function storingOfAll(fields: object, depth = 0): Storing | undefined {
  let storing: Storing = "as-is";
  for (const [key, field] of Object.entries(fields)) {
    const ofField = FORBIDDEN_KEYS.has(key) ? undefined : storingAtAGlance(field, depth);
    if (ofField === undefined) return undefined;
    if (ofField === "converted") storing = ofField;
  }
  return storing;
}
