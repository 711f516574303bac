import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { deeplyFrozen } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { describeEntity, EntityRoot } from "./entity";
import { entityParts } from "./entity-parts";
import type { Invariable } from "./invariants";
import { joinRoot, type Root, rootOf } from "./membership";

/** A loaded aggregate's entities learn which one is theirs; those of a read-only one become read-only as well. */
export function claimEntities(root: Root, shape: Shape, isReadOnly: boolean): void {
  for (const { part } of entityParts(root, shape)) {
    if (part instanceof EntityRoot) joinRoot(part, root);
    if (isReadOnly) deeplyFrozen(part);
  }
}

/**
 * The entities of an aggregate that has just changed learn which one is theirs. Nothing mutable may be kept twice: a
 * snapshot would make two of it, and changes to one would then be missing from the other.
 *
 * @throws IncorrectUsageError for an entity in two places, or in two aggregates.
 */
export function adoptEntities(root: Root, shape: Shape): void {
  const places = new Map<EntityRoot, string>();
  for (const { part, path } of entityParts(root, shape)) {
    if (!(part instanceof EntityRoot)) continue;
    const place = places.get(part);
    if (place !== undefined) throw shared(part, root, `it is at ${place} and at ${path}`);
    const owner = rootOf(part);
    if (owner !== undefined && owner !== root)
      throw shared(part, root, `it belongs to another ${owner.constructor.name}`);
    places.set(part, path);
  }
  for (const entity of places.keys()) joinRoot(entity, root);
}

/** The entities of an aggregate, for their invariants. */
export function* entitiesIn(root: object, shape: Shape): Generator<Invariable> {
  for (const { part, path } of entityParts(root, shape)) if (part instanceof EntityRoot) yield { target: part, path };
}

function shared(entity: EntityRoot, root: Root, reason: string): IncorrectUsageError {
  const { name } = entity.constructor;
  return new IncorrectUsageError(
    `${describeEntity(entity)} cannot be kept twice: in ${root.constructor.name} ${reason}; keep its id, or a copy: new ${name}({ ...entity })`,
  );
}
