import type { ReadModelStore } from "../ports/read-model-store";
import type { Row, Table } from "../ports/table";

/** How many rows are read at once. */
export const ROWS_AT_ONCE = 1_000;

/**
 * Reads the rows of a table in the order of their keys, some at a time. The rows of one page come from one moment.
 * @param after reads the rows behind this key alone.
 */
export async function* tableRows(
  readModels: Pick<ReadModelStore, "query">,
  table: Table,
  after?: string,
): AsyncGenerator<readonly Row[], void, undefined> {
  const orderBy = [{ column: table.columns[0]!.name, direction: "asc" }] as const;
  for (let last = after; ; ) {
    const behind = last === undefined ? undefined : { after: [last] };
    const rows = await readModels.query({ table, where: [], orderBy, limit: ROWS_AT_ONCE, ...behind });
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_AT_ONCE) return;
    last = String(rows.at(-1)![0]);
  }
}
