import {
  type Column,
  type ColumnType,
  type ColumnValue,
  decimalOrderKey,
  type Row,
  type Table,
} from "@tidemark/core/adapter";

/** SQLite has no booleans. */
export type BoundValue = Exclude<ColumnValue, boolean>;

/** A column of numbers takes any type, because a REAL column turns -0 into 0. */
const STORED: Readonly<Record<ColumnType, string>> = {
  text: "TEXT",
  integer: "INTEGER",
  number: "ANY",
  decimal: "TEXT",
  boolean: "INTEGER",
  time: "INTEGER",
  json: "TEXT",
};

/** Each column's type stands beside that of SQLite in a comment. */
export function tableDefinition({ name, columns }: Table): string {
  const definitions = columns.map((column, index) => definitionOf(column, index === 0 ? " NOT NULL PRIMARY KEY" : ""));
  const ofOrder = columns.filter(isDecimal).map(orderOf);
  return `CREATE TABLE "${name}" (${[...definitions, ...ofOrder].join(", ")}) STRICT`;
}

/** The statements that add columns to a table: as `tableDefinition` describes them, each with that which it is ordered by. */
export function columnAdditions(table: string, added: readonly Column[]): string {
  const definitions = added.flatMap((column) => [
    definitionOf(column),
    ...(isDecimal(column) ? [orderOf(column)] : []),
  ]);
  return definitions.map((definition) => `ALTER TABLE "${table}" ADD COLUMN ${definition}`).join("; ");
}

/** A column with its type, or a text, which may hold what looks like one. */
const COLUMNS = /"(\w+)" [A-Z ]+(?:DEFAULT (?:'(?:[^']|'')*'|[^ ']+) )?\/\* (\w+) \*\/|'(?:[^']|'')*'/g;

/** The columns of a table by its definition, which SQLite changes only by adding columns; none for a definition that is not one of ours. */
export function columnsIn(definition: string): readonly Column[] {
  return Array.from(definition.matchAll(COLUMNS), ([, name, type]) => ({ name, type }) as Column).filter(
    ({ name }) => name !== undefined,
  );
}

/** Describes columns in words. */
export function describedColumns(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(", ");
}

/** The columns that SQLite has for a table: those of the table, then those that decimals are ordered by. */
export function storedColumns({ columns }: Table): readonly string[] {
  return [...columns.map(({ name }) => name), ...columns.filter(isDecimal).map(orderColumn)];
}

/**
 * The column that SQLite compares in the place of a column. Decimals are kept as their digits, and their place among other decimals as
 * a text beside them, in a column whose name holds a colon, which no other column's name does.
 */
export function comparedColumn(column: Column): string {
  return isDecimal(column) ? orderColumn(column) : column.name;
}

/** What to compare with the `comparedColumn`. */
export function comparedValue({ type }: Column, value: ColumnValue): BoundValue {
  return type === "decimal" && value !== null ? decimalOrderKey(String(value)) : boundValue(value);
}

/** The values of `storedColumns`. */
export function boundRow(row: Row, { columns }: Table): readonly BoundValue[] {
  if (columns.every(isBoundAsItIs)) return row as readonly BoundValue[];
  const bound = row.map(boundValue);
  for (const [index, column] of columns.entries())
    if (isDecimal(column)) bound.push(comparedValue(column, row[index]!));
  return bound;
}

function isBoundAsItIs({ type }: Column): boolean {
  return type !== "boolean" && type !== "decimal";
}

/** Makes a row of a table of what SQLite has in the table's columns. */
export function rowIn(row: readonly BoundValue[], columns: readonly Column[]): Row {
  if (!columns.some(isBoolean)) return row;
  return Array.from(row, (value, index) =>
    value !== null && columns[index]?.type === "boolean" ? value === 1 : value,
  );
}

function boundValue(value: ColumnValue): BoundValue {
  return typeof value === "boolean" ? Number(value) : value;
}

function isBoolean({ type }: Column): boolean {
  return type === "boolean";
}

function isDecimal({ type }: Column): boolean {
  return type === "decimal";
}

function definitionOf(column: Column, constraint = ""): string {
  const { name, type } = column;
  return `"${name}" ${STORED[type]}${constraint}${defaultOf(boundValue(column.default ?? null))} /* ${type} */`;
}

function orderOf(column: Column): string {
  return `"${orderColumn(column)}" TEXT${defaultOf(comparedValue(column, column.default ?? null))}`;
}

function defaultOf(value: BoundValue): string {
  if (value === null) return "";
  return ` DEFAULT ${typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value)}`;
}

function orderColumn({ name }: Column): string {
  return `${name}:order`;
}
