import { ConfigurationError } from "../errors/configuration-error";
import type { ProjectionModel } from "../model/projection-model";
import type { ReadModelStore } from "../ports/read-model-store";
import { subscriptionOf } from "./projection-consumer";
import { projectionView, viewedVersion } from "./projection-table";
import type { RowFolding } from "./row-folding";
import type { StoredDeclarations } from "./stored-declarations";

interface ShownProjection {
  readonly model: ProjectionModel;
  readonly folding: Pick<RowFolding, "table">;
}

/** Where views lie, and what is noted of them. */
export interface ViewStores {
  readonly readModels: ReadModelStore;
  readonly declarations: StoredDeclarations;
}

/**
 * Makes the view of a projection where none of another version is there, and for the first start of an inline projection, whose rows are up
 * to date.
 * @throws ConfigurationError where something else has the name.
 */
export async function showAtOnce(projection: ShownProjection, stores: ViewStores): Promise<void> {
  const { model } = projection;
  const shown = await shownVersion(projection, stores.readModels);
  if (shown === model.version) await noteShown(projection, stores);
  else if (shown === undefined || (model.mode === "inline" && (await movesTo(projection, shown, stores))))
    await show(projection, stores);
}

/** Whether the view shows an earlier version, and is to show this one once it has caught up. */
export async function showsEarlier(projection: ShownProjection, stores: ViewStores): Promise<boolean> {
  const shown = await shownVersion(projection, stores.readModels);
  return shown !== undefined && (await movesTo(projection, shown, stores));
}

/** Makes the view of a projection, in the place of that of another version. */
export async function show(projection: ShownProjection, stores: ViewStores): Promise<void> {
  await stores.readModels.createView(projectionView(projection.model, projection.folding.table));
  await noteShown(projection, stores);
}

/** A view that was moved by hand stays where it is. */
async function movesTo({ model }: ShownProjection, shown: number, { declarations }: ViewStores): Promise<boolean> {
  if (shown >= model.version) return false;
  const declaration = await declarations.of(subscriptionOf(model));
  return declaration?.record.wasShown !== true;
}

async function noteShown({ model }: ShownProjection, { declarations }: ViewStores): Promise<void> {
  await declarations.change(subscriptionOf(model), (record) => ({ ...record, wasShown: true }));
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
