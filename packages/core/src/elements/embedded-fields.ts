import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import type { Class } from "../metadata/class-types";
import { otherCopyOf, twoCopies } from "../metadata/package-copy";
import { deeplyFrozen } from "../schema/copying";
import type { Fields, ShapeInput } from "../schema/fields";
import { ownSchema } from "../schema/zod-tree";
import { inWords } from "../wording/in-words";
import { embeddedEntities, embeddedInstance, type ShapedClass } from "./embedded-types";
import { type EntityInput, EntityRoot, refuseFreshIdInFold } from "./entity";
import type { EntityClass, EntityCollection } from "./entity-collection";
import { ValueObjectRoot, valueObjectOf } from "./value-object";

/** A class that extends `ValueObject({…})`. */
type ValueObjectClass = ShapedClass<ValueObjectRoot>;

/** The input of the constructor of a value object class `C`. */
export type ValueObjectInput<C extends ValueObjectClass> = C["shape"] extends {
  readonly fields: infer S extends Fields;
}
  ? ShapeInput<S>
  : never;

/** The input of a field `hasMany(E)`: entities, or values to make entities of. */
export type EntitiesInput<E> = EntityCollection<E & EntityRoot> | readonly (E | EntityInput<E>)[];

/**
 * Declares a field that holds a value object. It takes an instance, or values to make one of.
 *
 * ```ts
 * class Account extends Aggregate({ balance: valueObject(Money), limit: valueObject(Money).optional() }) { … }
 * ```
 */
export function valueObjectField<C extends ValueObjectClass>(
  type: C,
): z.ZodType<InstanceType<C>, InstanceType<C> | ValueObjectInput<C>> {
  checkClass(type, ValueObjectRoot, "valueObject", "ValueObject({…})");
  return ownSchema(
    embeddedInstance("value object", type, {
      make: (values) => valueObjectOf(type, type.shape.storable(values, type.name)),
      decode: (json) => deeplyFrozen(Object.setPrototypeOf(type.shape.decode(json), type.prototype) as object),
    }),
  );
}

/** Declares a field that holds one entity. It takes an instance, or values to make one of. */
export function entityField<E extends EntityRoot>(type: EntityClass<E>): z.ZodType<E, E | EntityInput<E>> {
  checkClass(type, EntityRoot, "entity", "Entity({…})");
  return ownSchema(entityIn(type));
}

/**
 * Declares a field that holds one entity or none.
 *
 * ```ts
 * class Account extends Aggregate({ address: hasOne(Address) }) { … }   // account.address: Address | undefined
 * ```
 */
export function hasOne<E extends EntityRoot>(type: EntityClass<E>): z.ZodOptional<z.ZodType<E, E | EntityInput<E>>> {
  checkClass(type, EntityRoot, "hasOne", "Entity({…})");
  return ownSchema<z.ZodType<E, E | EntityInput<E>>>(entityIn(type)).optional();
}

/**
 * Declares a field that holds a collection of entities, which is empty at first.
 *
 * ```ts
 * class Account extends Aggregate({ signatories: hasMany(Signatory) }) { … }
 * account.signatories.get("s-1").name;
 * ```
 */
export function hasMany<E extends EntityRoot>(
  type: EntityClass<E>,
): z.ZodPrefault<z.ZodType<EntityCollection<E>, EntitiesInput<E>>> {
  checkClass(type, EntityRoot, "hasMany", "Entity({…})");
  return ownSchema<z.ZodType<EntityCollection<E>, EntitiesInput<E>>>(embeddedEntities(type, entityIn(type))).prefault(
    [],
  );
}

function entityIn(type: EntityClass) {
  return embeddedInstance("entity", type, {
    prepare: (input) => refuseFreshIdInFold(type, input),
    make: (values) => Object.assign(Object.create(type.prototype) as object, values),
    decode: (json) => Object.setPrototypeOf(type.shape.decode(json), type.prototype) as object,
  });
}

function checkClass(type: unknown, root: Class, field: string, extend: string): void {
  if (typeof type === "function" && type.prototype instanceof root && "shape" in type) return;
  const copy = otherCopyOf(type);
  const undefinedYet = type === undefined ? ": the class is not defined yet, as in a circle of imports" : "";
  const reason = copy === undefined ? undefinedYet : `, which is of ${twoCopies(copy)}`;
  throw new ConfigurationError(`${field}() takes a class that extends ${extend}, not ${inWords(type)}${reason}`);
}
