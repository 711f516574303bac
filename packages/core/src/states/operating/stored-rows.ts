import type { AggregateRoot } from "../../elements/aggregate-root";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row, Table } from "../../ports/table";
import { valueDifferences } from "../../rows/value-differences";
import { reasonOf } from "../../wording/in-words";
import type { AggregateDifference } from "./compared-aggregates";

/** The rows of a class of aggregates, as far as they are compared with events. */
export interface StoredRows {
  readonly table: Table;
  /** The version that a row was stored at. */
  versionOf(row: Row): number;
  /** Gives the fields of a row. @throws for a row that cannot be read. */
  fieldsOf(row: Row): Readonly<Record<string, unknown>>;
  /** Makes the row of an aggregate. @throws ValidationError for a state that cannot be stored. */
  rowOf(aggregate: AggregateRoot, version: number): Row;
}

/** What there is of an aggregate: its row, and the row that its events give. Each of the two may be missing. */
export interface RowAndFold {
  readonly stored: Row | undefined;
  readonly folded: Row | undefined;
}

/** Compares the fields of a row with those that the events of the aggregate give. */
export function differencesOf(
  rows: Pick<StoredRows, "fieldsOf">,
  id: string,
  { stored, folded }: RowAndFold,
): readonly AggregateDifference[] {
  if (stored === undefined && folded === undefined) return [];
  const expected = folded && rows.fieldsOf(folded);
  const found = stored && readable(rows, stored);
  if (found === undefined || expected === undefined || found instanceof UnreadableRow)
    return [{ id, path: "", stored: found instanceof UnreadableRow ? found.message : found, folded: expected }];
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].flatMap((field) =>
    Array.from(valueDifferences(found[field], expected[field], [field]), ({ path, stored: value, expected: right }) => ({
      id,
      path,
      stored: value,
      folded: right,
    })),
  );
}

class UnreadableRow {
  constructor(readonly message: string) {}
}

function readable(rows: Pick<StoredRows, "fieldsOf">, row: Row): Readonly<Record<string, unknown>> | UnreadableRow {
  try {
    return rows.fieldsOf(row);
  } catch (error) {
    return new UnreadableRow(`a row that cannot be read: ${reasonOf(error)}`);
  }
}

/** How many rows are read at once for their keys. */
const ROWS_AT_ONCE = 1_000;

/** Lists the keys of a table in the order of their UTF-8 bytes. */
export async function* rowIds(
  readModels: Pick<ReadModelStore, "query">,
  table: Table,
): AsyncGenerator<string, void, undefined> {
  const key = table.columns[0]!.name;
  const orderBy = [{ column: key, direction: "asc" }] as const;
  for (let last: string | undefined; ; ) {
    const after = last === undefined ? {} : { after: [last] };
    const rows = await readModels.query({ table, where: [], orderBy, limit: ROWS_AT_ONCE, ...after });
    for (const [id] of rows) yield id as string;
    if (rows.length < ROWS_AT_ONCE) return;
    last = rows.at(-1)![0] as string;
  }
}
