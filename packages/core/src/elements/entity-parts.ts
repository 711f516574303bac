import type { Shape } from "../schema/shape";
import { EntityRoot } from "./entity";
import { EntityCollection } from "./entity-collection";

/** An entity or a collection of entities, with the path to it from its aggregate. */
export interface EntityPart {
  readonly part: EntityRoot | EntityCollection;
  readonly path: string;
}

/**
 * Every entity and collection in the fields of an aggregate, at any depth, each collection before what it holds.
 * Only fields whose shape says that they hold entities are looked into.
 */
export function* entityParts(owner: object, shape: Shape, prefix = ""): Generator<EntityPart> {
  for (const key of shape.entityKeys) yield* partsOf((owner as Record<string, unknown>)[key], prefix + key);
}

function* partsOf(value: unknown, path: string): Generator<EntityPart> {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof EntityRoot) {
    yield { part: value, path };
    yield* entityParts(value, (value.constructor as typeof EntityRoot).shape, `${path}.`);
  } else if (value instanceof EntityCollection || Array.isArray(value)) {
    if (value instanceof EntityCollection) yield { part: value, path };
    let index = 0;
    for (const item of value as Iterable<unknown>) yield* partsOf(item, `${path}.${index++}`);
  } else {
    for (const [key, part] of Object.entries(value)) yield* partsOf(part, `${path}.${key}`);
  }
}
