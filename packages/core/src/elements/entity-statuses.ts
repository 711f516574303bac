import type { Class } from "../metadata/class-types";
import { embeddedParts } from "../schema/embedded-parts";
import type { Shape } from "../schema/shape";
import type { StatusValues } from "../schema/status-fields";
import { entityParts } from "./aggregate-entities";
import { EntityRoot } from "./entity";

/** The values of the status fields of an aggregate's entities at one moment, by the class and the id of the entity. */
export type EntityStatuses = ReadonlyMap<Class, ReadonlyMap<string, StatusValues>>;

/**
 * Notes the status fields of an aggregate's entities, before they change.
 *
 * @returns undefined for a shape whose entities have no status fields.
 */
export function entityStatuses(aggregate: object, shape: Shape): EntityStatuses | undefined {
  if (!hasStatuses(shape)) return undefined;
  const values = new Map<Class, Map<string, StatusValues>>();
  for (const { entity, type, statuses } of entitiesWithStatuses(aggregate, shape)) {
    const ofType = values.get(type) ?? new Map<string, StatusValues>();
    values.set(type, ofType.set(entity.id, statuses.valuesIn(entity)));
  }
  return values;
}

/** Returns what is wrong with the changes since the status fields were noted, by path; undefined where all are allowed. */
export function transitionComplaints(
  before: EntityStatuses,
  aggregate: object,
  shape: Shape,
): Record<string, string[]> | undefined {
  const complaints: [string, string[]][] = [];
  for (const { entity, type, statuses, path } of entitiesWithStatuses(aggregate, shape)) {
    const values = before.get(type)?.get(entity.id);
    const found = values === undefined ? undefined : statuses.complaints(values, entity);
    for (const [field, texts] of Object.entries(found ?? {})) complaints.push([`${path}.${field}`, texts]);
  }
  return complaints.length === 0 ? undefined : Object.fromEntries(complaints);
}

function* entitiesWithStatuses(aggregate: object, shape: Shape) {
  for (const { part: entity, path } of entityParts(aggregate, shape)) {
    if (!(entity instanceof EntityRoot)) continue;
    const type = entity.constructor as typeof EntityRoot;
    const { statuses } = type.shape;
    if (statuses !== undefined) yield { entity, type, statuses, path };
  }
}

const known = new WeakMap<Shape, boolean>();

function hasStatuses(shape: Shape): boolean {
  if (shape.entityKeys.length === 0) return false;
  let has = known.get(shape);
  if (has === undefined) {
    has = embeddedParts(shape.schema).some(({ type }) => (type as typeof EntityRoot).shape.statuses !== undefined);
    known.set(shape, has);
  }
  return has;
}
