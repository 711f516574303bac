import type { ColumnValue, Table } from "./table";

/** Which rows of a table to read, and in which order. */
export interface RowQuery {
  readonly table: Table;
  /** All of them hold for each row. */
  readonly where: readonly RowCondition[];
  /**
   * The last column is the key of the table, so that no two rows have the same place. Null comes before every other value; text
   * is ordered by its code points, `decimal` by its value, `false` before `true`.
   */
  readonly orderBy: readonly RowOrder[];
  /** Only rows behind this place: a value for each column of `orderBy`. */
  readonly after?: readonly ColumnValue[];
  readonly limit?: number;
}

/** A column to order rows by. */
export interface RowOrder {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

/** What holds for the value of a column. Columns of type `json` are compared with null only. */
export type RowCondition = EqualityCondition | ComparisonCondition | MembershipCondition | TextCondition;

/** Null equals null, and differs from every other value. */
export interface EqualityCondition {
  readonly column: string;
  readonly operator: "=" | "!=";
  readonly value: ColumnValue;
}

/** Never holds for null. */
export interface ComparisonCondition {
  readonly column: string;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly value: Exclude<ColumnValue, null>;
}

/** The column has one of the values; none where the list is empty. */
export interface MembershipCondition {
  readonly column: string;
  readonly operator: "in";
  readonly values: readonly ColumnValue[];
}

/** The column, of type `text`, starts with or contains a text, upper and lower case told apart. Never holds for null. */
export interface TextCondition {
  readonly column: string;
  readonly operator: "startsWith" | "contains";
  readonly value: string;
}
