/** A table of rows, each found by its key. Names match `^[a-z_][a-z0-9_]{0,62}$`. */
export interface Table {
  readonly name: string;
  /** The first column is the key: text, and never null. */
  readonly columns: readonly Column[];
  readonly indexes?: readonly Index[];
  /**
   * Whether these may be some of the columns of the stored table, whatever their order is there: releases that know more columns of it, or
   * fewer, use it at the same time. Columns that are not named are null in rows that are new, and stay as they are in rows that are replaced.
   */
  readonly isPartial?: boolean;
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
  /** What the column holds in rows that do not name it, and in those that are there when an extension adds it; null where absent. */
  readonly default?: NonNullable<ColumnValue>;
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
