import { ConfigurationError } from "../../errors/configuration-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { AggregateModel } from "../../model/aggregate-model";
import { aggregateTableName, aggregateViewName } from "../../model/aggregate-tables";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Table } from "../../ports/table";
import { StateTable, VERSION } from "../state-table";

type ReadModels = Pick<ReadModelStore, "columnsOf" | "count" | "has" | "viewedTable">;

/**
 * Finds the rows of aggregates that are stored as events from now on.
 *
 * @returns no rows where there is no table of them.
 * @throws IncorrectUsageError for rows of another schema version.
 */
export async function formerRows(
  model: AggregateModel,
  readModels: ReadModels,
): Promise<{ readonly table: string; readonly rows: StateTable | undefined }> {
  const { name, schemaVersion } = model;
  const table = aggregateTableName(model);
  const found = await tableWithRows(model, readModels);
  if (found !== undefined && found !== table)
    throw new IncorrectUsageError(
      `Cannot convert ${name}: the rows of the release before are in ${found}, and schema version ${schemaVersion} would have them in ${table}; convert them under the schema version that they have, and raise it afterwards`,
    );
  const isThere = (await stateTable(table, readModels)) !== undefined;
  return { table, rows: isThere ? new StateTable(model) : undefined };
}

/**
 * Gives the name of the table with the rows that a release before has left of a class: the one that the view of the class shows, or that
 * of the present schema version. Undefined where there is none, or no row in it.
 */
export async function tableWithRows(model: AggregateModel, readModels: ReadModels): Promise<string | undefined> {
  const names = [await readModels.viewedTable(aggregateViewName(model)), aggregateTableName(model)];
  for (const name of new Set(names)) {
    const table = name === undefined ? undefined : await stateTable(name, readModels);
    if (table !== undefined && (await readModels.count({ table, where: [NOT_MOVED] })) > 0) return table.name;
  }
  return undefined;
}

/** Holds for rows that were not moved to the table of a later schema version. */
const NOT_MOVED = { column: VERSION.name, operator: ">=", value: 0 } as const;

/** @returns undefined where there is no such table, or one that holds something other than aggregates. */
async function stateTable(name: string, readModels: ReadModels): Promise<Table | undefined> {
  if (!(await readModels.has(name))) return undefined;
  try {
    const columns = await readModels.columnsOf(name);
    return columns?.some((column) => column.name === VERSION.name) ? { name, columns } : undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
