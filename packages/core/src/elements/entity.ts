import { z } from "zod";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { signRoot } from "../metadata/package-copy";
import { COPY, type CopyPart, thawed } from "../schema/copying";
import type { Fields, ShapeInput, ShapeOutput } from "../schema/fields";
import { identifier } from "../schema/identifier";
import { type Printable, printable } from "../schema/printable";
import { Shape } from "../schema/shape";
import { nameAndId } from "../wording/in-words";
import { isFolding } from "./aggregate-life";
import { isProbe, refuseClassFields } from "./class-fields";
import type { DomainEventRoot } from "./domain-event";
import { newAggregateId } from "./id-generator";
import type { MessageArguments } from "./message";

/** The fields of an entity's shape and its id, which the constructor can do without. */
export type WithId<S extends Fields> = { id: z.ZodPrefault<z.ZodString> } & S;

/** Stands for the input of an entity class; no instance has it. */
declare const INPUT: unique symbol;

/** The input of the constructor of an entity class `E`. */
export type EntityInput<E> = E extends { readonly [INPUT]?: infer Input } ? NonNullable<Input> : never;

/** The root of every entity class; see `Entity`. */
export abstract class EntityRoot<S extends Fields = any> {
  /** Set by the classes that `Entity({…})` makes. */
  declare static readonly shape: Shape;
  declare readonly [INPUT]?: ShapeInput<WithId<S>>;

  /** Identifies the entity in its aggregate. Never changes. */
  declare readonly id: string;

  constructor(values: unknown = {}) {
    const { shape, name } = new.target;
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend Entity({…})`);
    if (isProbe(new.target)) return;
    refuseClassFields(new.target, "Entity({…})", { mayAdd: true });
    refuseFreshIdInFold(new.target, values);
    Object.assign(this, thawed(shape.parse(values, name)));
  }

  /** True for an entity of the same class with the same id, whatever the state of the two. */
  equals(other: unknown): boolean {
    return other instanceof EntityRoot && other.constructor === this.constructor && other.id === this.id;
  }

  /**
   * Raises an event on the aggregate that this entity is a part of.
   *
   * @throws IncorrectUsageError for an entity that is not yet a part of an aggregate, and where `raise` of an aggregate throws it.
   */
  raise(event: DomainEventRoot): void {
    const aggregate = aggregateOf(this);
    if (aggregate === undefined) {
      throw new IncorrectUsageError(
        `${nameAndId(this)} cannot raise an event: it is not part of a loaded or changed aggregate`,
      );
    }
    aggregate.raise(event);
  }

  /** Returns a plain object with the id and the fields, for `JSON.stringify`: bigints as texts of their digits. */
  toJSON(): { id: string } & Printable<ShapeOutput<S>> {
    return printable(this as object) as unknown as { id: string } & Printable<ShapeOutput<S>>;
  }

  /** Returns the class and the id, for texts: `Line "l-1"`. */
  toString(): string {
    return nameAndId(this);
  }

  /** Copies the entity for another owner. @internal */
  [COPY](copyPart: CopyPart): object {
    const copy = Object.create(Object.getPrototypeOf(this) as object) as Record<string, unknown>;
    for (const [key, part] of Object.entries(this)) if (part !== undefined) copy[key] = copyPart(part, key);
    return copy;
  }
}

signRoot(EntityRoot.prototype);

/** The part of an aggregate that its entities use. */
export interface OwningAggregate {
  raise(event: DomainEventRoot): void;
}

/** Not in the instances, so that nothing compares, prints or stores it. */
const aggregates = new WeakMap<object, OwningAggregate>();

/** Returns the aggregate that an entity was last a part of. */
export function aggregateOf(entity: EntityRoot): OwningAggregate | undefined {
  return aggregates.get(entity);
}

export function joinAggregate(entity: EntityRoot, aggregate: OwningAggregate): void {
  if (aggregates.get(entity) !== aggregate) aggregates.set(entity, aggregate);
}

/**
 * Refuses a fresh id during a fold: each replay would give the entity another one.
 *
 * @throws IncorrectUsageError
 */
export function refuseFreshIdInFold(type: { readonly name: string }, values: unknown): void {
  if (!isFolding() || (values as { readonly id?: unknown } | null)?.id !== undefined) return;
  throw new IncorrectUsageError(
    `Cannot make a ${type.name} without an id while an event is folded: each replay would give it another id; let the event carry the id`,
  );
}

/** The class that `Entity({…})` returns: its instances have the shape's fields and an `id`. */
export interface EntityBase<S extends Fields> {
  new (...values: MessageArguments<WithId<S>>): EntityRoot<S> & ShapeOutput<S>;
  readonly shape: Shape<WithId<S>>;
}

/** The names that every entity has already. */
const TAKEN = ["id", "equals", "raise", "toJSON", "toString"];

/**
 * Returns the class to extend for a part of an aggregate with an identity of its own, such as a line of an order. Aggregates hold
 * entities in fields `hasOne(Address)` and `hasMany(Signatory)`, and are stored with all of them.
 *
 * ```ts
 * class Signatory extends Entity({ name: z.string(), limit: valueObject(Money).optional() }) { … }
 * new Signatory({ name: "Ann" }).id;              // a fresh id, from the generator of aggregate ids
 * new Signatory({ id: "s-1", name: "Ann" });
 * ```
 *
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function Entity<S extends Fields>(fields: S): EntityBase<S> {
  const declared = new Shape(fields, TAKEN);
  const shape = new Shape({ id: identifier().prefault(newAggregateId), ...declared.fields });
  class ShapedEntity extends EntityRoot<S> {
    static override readonly shape = shape as unknown as Shape;
  }
  return ShapedEntity as unknown as EntityBase<S>;
}
