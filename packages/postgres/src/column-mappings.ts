import type { Column, ColumnType, ColumnValue, Row as ModelRow, Table } from "@tidemark/core/adapter";

import { bigintArray, booleanArray, doubleArray, textArray, timeArray, timeValue } from "./binary-arrays";
import type { Parameter, Row } from "./work";

/**
 * How the values of a column are stored, sent and read.
 *
 * `json`, not `jsonb`, which reorders keys, rewrites numbers and refuses some strings: the text comes back as it was given.
 */
interface ColumnMapping {
  readonly stored: string;
  /** The type of the array that values are sent in; they are cast to the stored type where it is another. */
  readonly sent: string;
  readonly array: (values: readonly ColumnValue[]) => Buffer;
  /** A value by itself. */
  readonly parameter: (value: Exclude<ColumnValue, null>) => Parameter;
  readonly read: (column: string) => string;
  readonly value: (text: string) => ColumnValue;
}

type ColumnArray = ColumnMapping["array"];

const asItIs = (column: string) => column;
const text = {
  sent: "text",
  array: textArray as ColumnArray,
  parameter: String,
  read: asItIs,
  value: (text: string) => text,
};
const double = "double precision";
const timestamp = "timestamp with time zone";

const MAPPINGS: Readonly<Record<ColumnType, ColumnMapping>> = {
  text: { ...text, stored: 'text COLLATE "C"' },
  decimal: { ...text, stored: "numeric" },
  json: { ...text, stored: "json" },
  integer: { ...text, stored: "bigint", sent: "bigint", array: bigintArray as ColumnArray, value: Number },
  number: { ...text, stored: double, sent: double, array: doubleArray as ColumnArray, value: Number },
  boolean: {
    ...text,
    stored: "boolean",
    sent: "boolean",
    array: booleanArray as ColumnArray,
    value: (text) => text === "t",
  },
  time: {
    stored: timestamp,
    sent: timestamp,
    array: timeArray as ColumnArray,
    parameter: timeValue as ColumnMapping["parameter"],
    // Before version 14 `extract` answers a double, which holds whole seconds exactly, but not all milliseconds beside them.
    read: (column) =>
      `extract(epoch FROM date_trunc('second', ${column}))::bigint * 1000 + extract(milliseconds FROM ${column})::bigint % 1000`,
    value: Number,
  },
};

/** The types of columns by their stored types. */
const TYPES: ReadonlyMap<string, ColumnType> = new Map(
  Object.keys(MAPPINGS).map((type) => [storedType({ name: "", type: type as ColumnType }), type as ColumnType]),
);

export function mappingOf({ type }: Column): ColumnMapping {
  return MAPPINGS[type];
}

/** The name of a column's stored type without its collation. */
export function storedType(column: Column): string {
  return mappingOf(column).stored.split(" COLLATE ", 1)[0]!;
}

/** The definition of a table: its key, then its other columns. */
export function tableDefinition({ columns }: Table): string {
  const definitions = columns.map((column, index) => `${columnDefinition(column)}${index === 0 ? " PRIMARY KEY" : ""}`);
  return `(${definitions.join(", ")})`;
}

export function columnDefinition(column: Column): string {
  const { name, type, default: value } = column;
  const definition = `"${name}" ${mappingOf(column).stored}`;
  if (value === undefined) return definition;
  const literal = `'${String(value).replaceAll("'", "''")}'`;
  return `${definition} DEFAULT ${type === "time" ? `timestamptz 'epoch' + ${literal} * interval '1 millisecond'` : literal}`;
}

/** The columns that `describedColumns` describes; undefined where one has a type that no read model's column has. */
export function columnsIn(described: string): readonly Column[] | undefined {
  const columns = described.split(", ").map((column) => {
    const space = column.indexOf(" ");
    return { name: column.slice(0, space), type: TYPES.get(column.slice(space + 1)) };
  });
  return columns.every((column): column is Column => column.type !== undefined) ? columns : undefined;
}

/** Describes columns as the server does. */
export function describedColumns(columns: readonly Column[]): string {
  return columns.map((column) => `${column.name} ${storedType(column)}`).join(", ");
}

/** Makes a row of a table of the texts that the server sent, which are those of all columns in order. */
export function rowOf(row: Row, { columns }: Table): ModelRow {
  return row.map((text, index) => (text === null ? null : mappingOf(columns[index]!).value(text)));
}
