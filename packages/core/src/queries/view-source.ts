import type { ProjectionModel } from "../model/projection-model";
import type { ReadModelStore } from "../ports/read-model-store";
import type { RowFolding } from "../projections/row-folding";

/** What a view reads from. */
export interface ViewSource {
  readonly model: ProjectionModel;
  readonly folding: Pick<RowFolding, "table" | "codec">;
  readonly readModels: Pick<ReadModelStore, "rows" | "query" | "count">;
}
