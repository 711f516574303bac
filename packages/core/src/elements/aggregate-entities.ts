import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { deeplyFrozen } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { nameAndId } from "../wording/in-words";
import { type AggregateLife, whileFolding } from "./aggregate-life";
import { aggregateOf, EntityRoot, joinAggregate, type OwningAggregate } from "./entity";
import { EntityCollection } from "./entity-collection";

/**
 * Makes the entities of a loaded aggregate its own. Those of a read-only aggregate become read-only too. This is a part of the fold:
 * no other code has read the fields yet.
 */
export function claimEntities(aggregate: OwningAggregate, life: AggregateLife, shape: Shape): void {
  whileFolding(life, () => {
    for (const { part } of entityParts(aggregate, shape)) {
      if (part instanceof EntityRoot) joinAggregate(part, aggregate);
      if (life.isTemporal) deeplyFrozen(part);
    }
  });
}

/**
 * Makes the entities of an aggregate that has just changed its own. No entity may stand in two places: a snapshot would make two
 * entities of it, and a change to one of them would be missing from the other.
 *
 * @throws IncorrectUsageError for an entity in two places, or in two aggregates.
 */
export function adoptEntities(aggregate: OwningAggregate, shape: Shape): void {
  const places = new Map<EntityRoot, string>();
  for (const { part: entity, path } of entityParts(aggregate, shape)) {
    if (!(entity instanceof EntityRoot)) continue;
    const place = places.get(entity);
    if (place !== undefined) throw shared(entity, aggregate, `it is at ${place} and at ${path}`);
    const owner = aggregateOf(entity);
    if (owner !== undefined && owner !== aggregate)
      throw shared(entity, aggregate, `it belongs to another ${owner.constructor.name}`);
    places.set(entity, path);
  }
  for (const entity of places.keys()) joinAggregate(entity, aggregate);
}

/** An entity or a collection of entities, with the path to it from its aggregate. */
interface EntityPart {
  readonly part: EntityRoot | EntityCollection;
  readonly path: string;
}

/**
 * Yields the entities and collections in the fields of an aggregate, at any depth, each collection before its entities. Looks only
 * into fields whose shape says that they hold entities.
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

function shared(entity: EntityRoot, aggregate: OwningAggregate, reason: string): IncorrectUsageError {
  const { name } = entity.constructor;
  return new IncorrectUsageError(
    `${nameAndId(entity)} cannot be kept twice: in ${aggregate.constructor.name} ${reason}; keep its id, or a copy: new ${name}({ ...entity })`,
  );
}
