import type { Fields, ShapeOutput } from "../schema/fields";
import { Shape } from "../schema/shape";
import { type AggregateConstraints, keepConstraints } from "./aggregate-constraints";
import { AggregateRoot } from "./aggregate-root";

/** The class that `Aggregate({…})` returns. Its instances have the shape's fields, an `id`, a `version` and `raise()`. */
export type AggregateBase<S extends Fields> = typeof AggregateRoot & AggregateFields<S>;

/**
 * Adds the fields of a shape to a class. With these parameters the compiler takes the constructor for that of a mixin: it adds the
 * fields to the instances and keeps the protected constructor of `AggregateRoot`.
 */
interface AggregateFields<S extends Fields> {
  new (...values: any[]): AggregateRoot & ShapeOutput<S> & Stateful<ShapeOutput<S>>;
  readonly shape: Shape<S>;
}

/** Tells the compiler the fields of an aggregate's state, apart from what its class adds. No instance has the property. */
interface Stateful<State extends object> {
  readonly "~state": State;
}

/** The fields of an aggregate's state, and its id. */
export type FieldsOf<A extends AggregateRoot> = { readonly id: string } & (A extends Stateful<infer State>
  ? State
  : object);

/** The names that every aggregate has already. */
const TAKEN = ["id", "version", "isTemporal", "raise", "toJSON", "toString"];

/**
 * Returns the class to extend for an aggregate whose state has these fields. State changes only in `@apply` methods; that of an aggregate
 * that is stored as its state in any method.
 *
 * ```ts
 * class Account extends Aggregate({ holderName: z.string(), balance: z.number().default(0) }) { … }
 * class Customer extends Aggregate({ email: z.string(), country: z.string() }, { unique: ["email"], indexes: ["country"] }) { … }
 * ```
 *
 * @param constraints what the store keeps to: values that only one aggregate has, and the indexes of queries.
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function Aggregate<S extends Fields>(
  fields: S,
  constraints: AggregateConstraints<NoInfer<S>> = {},
): AggregateBase<S> {
  const shape = new Shape(fields, TAKEN);
  keepConstraints(shape, constraints as AggregateConstraints);
  class ShapedAggregate extends AggregateRoot {
    static readonly shape = shape;
  }
  return ShapedAggregate as unknown as AggregateBase<S>;
}
