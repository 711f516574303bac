import { ConfigurationError } from "../errors/configuration-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { signRoot } from "../metadata/package-copy";
import { COPY } from "../schema/copying";
import { embeddedParts } from "../schema/embedded-parts";
import { type Decimal, isDecimal } from "../schema/exact-decimal";
import type { Fields, FrozenOutput, ShapeInput, ShapeOutput } from "../schema/fields";
import { type Printable, printable } from "../schema/printable";
import { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";
import { isProbe, refuseClassFields } from "./class-fields";
import { checkInvariants } from "./invariants";
import type { MessageArguments } from "./message";

/** The root of every value object class; see the function `ValueObject`. */
export abstract class ValueObjectRoot<S extends Fields = any> {
  /** Set by the classes that `ValueObject({…})` makes. */
  declare static readonly shape: Shape;

  constructor(values: unknown = {}) {
    const { shape, name } = new.target;
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend ValueObject({…})`);
    if (isProbe(new.target)) return;
    refuseClassFields(new.target, "ValueObject({…})", { mayAdd: false });
    Object.assign(this, shape.parse(values, name));
    Object.freeze(this);
    checkInvariants(this, "post");
  }

  /** True for a value object of the same class with equal values. */
  equals(other: unknown): boolean {
    return sameValue(this, other);
  }

  /**
   * Returns a copy with other values in some fields. Checks these values against the shape, and the copy against the invariants.
   *
   * @throws ValidationError
   */
  with(changes: Partial<ShapeInput<S>>): this {
    const { shape, name } = this.constructor as typeof ValueObjectRoot;
    const parsed = shape.parseSome(changes, name) as Record<string, unknown>;
    const values: Record<string, unknown> = { ...this, ...parsed };
    for (const key of Object.keys(changes)) if (parsed[key] === undefined) delete values[key];
    return valueObjectOf(this.constructor as never, values) as this;
  }

  /** Returns a plain object with the values, for `JSON.stringify`: bigints as texts of their digits. */
  toJSON(): Readonly<Printable<ShapeOutput<S>>> {
    return printable(this) as unknown as Readonly<Printable<ShapeOutput<S>>>;
  }

  /** Returns the value object itself: it never changes, so that owners can share it. @internal */
  [COPY](): object {
    return this;
  }
}

signRoot(ValueObjectRoot.prototype);

/**
 * Makes a value object of values that have the types of the shape.
 *
 * @throws ValidationError for values that break an invariant.
 */
export function valueObjectOf(type: { readonly prototype: ValueObjectRoot }, values: object): ValueObjectRoot {
  const made = Object.freeze(Object.assign(Object.create(type.prototype) as ValueObjectRoot, values));
  checkInvariants(made, "post");
  return made;
}

/** The class that `ValueObject({…})` returns. */
export interface ValueObjectBase<S extends Fields> {
  new (...values: MessageArguments<S>): ValueObjectRoot<S> & FrozenOutput<S>;
  readonly shape: Shape<S>;
}

/** The names that every value object has already. */
const TAKEN = ["equals", "with", "toJSON"];

/**
 * Returns the class to extend for a value without identity, such as an amount of money. Its instances are frozen, and equal to
 * every instance with the same values. A field `valueObject(Money)` of an aggregate, an entity, an event, a command or another
 * value object holds one.
 *
 * ```ts
 * class Money extends ValueObject({ currency: z.enum(["EUR", "USD"]), amount: z.number() }) { … }
 * new Money({ currency: "EUR", amount: 5 }).equals(new Money({ currency: "EUR", amount: 5 }));   // true
 * ```
 *
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function ValueObject<S extends Fields>(fields: S): ValueObjectBase<S> {
  const shape = new Shape(fields, TAKEN);
  if (shape.entityKeys.length > 0) {
    const faults = shape.entityKeys.map((key) => {
      const [entity] = embeddedParts(fields[key] as Schema).filter(({ kind }) => kind !== "value object");
      return `field "${key}": a value object never changes, so it cannot hold the entity ${entity?.type.name}`;
    });
    throw new ConfigurationError(faults, "a declared shape");
  }
  class ShapedValueObject extends ValueObjectRoot<S> {
    static override readonly shape = shape as unknown as Shape;
  }
  return ShapedValueObject as unknown as ValueObjectBase<S>;
}

/** Compares values of a shape by content, at any depth. 0 equals -0, and an absent field equals an undefined one. */
function sameValue(one: unknown, other: unknown): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (isDecimal(one)) return isDecimal(other) && (one as Decimal).equals(other);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date) return one.getTime() === (other as Date).getTime();
  const [ours, others] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(ours), ...Object.keys(others)])].every((key) => sameValue(ours[key], others[key]));
}
