import { z } from "zod";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { COPY, type CopyPart, thawed } from "../schema/copying";
import { identifier } from "../schema/identifier";
import { Shape, type ShapeInput, type ShapeOutput } from "../schema/shape";
import { isFolding } from "./aggregate-life";
import { newAggregateId } from "./id-generator";
import { rootOf } from "./membership";
import type { MessageArguments } from "./message";

/** The fields of an entity's shape with its id, which may be left out where one is made. */
export type WithId<S extends z.ZodRawShape> = { id: z.ZodPrefault<z.ZodString> } & S;

/** Stands for the input of an entity class; no instance has it. */
declare const INPUT: unique symbol;

/** What an entity of class `E` is made of. */
export type EntityInput<E> = E extends { readonly [INPUT]?: infer Input } ? NonNullable<Input> : never;

/** The root of every entity class; see `Entity`. */
export abstract class EntityRoot<S extends z.ZodRawShape = any> {
  /** Set by the classes that `Entity({…})` makes. */
  declare static readonly shape: Shape;
  declare readonly [INPUT]?: ShapeInput<WithId<S>>;

  /** What it is known by within its aggregate, whatever else of it changes. */
  declare readonly id: string;

  constructor(values: unknown = {}) {
    const { shape, name } = new.target;
    if (isProbing) return;
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend Entity({…})`);
    refuseFreshIdInFold(new.target, values);
    Object.assign(this, thawed(shape.parse(values, name)));
  }

  /** Whether the other one is the same entity: of the same class and with the same id, in whatever state. */
  equals(other: unknown): boolean {
    return other instanceof EntityRoot && other.constructor === this.constructor && other.id === this.id;
  }

  /**
   * Raises an event on the aggregate that this entity is a part of.
   *
   * @throws IncorrectUsageError when it is not yet a part of one, and as `raise` of an aggregate does.
   */
  raise(event: object): void {
    const root = rootOf(this);
    if (root === undefined) {
      throw new IncorrectUsageError(
        `${describeEntity(this)} cannot raise an event: it is not part of a loaded or changed aggregate`,
      );
    }
    root.raise(event);
  }

  /** The id and the fields by themselves, for `JSON.stringify`. */
  toJSON(): { id: string } & ShapeOutput<S> {
    return { ...this } as unknown as { id: string } & ShapeOutput<S>;
  }

  /** A copy for another owner, for `thawed` and the like. @internal */
  [COPY](copyPart: CopyPart): object {
    const copy = Object.create(Object.getPrototypeOf(this) as object) as Record<string, unknown>;
    for (const [key, part] of Object.entries(this)) if (part !== undefined) copy[key] = copyPart(part, key);
    return copy;
  }
}

/** `Signatory "s-1"` */
export function describeEntity(entity: EntityRoot): string {
  return `${entity.constructor.name} ${JSON.stringify(entity.id)}`;
}

/** @throws IncorrectUsageError for an entity that would get another id on each replay. */
export function refuseFreshIdInFold(type: { readonly name: string }, values: unknown): void {
  if (!isFolding() || (values as { readonly id?: unknown } | null)?.id !== undefined) return;
  throw new IncorrectUsageError(
    `Cannot make a ${type.name} without an id while an event is folded: each replay would make up another one; let the event carry the id`,
  );
}

let isProbing = false;

/** An instance without values: what it has nevertheless is declared outside of its shape. */
export function probe(type: new () => EntityRoot): EntityRoot {
  isProbing = true;
  try {
    return new type();
  } finally {
    isProbing = false;
  }
}

/** The class that `Entity({…})` returns: its instances have the shape's fields and an `id`. */
export interface EntityBase<S extends z.ZodRawShape> {
  new (...values: MessageArguments<WithId<S>>): EntityRoot<S> & ShapeOutput<S>;
  readonly shape: Shape<WithId<S>>;
}

/** Names that every entity has already. */
const TAKEN = ["id", "equals", "raise", "toJSON"];

/**
 * The class to extend for a part of an aggregate with an identity of its own, such as a line of an order. Aggregates keep it with
 * `hasOne(Address)` and `hasMany(Signatory)`, and are stored with all of their entities.
 *
 * ```ts
 * class Signatory extends Entity({ name: z.string(), limit: valueObject(Money).optional() }) { … }
 * new Signatory({ name: "Ann" }).id;              // a fresh one, from where ids of aggregates come
 * new Signatory({ id: "s-1", name: "Ann" });
 * ```
 *
 * @throws ConfigurationError when a field's type cannot be stored, or its name is taken.
 */
export function Entity<S extends z.ZodRawShape>(fields: S): EntityBase<S> {
  const declared = new Shape(fields, TAKEN);
  const shape = new Shape({ id: identifier().prefault(newAggregateId), ...declared.fields });
  class ShapedEntity extends EntityRoot<S> {
    static override readonly shape = shape as unknown as Shape;
  }
  return ShapedEntity as unknown as EntityBase<S>;
}
