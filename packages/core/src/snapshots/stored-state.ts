import type { AggregateRoot } from "../elements/aggregate-root";
import type { AggregateModel } from "../model/aggregate-model";

/**
 * Gives an aggregate's fields as JSON values.
 * @throws ValidationError when one holds something that cannot be stored.
 */
export function storedState(aggregate: AggregateRoot, model: AggregateModel): Record<string, unknown> {
  const state = model.shape.storable({ ...aggregate }, `the state of ${model.name}`);
  return model.shape.encode(state) as Record<string, unknown>;
}
