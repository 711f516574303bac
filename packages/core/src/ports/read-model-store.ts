import type { Answer } from "./answer";
import type { RowQuery } from "./row-query";

/** The tables that hold the rows of read models. Rows change by operations; see `UpsertRows` and `DeleteRows`. */
export interface ReadModelStore {
  /**
   * Creates a table with its indexes. Does nothing where the same table is there already.
   * @throws ConfigurationError for a table of that name with other columns, or a name that the store keeps for itself.
   */
  createTable(table: Table): Answer<void>;
  /** Drops a table with its rows, where there is one. Views of it go with it. */
  dropTable(name: string): Answer<void>;
  /** Whether the store has a table or a view of this name, whoever made it. */
  has(name: string): Answer<boolean>;
  /**
   * Shows some columns of a table under a name for other tools: in the place of a view that had the name.
   * @throws ConfigurationError where something other than a view has the name, or it is one that the store keeps for itself.
   */
  createView(view: View): Answer<void>;
  /** The name of the table that a view shows; undefined where there is no such view. */
  viewedTable(name: string): Answer<string | undefined>;
  /** The rows with these keys, in any order, as many as there are. */
  rows(table: Table, keys: readonly string[]): Answer<readonly Row[]>;
  /** The rows that a query asks for, in its order. All of them come from one moment. */
  query(query: RowQuery): Answer<readonly Row[]>;
  /** How many rows there are for which the conditions hold. */
  count(query: Pick<RowQuery, "table" | "where">): Answer<number>;
}

/** A table of rows, each found by its key. Names match `^[a-z_][a-z0-9_]{0,62}$`. */
export interface Table {
  readonly name: string;
  /** The first column is the key: text, and never null. */
  readonly columns: readonly Column[];
  readonly indexes?: readonly Index[];
}

/** An index of a table besides that of its key. */
export interface Index {
  readonly columns: readonly string[];
  /**
   * Whether no two rows may have the same values in its columns, null in none of them. Operations that would break that are refused
   * with a UniqueViolationError.
   */
  readonly isUnique?: boolean;
}

/** A view: some columns of a table, under a name of its own. */
export interface View {
  readonly name: string;
  readonly table: Table;
  /** The names of the columns that it shows, in order. */
  readonly columns: readonly string[];
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
