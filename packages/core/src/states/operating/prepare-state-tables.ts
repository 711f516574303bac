import { ConfigurationError } from "../../errors/configuration-error";
import type { OperationStores } from "../../ports/operation-stores";
import type { StateTable } from "../state-table";
import { type AggregateMigrationPlan, migrationPlan } from "./migration-plan";
import { declaredShape, joinedShapes } from "./stored-shape";
import { StoredShapes } from "./stored-shapes";
import { NOT_MOVED, type StoredTables, storedTables } from "./stored-tables";

type Stores = Pick<OperationStores, "flush" | "readModels" | "states">;

/**
 * Prepares the store for the rows of aggregates: their tables and views, and a record of how they are declared.
 * @throws ConfigurationError listing every class whose rows have to be migrated first, with the columns.
 */
export async function prepareStateTables(tables: Iterable<StateTable>, stores: Stores): Promise<void> {
  const prepared = await Promise.all(
    Array.from(tables, async (rows) => {
      const stored = await storedTables(rows, stores);
      return { rows, stored, plan: migrationPlan(rows, stored) };
    }),
  );
  const faults = prepared.flatMap(({ plan }) => faultsOf(plan));
  if (faults.length > 0) throw new ConfigurationError(faults, "the tables of aggregates");
  for (const { rows, stored } of prepared) await prepare(rows, stored, stores);
}

/**
 * Makes the table of the declared schema version the one that is used: it is there, the view shows it, and those of earlier versions are
 * gone.
 *
 * The record goes before each of these steps, so that a release which starts meanwhile finds out.
 *
 * @returns false where a table of an earlier version has got a row meanwhile: it is there still.
 */
export async function useTable(
  rows: StateTable,
  { older }: Pick<StoredTables, "older">,
  stores: Stores,
): Promise<boolean> {
  const { model, table, view } = rows;
  const { readModels } = stores;
  await recordTable(rows, stores, older.length > 0);
  await readModels.createTable(table);
  await refuseSuperseded(rows, stores);
  if ((await readModels.viewedTable(view.name)) !== table.name) await readModels.createView(view);
  for (const each of older) {
    if (!(await readModels.dropTableUnless({ table: each.table, where: [NOT_MOVED] }))) return false;
    await new StoredShapes(stores).change(model, (stored) => {
      const { [each.schemaVersion]: _, ...tables } = stored!.tables;
      return { ...stored!, tables };
    });
  }
  return true;
}

/**
 * Records that the table of the declared schema version is there, or about to be.
 * @param isMovedTo whether all rows of earlier versions were moved to it.
 */
export async function recordTable(rows: StateTable, stores: Stores, isMovedTo = false): Promise<void> {
  const { model } = rows;
  const { schemaVersion, storage } = model;
  const declared = declaredShape(rows);
  await new StoredShapes(stores).change(model, (stored) => ({
    ...stored,
    truth: storage.truth,
    tables: { ...stored?.tables, [schemaVersion]: joinedShapes(stored?.tables[schemaVersion], declared) },
    ...(isMovedTo && { movedTo: Math.max(stored?.movedTo ?? 0, schemaVersion) }),
  }));
}

async function prepare(rows: StateTable, stored: StoredTables, stores: Stores): Promise<void> {
  if (await useTable(rows, stored, stores)) return;
  const again = migrationPlan(rows, await storedTables(rows, stores));
  throw new ConfigurationError(faultsOf(again), "the tables of aggregates");
}

/**
 * A release that moved the rows on while this one started has dropped the table, which `createTable` has made again.
 * @throws ConfigurationError
 */
async function refuseSuperseded(rows: StateTable, stores: Stores): Promise<void> {
  const shape = await new StoredShapes(stores).of(rows.model);
  if ((shape?.movedTo ?? 0) <= rows.model.schemaVersion) return;
  await stores.readModels.dropTableUnless({ table: rows.table, where: [NOT_MOVED] });
  const { refusals } = migrationPlan(rows, { shape, present: undefined, older: [] });
  throw new ConfigurationError(refusals, "the tables of aggregates");
}

/** Dropping tables whose rows were all moved is all that a start may do of a plan. */
function faultsOf({ aggregate, refusals, steps }: AggregateMigrationPlan): readonly string[] {
  const missing = steps.filter(({ kind }) => kind !== "dropTable").map(({ description }) => description);
  if (missing.length === 0) return refusals;
  const run = `run "domain eventstore migrate" before this release is started, which ${missing.join(", and ")}`;
  return [...refusals, `the stored rows of ${aggregate} do not fit its shape: ${run}`];
}
