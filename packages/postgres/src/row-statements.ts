import type { ColumnType, ColumnValue, Row as ModelRow, Table } from "@tidemark/core/adapter";

import { bigintArray, booleanArray, doubleArray, textArray, timeArray } from "./binary-arrays";
import type { Parameter, Row, Statement } from "./work";

/**
 * How the values of a column are stored, sent and read.
 *
 * `json`, not `jsonb`, which reorders keys, rewrites numbers and refuses some strings: the text comes back as it was given.
 */
interface ColumnMapping {
  readonly stored: string;
  /** The type of the array that values are sent in; they are cast to the stored type where it is another. */
  readonly sent: string;
  readonly array: ColumnArray;
  readonly read: (column: string) => string;
  readonly value: (text: string) => ColumnValue;
}

type ColumnArray = (values: readonly ColumnValue[]) => Buffer;

const asItIs = (column: string) => column;
const text = { sent: "text", array: textArray as ColumnArray, read: asItIs, value: (text: string) => text };
const double = "double precision";
const timestamp = "timestamp with time zone";

const MAPPINGS: Readonly<Record<ColumnType, ColumnMapping>> = {
  text: { ...text, stored: 'text COLLATE "C"' },
  decimal: { ...text, stored: "numeric" },
  json: { ...text, stored: "json" },
  integer: { stored: "bigint", sent: "bigint", array: bigintArray as ColumnArray, read: asItIs, value: Number },
  number: { stored: double, sent: double, array: doubleArray as ColumnArray, read: asItIs, value: Number },
  boolean: {
    stored: "boolean",
    sent: "boolean",
    array: booleanArray as ColumnArray,
    read: asItIs,
    value: (text) => text === "t",
  },
  time: {
    stored: timestamp,
    sent: timestamp,
    array: timeArray as ColumnArray,
    // Before version 14 `extract` answers a double, which holds whole seconds exactly, but not all milliseconds beside them.
    read: (column) =>
      `extract(epoch FROM date_trunc('second', ${column}))::bigint * 1000 + extract(milliseconds FROM ${column})::bigint % 1000`,
    value: Number,
  },
};

/** The definition of a table: its key, then its other columns. */
export function tableDefinition({ columns }: Table): string {
  const definitions = columns.map(
    ({ name, type }, index) => `"${name}" ${MAPPINGS[type].stored}${index === 0 ? " PRIMARY KEY" : ""}`,
  );
  return `(${definitions.join(", ")})`;
}

/** Describes the columns of a table as the server does. */
export function describedColumns({ columns }: Table): string {
  return columns.map(({ name, type }) => `${name} ${MAPPINGS[type].stored.split(" COLLATE ", 1)[0]}`).join(", ");
}

/**
 * The statements for the rows of one table. All rows of a call come in arrays, one for each column. They are written in the order
 * of their keys, in which all transactions wait for each other.
 */
export class RowStatements {
  readonly upsert: Statement;
  readonly delete: Statement;
  /** Reads rows by their keys; `rowOf` makes rows of the answer. */
  readonly select: Statement;

  /**
   * @param table whose names were checked.
   * @param name what the names of the statements end with: different for each table and set of columns.
   */
  constructor(
    readonly table: Table,
    schema: string,
    name: string,
  ) {
    const { columns } = table;
    const into = `${schema}."${table.name}"`;
    const names = columns.map((column) => `"${column.name}"`);
    const key = names[0]!;
    const mappings = columns.map(({ type }) => MAPPINGS[type]);
    const arrays = mappings.map(({ sent }, index) => `$${index + 1}::${sent}[]`);
    const values = mappings.map(({ stored, sent }, index) =>
      stored.startsWith(sent) ? `r.${names[index]}` : `r.${names[index]}::${stored}`,
    );
    const replaced = names.slice(1).map((column) => `${column} = excluded.${column}`);
    const onConflict = replaced.length === 0 ? "NOTHING" : `UPDATE SET ${replaced.join(", ")}`;
    this.upsert = {
      name: `upsert_${name}`,
      text: `
        INSERT INTO ${into} (${names.join(", ")})
        SELECT ${values.join(", ")} FROM unnest(${arrays.join(", ")}) AS r (${names.join(", ")})
        ORDER BY r.${key} COLLATE "C"
        ON CONFLICT (${key}) DO ${onConflict}`,
    };
    this.delete = {
      name: `delete_${name}`,
      text: `
        WITH locked AS MATERIALIZED (
          SELECT ${key} FROM ${into} WHERE ${key} = ANY ($1::text[]) ORDER BY ${key} FOR UPDATE
        )
        DELETE FROM ${into} AS t USING locked WHERE t.${key} = locked.${key}`,
    };
    const read = mappings.map(({ read }, index) => read(names[index]!));
    this.select = {
      name: `select_${name}`,
      text: `SELECT ${read.join(", ")} FROM ${into} WHERE ${key} = ANY ($1::text[])`,
    };
  }

  /** A row that has its key and no other value. */
  emptyRow(key: string): ModelRow {
    return this.table.columns.map((_, index) => (index === 0 ? key : null));
  }

  /** The values of `upsert`. */
  arraysOf(rows: readonly ModelRow[]): Parameter[] {
    return this.table.columns.map(({ type }, index) => MAPPINGS[type].array(rows.map((row) => row[index]!)));
  }

  rowOf(row: Row): ModelRow {
    return row.map((text, index) => (text === null ? null : MAPPINGS[this.table.columns[index]!.type].value(text)));
  }
}
