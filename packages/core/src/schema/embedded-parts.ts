import type { z } from "zod";

import { isDecimalDef } from "./decimal";
import { type Embedded, embeddedOf } from "./embedded";

/** Every schema that a value of `schema` may be made of, itself first, those of embedded classes included. */
export function* schemaParts(
  schema: z.core.$ZodType,
  seen: Set<z.core.$ZodType> = new Set(),
): Generator<z.core.$ZodType> {
  if (seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  for (const part of directParts(schema)) yield* schemaParts(part, seen);
}

/** What the values of a schema embed, at any depth. */
export function embeddedParts(schema: z.core.$ZodType): Embedded[] {
  return [...schemaParts(schema)].flatMap((part) => embeddedOf(part) ?? []);
}

const DYNAMIC: ReadonlySet<string> = new Set(["any", "unknown", "transform", "custom"]);

/** Whether a value's type only shows at run time somewhere, so that instances could stand there unnoticed. */
export function hasDynamicParts(schema: z.core.$ZodType): boolean {
  for (const part of schemaParts(schema)) {
    const { def } = part._zod;
    const isDynamic = DYNAMIC.has(def.type) && !isDecimalDef(def) && embeddedOf(part) === undefined;
    if (isDynamic) return true;
  }
  return false;
}

function directParts(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const embedded = embeddedOf(schema);
  if (embedded !== undefined) return [embedded.schema];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return [...Object.values(def.shape), ...(def.catchall === undefined ? [] : [def.catchall])];
    case "array":
      return [def.element];
    case "tuple":
      return [...def.items, ...(def.rest === null ? [] : [def.rest])];
    case "record":
      return [def.valueType];
    case "union":
      return def.options;
    case "intersection":
      return [def.left, def.right];
    case "pipe":
      return [def.out];
    case "lazy":
      return [def.getter()];
    case "optional":
    case "nullable":
    case "nonoptional":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
      return [def.innerType];
    default:
      return [];
  }
}
