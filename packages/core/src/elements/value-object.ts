import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { COPY } from "../schema/copying";
import { embeddedParts } from "../schema/embedded-parts";
import { Shape, type ShapeInput, type ShapeOutput } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";
import { checkInvariants } from "./invariants";
import type { MessageArguments } from "./message";
import { sameValue } from "./same-value";

/** The root of every value object class; see `ValueObject`. */
export abstract class ValueObjectRoot<S extends z.ZodRawShape = any> {
  /** Set by the classes that `ValueObject({…})` makes. */
  declare static readonly shape: Shape;

  constructor(values: unknown = {}) {
    const { shape, name } = new.target;
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend ValueObject({…})`);
    Object.assign(this, shape.parse(values, name));
    Object.freeze(this);
    checkInvariants(this, "post");
  }

  /** Whether the other one is of the same class and has equal values. */
  equals(other: unknown): boolean {
    return sameValue(this, other);
  }

  /**
   * A copy with other values for some fields. Those are checked against the shape, the copy against the invariants.
   * @throws ValidationError
   */
  with(changes: Partial<ShapeInput<S>>): this {
    const { shape, name } = this.constructor as typeof ValueObjectRoot;
    const parsed = shape.parseSome(changes, name) as Record<string, unknown>;
    const values: Record<string, unknown> = { ...this, ...parsed };
    for (const key of Object.keys(changes)) if (parsed[key] === undefined) delete values[key];
    return valueObjectOf(this.constructor as never, values) as this;
  }

  /** The values by themselves, for `JSON.stringify`. */
  toJSON(): Readonly<ShapeOutput<S>> {
    return { ...this } as unknown as Readonly<ShapeOutput<S>>;
  }

  /** A copy for another owner, for `thawed` and the like. @internal */
  [COPY](): object {
    return this;
  }
}

/** @throws ValidationError when the values, which have the types of the class's shape, break its invariants. */
export function valueObjectOf(type: { readonly prototype: ValueObjectRoot }, values: object): ValueObjectRoot {
  const made = Object.freeze(Object.assign(Object.create(type.prototype) as ValueObjectRoot, values));
  checkInvariants(made, "post");
  return made;
}

/** The class that `ValueObject({…})` returns. */
export interface ValueObjectBase<S extends z.ZodRawShape> {
  new (...values: MessageArguments<S>): ValueObjectRoot<S> & Readonly<ShapeOutput<S>>;
  readonly shape: Shape<S>;
}

/** Names that every value object has already. */
const TAKEN = ["equals", "with", "toJSON"];

/**
 * The class to extend for a value without identity, such as an amount of money: frozen, and equal to any other of its class
 * with the same values. Fields of aggregates, entities, events, commands and other value objects keep it with `valueObject(Money)`.
 *
 * ```ts
 * class Money extends ValueObject({ currency: z.enum(["EUR", "USD"]), amount: z.number() }) { … }
 * new Money({ currency: "EUR", amount: 5 }).equals(new Money({ currency: "EUR", amount: 5 }));   // true
 * ```
 *
 * @throws ConfigurationError when a field's type cannot be stored, or its name is taken.
 */
export function ValueObject<S extends z.ZodRawShape>(fields: S): ValueObjectBase<S> {
  const shape = new Shape(fields, TAKEN);
  if (shape.entityKeys.length > 0) {
    const faults = shape.entityKeys.map((key) => {
      const [entity] = embeddedParts(fields[key] as Schema).filter(({ kind }) => kind !== "value object");
      return `field "${key}": a value object never changes, so that it cannot hold the entity ${entity?.type.name}`;
    });
    throw new ConfigurationError(faults, "a declared shape");
  }
  class ShapedValueObject extends ValueObjectRoot<S> {
    static override readonly shape = shape as unknown as Shape;
  }
  return ShapedValueObject as unknown as ValueObjectBase<S>;
}
