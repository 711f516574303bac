import type { AggregateModel } from "../elements/aggregate-model";
import type { AggregateRoot } from "../elements/aggregate-root";
import { settle } from "../schema/settle";

/**
 * An aggregate's fields as JSON values.
 * @throws ValidationError when one holds something that cannot be stored.
 */
export function storedState(aggregate: AggregateRoot, model: AggregateModel): Record<string, unknown> {
  const state = settle({ ...aggregate }, { subject: `the state of ${model.name}`, rich: true });
  return model.shape.encode(state) as Record<string, unknown>;
}
