import { isDeepStrictEqual } from "node:util";

import { byCodePoints } from "../../ports/code-point-order";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { ColumnValue, Row, Table } from "../../ports/table";
import { stateDifferences } from "../../snapshots/upkeep/state-differences";
import { REVISION } from "../row-codec";
import type { RowFolding } from "../row-folding";
import type { RebuildDifference } from "./rebuild-options";

/** A row that two tables do not have in the same way; undefined where a table has none. */
export interface DifferentRow {
  readonly key: string;
  readonly stored: Row | undefined;
  readonly rebuilt: Row | undefined;
}

const PAGE_ROWS = 1_000;

/** Finds the rows that differ between two tables with the same columns, in the order of their keys. */
export async function* differentRows(
  readModels: Pick<ReadModelStore, "query">,
  stored: Table,
  rebuilt: Table,
): AsyncGenerator<DifferentRow> {
  const [ofStored, ofRebuilt] = [rowsInOrder(readModels, stored), rowsInOrder(readModels, rebuilt)];
  let [a, b] = [await nextOf(ofStored), await nextOf(ofRebuilt)];
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : byCodePoints(a[0] as string, b[0] as string);
    const pair = { stored: order <= 0 ? a : undefined, rebuilt: order >= 0 ? b : undefined };
    if (!isSameRow(stored, pair.stored, pair.rebuilt))
      yield { key: (pair.stored ?? pair.rebuilt)![0] as string, ...pair };
    if (order <= 0) a = await nextOf(ofStored);
    if (order >= 0) b = await nextOf(ofRebuilt);
  }
}

/** Whether two rows say the same, whoever wrote them when. */
export function isSameRow({ columns }: Table, a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return columns.every((column, index) => {
    const [left, right] = [a[index] ?? null, b[index] ?? null];
    if (left === right || column === REVISION) return true;
    return column.type === "json" && isDeepStrictEqual(parsed(left), parsed(right));
  });
}

/** Lists the places where a row differs. */
export function rowDifferences(
  { codec, table }: Pick<RowFolding, "codec" | "table">,
  { key, stored, rebuilt }: DifferentRow,
): readonly RebuildDifference[] {
  const [a, b] = [stored && codec.decode(stored), rebuilt && codec.decode(rebuilt)];
  if (a === undefined || b === undefined) return [{ key, path: "", stored: a, rebuilt: b }];
  const differences: RebuildDifference[] = [];
  for (const [index, column] of table.columns.entries()) {
    const [left, right] = [stored?.[index] ?? null, rebuilt?.[index] ?? null];
    if (left === right || column === REVISION) continue;
    const field = codec.fields[index]?.field;
    if (column.type === "json")
      for (const { path, snapshot, events } of stateDifferences(parsed(left), parsed(right), [field ?? column.name]))
        differences.push({ key, path, stored: snapshot, rebuilt: events });
    else if (field !== undefined) differences.push({ key, path: field, stored: a[field], rebuilt: b[field] });
  }
  return differences;
}

async function* rowsInOrder(readModels: Pick<ReadModelStore, "query">, table: Table): AsyncGenerator<Row> {
  const orderBy = [{ column: table.columns[0]!.name, direction: "asc" }] as const;
  for (let after: { after?: readonly ColumnValue[] } = {}; ; ) {
    const rows = await readModels.query({ table, where: [], orderBy, ...after, limit: PAGE_ROWS });
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    after = { after: [rows.at(-1)![0]!] };
  }
}

async function nextOf(rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await rows.next();
  return done === true ? undefined : value;
}

function parsed(value: ColumnValue): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
