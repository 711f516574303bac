import type { ProjectionModel } from "../model/projection-model";
import { MethodRows } from "./method-rows";
import type { RowFolding } from "./row-folding";
import { StateRows } from "./state-rows";

/** Prepares how a projection folds events. @throws ConfigurationError for fields that would have one column. */
export function rowFolding(model: ProjectionModel): RowFolding {
  const { aggregate } = model;
  const folding = aggregate === undefined ? new MethodRows(model) : new StateRows({ ...model, aggregate });
  return folding as unknown as RowFolding;
}
