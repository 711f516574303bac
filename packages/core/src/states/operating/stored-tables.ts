import { aggregateTableName } from "../../model/aggregate-tables";
import type { OperationStores } from "../../ports/operation-stores";
import type { RowCondition } from "../../ports/row-query";
import type { Column, Table } from "../../ports/table";
import { type StateTable, VERSION } from "../state-table";
import { declaredShape, type StoredShape, type StoredTableShape } from "./stored-shape";
import { StoredShapes } from "./stored-shapes";

/** What a store has of the rows of an aggregate class. */
export interface StoredTables {
  readonly shape: StoredShape | undefined;
  /** The table of the declared schema version; undefined where it is not there. */
  readonly present: StoredTable | undefined;
  /** Those of earlier schema versions that are there, the earliest first. */
  readonly older: readonly OlderTable[];
}

interface StoredTable {
  readonly columns: readonly Column[];
  /** How many rows it has; undefined where the table is as it is declared, so that nobody needs to know. */
  readonly rows: number | undefined;
  /** For each column that may be empty in rows and no more by what is declared: in how many it is. */
  readonly empty: Readonly<Record<string, number>>;
}

/** A table of an earlier schema version. */
export interface OlderTable {
  readonly schemaVersion: number;
  readonly table: Table;
  readonly shape: StoredTableShape | undefined;
  /** How many rows were not moved on from it. */
  readonly rows: number;
}

/** Holds for rows that were not moved to the table of a later schema version. */
export const NOT_MOVED: RowCondition = { column: VERSION.name, operator: ">=", value: 0 };

/** Looks at what a store has of the rows of an aggregate class, and counts rows only where the outcome depends on it. */
export async function storedTables(
  rows: StateTable,
  operations: Pick<OperationStores, "flush" | "readModels" | "states">,
): Promise<StoredTables> {
  const { model, table } = rows;
  const shape = await new StoredShapes(operations).of(model);
  const columns = await operations.readModels.columnsOf(table.name);
  const present = columns && (await presentTable(rows, columns, shape?.tables[model.schemaVersion], operations));
  const older = [];
  for (const schemaVersion of await olderVersions(rows, shape, operations)) {
    const found = await olderTable(rows, schemaVersion, shape, operations);
    if (found !== undefined) older.push(found);
  }
  return { shape, present, older };
}

async function presentTable(
  rows: StateTable,
  columns: readonly Column[],
  stored: StoredTableShape | undefined,
  { readModels }: Pick<OperationStores, "readModels">,
): Promise<StoredTable> {
  const declared = declaredShape(rows);
  const unlike = Object.entries(declared.fields).filter(([column, field]) => {
    const known = stored?.fields[column];
    return known !== undefined && field.forms.some((form) => !known.forms.includes(form));
  });
  const stricter = Object.entries(declared.fields).filter(([column, { mayBeAbsent, mayBeNull }]) => {
    const known = stored?.fields[column];
    return known !== undefined && !mayBeAbsent && !mayBeNull && (known.mayBeAbsent || known.mayBeNull);
  });
  const indexes = stored === undefined ? [] : declared.indexes.filter((index) => !stored.indexes.includes(index));
  const isKnown = (column: Column) => columns.some(({ name, type }) => name === column.name && type === column.type);
  const isAsDeclared = unlike.length + stricter.length + indexes.length === 0 && rows.table.columns.every(isKnown);
  const table: Table = { name: rows.table.name, columns };
  const empty: Record<string, number> = {};
  for (const [column] of stricter)
    empty[column] = await readModels.count({ table, where: [{ column, operator: "=", value: null }] });
  return { columns, rows: isAsDeclared ? undefined : await readModels.count({ table, where: [] }), empty };
}

/** A record that is lost does not hide the table which the view shows. */
async function olderVersions(
  { model, view }: StateTable,
  shape: StoredShape | undefined,
  { readModels }: Pick<OperationStores, "readModels">,
): Promise<readonly number[]> {
  const shown = /_v(\d+)$/.exec((await readModels.viewedTable(view.name)) ?? "")?.[1];
  const versions = [...Object.keys(shape?.tables ?? {}), ...(shown === undefined ? [] : [shown])].map(Number);
  return [...new Set(versions)].filter((version) => version < model.schemaVersion).sort((a, b) => a - b);
}

async function olderTable(
  { model }: StateTable,
  schemaVersion: number,
  shape: StoredShape | undefined,
  { readModels }: Pick<OperationStores, "readModels">,
): Promise<OlderTable | undefined> {
  const name = aggregateTableName({ ...model, schemaVersion });
  const columns = await readModels.columnsOf(name);
  if (columns === undefined) return undefined;
  const table: Table = { name, columns, isPartial: true };
  const rows = await whileThere(name, readModels, async () => readModels.count({ table, where: [NOT_MOVED] }));
  return rows === undefined ? undefined : { schemaVersion, table, shape: shape?.tables[schemaVersion], rows };
}

/** Works with a table that another process may drop when it has moved all of its rows. @returns undefined where that has happened. */
export async function whileThere<T>(
  table: string,
  readModels: OperationStores["readModels"],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((await readModels.columnsOf(table)) === undefined) return undefined;
    throw error;
  }
}
