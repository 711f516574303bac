import type { z } from "zod";

import { Shape, type ShapeOutput } from "../schema/shape";
import { AggregateRoot } from "./aggregate-root";

/** The class that `Aggregate({…})` returns. Its instances have the shape's fields, an `id`, a `version` and `raise()`. */
export interface AggregateBase<S extends z.ZodRawShape> {
  new (): AggregateRoot & ShapeOutput<S>;
  /** Makes a new aggregate without events, with a fresh id or the given one. */
  createNew: typeof AggregateRoot.createNew;
  readonly shape: Shape<S>;
}

/** The names that every aggregate has already. */
const TAKEN = ["id", "version", "isTemporal", "raise", "toJSON", "toString"];

/**
 * Returns the class to extend for an aggregate whose state has these fields. State changes only in `@apply` methods.
 *
 * ```ts
 * class Account extends Aggregate({ holderName: z.string(), balance: z.number().default(0) }) { … }
 * ```
 *
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function Aggregate<S extends z.ZodRawShape>(fields: S): AggregateBase<S> {
  const shape = new Shape(fields, TAKEN);
  class ShapedAggregate extends AggregateRoot {
    static override readonly shape = shape as unknown as Shape;
  }
  return ShapedAggregate as unknown as AggregateBase<S>;
}
