import type { ProjectionRoot, RowOf } from "../elements/projection";
import type { ProjectionModel } from "../model/projection-model";
import type { RowFolding } from "../projections/row-folding";
import type { RowSource } from "../rows/row-source";
import { Selection } from "../rows/selection";
import { deeplyFrozen } from "../schema/copying";

/** The rows of a projection, to be read: `domain.viewOf(AccountSummary)`. Rows are frozen instances of the projection's class. */
export class View<P extends ProjectionRoot> extends Selection<RowOf<P>, P> {}

/** What a view reads from. */
interface ViewSource extends Pick<RowSource, "readModels"> {
  readonly model: ProjectionModel;
  readonly folding: Pick<RowFolding, "table" | "codec">;
}

/** Makes the view of a projection. */
export function viewOf<P extends ProjectionRoot>({ model, folding, readModels }: ViewSource): View<P> {
  const { name, aggregate } = model;
  const { table, codec } = folding;
  return new View<P>({
    name,
    details: { projection: name },
    table,
    codec,
    readModels,
    whyMissing: (field) =>
      aggregate?.model.shape.keys.includes(field) ? ': its option "only" leaves the field out' : undefined,
    object: (row) => deeplyFrozen(codec.decode(row)) as unknown as P,
  });
}
