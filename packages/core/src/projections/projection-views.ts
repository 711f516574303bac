import { ConfigurationError } from "../errors/configuration-error";
import type { ProjectionModel } from "../model/projection-model";
import type { ReadModelStore } from "../ports/read-model-store";
import { projectionView, viewedVersion } from "./projection-table";
import type { RowFolding } from "./row-folding";

interface ShownProjection {
  readonly model: ProjectionModel;
  readonly folding: Pick<RowFolding, "table">;
}

/**
 * Makes the view of a projection where none of an earlier version is there, and where the projection is inline, whose rows are up to date.
 * @throws ConfigurationError where something else has the name.
 */
export async function showAtOnce(projection: ShownProjection, readModels: ReadModelStore): Promise<void> {
  const shown = await shownVersion(projection, readModels);
  const { model } = projection;
  if (shown === undefined || (model.mode === "inline" && shown < model.version)) await show(projection, readModels);
}

/** Whether a view of an earlier version waits for this one to catch up. */
export async function showsEarlier(projection: ShownProjection, readModels: ReadModelStore): Promise<boolean> {
  const shown = await shownVersion(projection, readModels);
  return shown !== undefined && shown < projection.model.version;
}

/** Makes the view of a projection, in the place of that of another version. */
export async function show({ model, folding }: ShownProjection, readModels: ReadModelStore): Promise<void> {
  await readModels.createView(projectionView(model, folding.table));
}

async function shownVersion(
  { model, folding }: ShownProjection,
  readModels: ReadModelStore,
): Promise<number | undefined> {
  const { name } = projectionView(model, folding.table);
  const table = await readModels.viewedTable(name);
  if (table === undefined) return undefined;
  const version = viewedVersion(model, table);
  if (version !== undefined) return version;
  throw new ConfigurationError(
    `${model.name}: its view cannot be called "${name}", because a view of the table "${table}" is; rename one of them`,
  );
}
