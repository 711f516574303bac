import type { Answer } from "./answer";

/** The tables that hold the rows of read models. Rows change by operations; see `UpsertRows` and `DeleteRows`. */
export interface ReadModelStore {
  /**
   * Creates a table with its indexes. Does nothing where the same table is there already.
   * @throws ConfigurationError for a table of that name with other columns, or a name that the store keeps for itself.
   */
  createTable(table: Table): Answer<void>;
  /** Drops a table with its rows, where there is one. */
  dropTable(name: string): Answer<void>;
  /** The rows with these keys, in any order, as many as there are. */
  rows(table: Table, keys: readonly string[]): Answer<readonly Row[]>;
}

/** A table of rows, each found by its key. Names match `^[a-z_][a-z0-9_]{0,62}$`. */
export interface Table {
  readonly name: string;
  /** The first column is the key: text, and never null. */
  readonly columns: readonly Column[];
  /** The columns of each index besides that of the key. */
  readonly indexes?: readonly (readonly string[])[];
}

/** A column of a read model's table. Every column but the key may be null. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * How a value is stored, and how it travels: `text`, `decimal` (its digits) and `json` as string, `integer` (whole, up to
 * 2^53) and `number` as number, `time` as milliseconds since 1970, `boolean` as boolean.
 */
export type ColumnType = "text" | "integer" | "number" | "decimal" | "boolean" | "time" | "json";

/** A value of a column, as `ColumnType` describes it. */
export type ColumnValue = string | number | boolean | null;

/** The values of a row, in the order of its table's columns. */
export type Row = readonly ColumnValue[];
