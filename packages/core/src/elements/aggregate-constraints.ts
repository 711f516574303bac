import type { Fields } from "../schema/fields";

/** What the store keeps to: typed by the fields of a shape, where a plain name stands for a list of one field. */
export interface AggregateConstraints<S extends Fields = Fields> {
  /**
   * The lists of fields of which no two aggregates have the same values. Values are compared exactly: `z.email().toLowerCase()` in commands and
   * events makes upper and lower case the same. Where a field holds nothing, nothing is refused.
   */
  readonly unique?: readonly FieldsOfIndex<S>[];
  /** The fields of each further index of its table, for queries. Only for aggregates that have a table. */
  readonly indexes?: readonly FieldsOfIndex<S>[];
}

type FieldsOfIndex<S extends Fields> = (keyof S & string) | readonly (keyof S & string)[];

const constraints = new WeakMap<object, AggregateConstraints>();

/** Keeps the constraints as they were written; `domain.init()` checks them. */
export function keepConstraints(shape: object, written: AggregateConstraints): void {
  constraints.set(shape, written);
}

/** Returns the constraints that an aggregate class was declared with. */
export function constraintsOf(shape: object): AggregateConstraints {
  return constraints.get(shape) ?? {};
}
