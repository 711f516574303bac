import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RowGuard } from "./operations";
import type { RowCondition, RowQuery } from "./row-query";
import type { Column, Table } from "./table";

/** @throws IncorrectUsageError for a query that its table cannot answer, such as one that names no column of it. */
export function checkQuery(query: Pick<RowQuery, "table" | "where"> & Partial<RowQuery>): void {
  const fault = queryFault(query);
  if (fault !== undefined)
    throw new IncorrectUsageError(`Cannot query table ${JSON.stringify(query.table.name)}: ${fault}`);
}

/** @throws IncorrectUsageError for a guard that is no guard for this many rows of the table. @returns the index of its column. */
export function guardedColumn(table: Table, { column, expected }: RowGuard, count: number): number {
  const index = table.columns.findIndex(({ name }) => name === column);
  if (table.columns[index]?.type === "integer" && expected.length === count) return index;
  throw new IncorrectUsageError(
    `Cannot guard ${count} rows of table ${JSON.stringify(table.name)} with ${expected.length} values of ${JSON.stringify(column)}: a column of type integer and a value for each row were expected`,
  );
}

function queryFault({
  table,
  where,
  orderBy,
  after,
  limit,
}: Pick<RowQuery, "table" | "where"> & Partial<RowQuery>): string | undefined {
  const columnOf = (name: string) => table.columns.find((column) => column.name === name);
  for (const condition of where) {
    const column = columnOf(condition.column);
    if (column === undefined) return `it has no column ${JSON.stringify(condition.column)}`;
    const fault = conditionFault(condition, column);
    if (fault !== undefined) return fault;
  }
  if (orderBy === undefined) return undefined;
  for (const { column } of orderBy) {
    const type = columnOf(column)?.type;
    if (type === undefined) return `it has no column ${JSON.stringify(column)}`;
    if (type === "json") return `its column ${column} is of type json, which has no order`;
  }
  if (orderBy.at(-1)?.column !== table.columns[0]?.name) return "the last column of the order must be its key";
  if (after !== undefined && after.length !== orderBy.length)
    return `a place in an order of ${orderBy.length} columns takes as many values, not ${after.length}`;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    return `the limit ${limit} is no number of rows`;
  return undefined;
}

function conditionFault(condition: RowCondition, { name, type }: Column): string | undefined {
  const isOfText = condition.operator === "startsWith" || condition.operator === "contains";
  if (isOfText && type !== "text")
    return `${condition.operator} is for text, and its column ${name} is of type ${type}`;
  if (type !== "json") return undefined;
  const values = condition.operator === "in" ? condition.values : [condition.value];
  return values.every((value) => value === null)
    ? undefined
    : `its column ${name} is of type json, which is compared with null only`;
}
