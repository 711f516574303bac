import type { Class } from "../metadata/class-types";
import { embeddedParts } from "../schema/embedded-parts";
import type { Shape } from "../schema/shape";
import type { Standing } from "../schema/status-fields";
import { EntityRoot } from "./entity";
import { entityParts } from "./entity-parts";

/** Where the status fields of an aggregate's entities stood at some moment, by class and id: what an entity is known by. */
export type EntityStandings = ReadonlyMap<Class, ReadonlyMap<string, Standing>>;

/** @returns undefined for a shape whose entities have no status fields: it costs its aggregate nothing. */
export function entityStandings(root: object, shape: Shape): EntityStandings | undefined {
  if (!hasStatuses(shape)) return undefined;
  const standings = new Map<Class, Map<string, Standing>>();
  for (const { entity, type, statuses } of entitiesWithStatuses(root, shape)) {
    const ofType = standings.get(type) ?? new Map<string, Standing>();
    standings.set(type, ofType.set(entity.id, statuses.standing(entity)));
  }
  return standings;
}

/** What is wrong with how entities have come from where they stood, by their paths; undefined for nothing. */
export function transitionComplaints(
  before: EntityStandings,
  root: object,
  shape: Shape,
): Record<string, string[]> | undefined {
  const complaints: [string, string[]][] = [];
  for (const { entity, type, statuses, path } of entitiesWithStatuses(root, shape)) {
    const standing = before.get(type)?.get(entity.id);
    const found = standing === undefined ? undefined : statuses.complaints(standing, entity);
    for (const [field, texts] of Object.entries(found ?? {})) complaints.push([`${path}.${field}`, texts]);
  }
  return complaints.length === 0 ? undefined : Object.fromEntries(complaints);
}

function* entitiesWithStatuses(root: object, shape: Shape) {
  for (const { part, path } of entityParts(root, shape)) {
    if (!(part instanceof EntityRoot)) continue;
    const type = part.constructor as typeof EntityRoot;
    const { statuses } = type.shape;
    if (statuses !== undefined) yield { entity: part, type, statuses, path };
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
