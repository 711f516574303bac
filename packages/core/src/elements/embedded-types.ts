import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import { isCopyable } from "../schema/copying";
import type { Embedded } from "../schema/embedded-parts";
import { ownMembers } from "../schema/own-members";
import type { Shape } from "../schema/shape";
import { complain, type ParseStep, type Payload, parsePart, stepOf } from "../schema/zod-tree";
import { typeInWords } from "../wording/in-words";
import type { EntityRoot } from "./entity";
import { type EntityClass, EntityCollection } from "./entity-collection";

/** A class with a shape, as `ValueObject({…})` and `Entity({…})` return. */
export interface ShapedClass<T extends object = object> {
  new (...values: any[]): T;
  readonly shape: Shape<any>;
  readonly prototype: T;
}

/** The difference between value objects and entities. */
interface InstanceSteps {
  /** @throws ValidationError for values that have the types of the shape and break another rule. */
  make(values: object): object;
  /** Called before input is parsed. */
  readonly prepare?: (input: unknown) => void;
  readonly decode: (json: object) => object;
}

/** Returns the type of a field that holds one instance of a class. */
export function embeddedInstance(kind: "value object" | "entity", type: ShapedClass, steps: InstanceSteps): Embedded {
  const { shape } = type;
  const parse = stepOf(shape.schema);

  const inspect: ParseStep = (payload) => {
    const { value } = payload;
    if (!isOf(value, type)) return unexpected(payload, type.name);
    const complaints = shape.complaints(value as object);
    return complaints === undefined ? payload : complainOfAll(payload, complaints);
  };

  const accept: ParseStep = (payload, context) => {
    const { value } = payload;
    if (typeof value !== "object" || value === null || isCopyable(value)) return inspect(payload, context);
    steps.prepare?.(value);
    const parsed = parsePart(payload, { value: ownMembers(value) }, (part) => parse(part, context));
    if (parsed.issues.length > 0) return payload;
    try {
      payload.value = steps.make(parsed.value as object);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      complainOfAll(payload, error.messages);
    }
    return payload;
  };

  return {
    kind,
    type: type as Class,
    schema: shape.schema,
    codec: {
      encode: (value) => shape.encode({ ...(value as object) }),
      // Any other value was stored when the field had another type: folding deals with it.
      decode: (json) => (typeof json === "object" && json !== null ? steps.decode(json) : json),
    },
    accept,
    inspect,
  };
}

/** Returns the type of a field that holds a collection of entities. It is stored as an array, in the order of the collection. */
export function embeddedEntities(type: EntityClass, one: Embedded): Embedded {
  const expected = `a collection of ${type.name}`;

  const inspect: ParseStep = (payload, context) => {
    const { value } = payload;
    if (!(value instanceof EntityCollection)) return unexpected(payload, expected);
    let index = 0;
    for (const [id, entity] of value.entries()) {
      parsePart(payload, { value: entity, key: index }, (part) => one.inspect(part, context));
      if (entity.id !== id) complain(payload, `was ${JSON.stringify(id)}: an entity keeps its id`, [index, "id"]);
      index++;
    }
    return payload;
  };

  const accept: ParseStep = (payload, context) => {
    const { value } = payload;
    if (!(value instanceof EntityCollection) && !Array.isArray(value)) return unexpected(payload, expected);
    const entities = [...(value as Iterable<unknown>)].map((entity, index) => {
      return parsePart(payload, { value: entity, key: index }, (part) => one.accept(part, context)).value as EntityRoot;
    });
    if (payload.issues.length > 0) return payload;
    const ids = new Set<string>();
    for (const [index, { id }] of entities.entries()) {
      if (ids.has(id))
        complain(payload, `${JSON.stringify(id)} is the id of another ${type.name} already`, [index, "id"]);
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
      // Any other value was stored when the field had another type: folding deals with it.
      decode: (json) =>
        Array.isArray(json) ? new EntityCollection(type, json.map(one.codec.decode) as EntityRoot[]) : json,
    },
    accept,
    inspect,
  };
}

/** True for instances of the class itself: a store would give an instance of a subclass back without its class. */
function isOf(value: unknown, type: ShapedClass): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === type.prototype;
}

function unexpected(payload: Payload, expected: string): Payload {
  return complain(payload, `Invalid input: expected ${expected}, received ${typeInWords(payload.value)}`);
}

function complainOfAll(payload: Payload, messages: ValidationError["messages"]): Payload {
  for (const [path, texts] of Object.entries(messages)) {
    const steps = path === WHOLE_OBJECT ? [] : path.split(".");
    for (const message of texts) complain(payload, message, steps);
  }
  return payload;
}
