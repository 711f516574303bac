import type { Class } from "../metadata/class-types";
import type { Embedded } from "../schema/embedded-parts";
import { complain, type ParseStep, type Payload, parsePart } from "../schema/zod-tree";
import { described } from "./embedded-instance";
import type { EntityRoot } from "./entity";
import { type EntityClass, EntityCollection } from "./entity-collection";

/** A field that keeps a collection of entities; stored as an array in their order. */
export function embeddedEntities(type: EntityClass, one: Embedded): Embedded {
  const inspect: ParseStep = (payload, context) => {
    const { value } = payload;
    if (!(value instanceof EntityCollection)) return unexpected(payload, type);
    let index = 0;
    for (const [id, entity] of value.entries()) {
      parsePart(payload, { value: entity, key: index }, (part) => one.inspect(part, context));
      if (entity.id !== id) refuseId(payload, index, `was ${JSON.stringify(id)}: an entity keeps its id`);
      index++;
    }
    return payload;
  };

  const accept: ParseStep = (payload, context) => {
    const { value } = payload;
    if (!(value instanceof EntityCollection) && !Array.isArray(value)) return unexpected(payload, type);
    const entities = [...(value as Iterable<unknown>)].map((entity, index) => {
      return parsePart(payload, { value: entity, key: index }, (part) => one.accept(part, context)).value as EntityRoot;
    });
    if (payload.issues.length > 0) return payload;
    const ids = new Set<string>();
    for (const [index, { id }] of entities.entries()) {
      if (ids.has(id)) refuseId(payload, index, `${JSON.stringify(id)} is the id of another ${type.name} already`);
      ids.add(id);
    }
    payload.value = new EntityCollection(type, entities);
    return payload;
  };

  return {
    kind: "entities",
    type: type as Class,
    schema: type.shape.schema,
    codec: {
      encode: (value) => [...(value as EntityCollection)].map(one.codec.encode),
      // As with one entity: a field of another type is left as it was stored.
      decode: (json) =>
        Array.isArray(json) ? new EntityCollection(type, json.map(one.codec.decode) as EntityRoot[]) : json,
    },
    accept,
    inspect,
  };
}

function unexpected(payload: Payload, type: EntityClass): Payload {
  return complain(
    payload,
    `Invalid input: expected a collection of ${type.name}, received ${described(payload.value)}`,
  );
}

function refuseId(payload: Payload, index: number, message: string): void {
  complain(payload, message, [index, "id"]);
}
