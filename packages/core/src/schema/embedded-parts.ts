import type { Class } from "../metadata/class-types";
import { nodeOf, type OwnType, partsOf, type Schema } from "./zod-tree";

/** The type of a field that holds instances of one class of value objects or entities. */
export interface Embedded extends OwnType {
  readonly kind: "value object" | "entity" | "entities";
  /** The class of the value object or of the entities. */
  readonly type: Class;
  /** The fields of `type`. */
  readonly schema: Schema;
}

/** Lists the embedded types in a schema, at any depth. */
export function embeddedParts(schema: Schema): readonly Embedded[] {
  const embedded: Embedded[] = [];
  for (const part of schemasIn(schema)) {
    const node = nodeOf(part);
    if (node.kind === "own" && node.type.schema !== undefined) embedded.push(node.type as Embedded);
  }
  return embedded;
}

/** True for a schema with a part whose values may be anything, so that instances of classes could stand there unnoticed. */
export function hasDynamicParts(schema: Schema): boolean {
  for (const part of schemasIn(schema)) {
    const node = nodeOf(part);
    if (node.kind === "leaf" && node.isDynamic) return true;
  }
  return false;
}

/** Yields a schema and every schema that its values are made of, those of embedded classes included. */
function* schemasIn(schema: Schema, seen: Set<Schema> = new Set()): Generator<Schema> {
  if (seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  for (const part of partsOf(schema)) yield* schemasIn(part, seen);
}
