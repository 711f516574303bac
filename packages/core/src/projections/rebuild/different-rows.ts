import { byCodePoints } from "../../ports/code-point-order";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row, Table } from "../../ports/table";
import { tableRows } from "../../rows/table-rows";
import { isSameRow } from "../row-differences";

/** A row that two tables do not have in the same way; undefined where a table has none. */
export interface DifferentRow {
  readonly key: string;
  readonly stored: Row | undefined;
  readonly rebuilt: Row | undefined;
}

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

async function* rowsInOrder(readModels: Pick<ReadModelStore, "query">, table: Table): AsyncGenerator<Row> {
  for await (const rows of tableRows(readModels, table)) yield* rows;
}

async function nextOf(rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await rows.next();
  return done === true ? undefined : value;
}
