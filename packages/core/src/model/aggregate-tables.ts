import type { AggregateModel } from "./aggregate-model";

/** Returns the name of the table that holds the rows of an aggregate class: `fidelis_customer_v2`. */
export function aggregateTableName(model: Pick<AggregateModel, "category" | "schemaVersion">): string {
  return `${aggregateViewName(model)}_v${model.schemaVersion}`;
}

/** Returns the name of the view that shows the rows to other tools: `fidelis_customer`. */
export function aggregateViewName({ category }: Pick<AggregateModel, "category">): string {
  return category.replace("::", "_");
}
