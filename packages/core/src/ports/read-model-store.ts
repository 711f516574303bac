import type { Answer } from "./answer";
import type { Operation } from "./operations";
import type { RowQuery } from "./row-query";
import type { Column, Row, Table, View } from "./table";

/** The tables that hold the rows of read models. Rows change by operations; see `UpsertRows` and `DeleteRows`. */
export interface ReadModelStore {
  /**
   * Creates a table with its indexes. Does nothing where the same table is there already.
   * @throws ConfigurationError for a table of that name with other columns, or a name that the store keeps for itself.
   */
  createTable(table: Table): Answer<void>;
  /**
   * The columns of a table, in the order that they have in the store; undefined where there is no such table.
   * @throws ConfigurationError for a table that is not one of a read model.
   */
  columnsOf(name: string): Answer<readonly Column[] | undefined>;
  /**
   * Adds to a table the columns and indexes that it lacks, all or none. The columns come behind those that it has, in the order given,
   * and hold their defaults in its rows. Columns that it has beyond those given stay where they are.
   *
   * @throws ConfigurationError where there is no such table, or where its key or the type of a column is another one.
   * @throws UniqueViolationError where its rows do not fit an index.
   */
  extendTable(table: Table): Answer<void>;
  /** Drops a table with its rows, where there is one. Views of it go with it. */
  dropTable(name: string): Answer<void>;
  /**
   * Drops a table as `dropTable` does unless it has a row for which the conditions hold. No row can be stored in between.
   * @returns false where it has such a row.
   */
  dropTableUnless(rows: Pick<RowQuery, "table" | "where">): Answer<boolean>;
  /** Whether the store has a table or a view of this name, whoever made it. */
  has(name: string): Answer<boolean>;
  /**
   * Shows some columns of a table under a name for other tools: in the place of a view that had the name.
   * @throws ConfigurationError where something other than a view has the name, or it is one that the store keeps for itself.
   */
  createView(view: View): Answer<void>;
  /** The name of the table that a view shows; undefined where there is no such view. */
  viewedTable(name: string): Answer<string | undefined>;
  /**
   * Puts a table in the place of another one with the same columns, in one short transaction together with operations. Readers see the
   * one or the other, never neither.
   *
   * @throws OperationConflictError where an operation is refused, where the table could not be had in time because others work with it,
   *   and where events were stored behind `upTo`; nothing is changed then.
   */
  switchTable(change: TableSwitch): Answer<void>;
  /** The rows with these keys, in any order, as many as there are. */
  rows(table: Table, keys: readonly string[]): Answer<readonly Row[]>;
  /** The rows that a query asks for, in its order. All of them come from one moment. */
  query(query: RowQuery): Answer<readonly Row[]>;
  /** How many rows there are for which the conditions hold. */
  count(query: Pick<RowQuery, "table" | "where">): Answer<number>;
}

/** Which table takes the place of which. */
export interface TableSwitch {
  /** The table as it is to be read from now on: its name stays, its rows become those of `by`. */
  readonly table: Table;
  /** The name of the table whose rows are to be read. There is none of this name afterwards. */
  readonly by: string;
  /** The name that the present table gets. One that has it is dropped. */
  readonly kept: string;
  /** The view to make again: views follow a table that is renamed. Absent where the view shows another table. */
  readonly view?: View;
  /** How long to wait for those who work with the table. */
  readonly lockTimeoutMs: number;
  /** Refused where one of these categories has an event behind this global position, of writers under way too. */
  readonly upTo?: { readonly position: number; readonly categories: readonly string[] };
  /** Applied to the tables as they are called afterwards. */
  readonly also: readonly Operation[];
  /**
   * Called where events were stored behind `upTo`, by a store that can keep further ones off meanwhile; others refuse the switch.
   * @param last the global position of the last of these events. They can be read, and so can the rows of `by`.
   * @returns the operations to apply in the place of `also`.
   */
  readonly late?: (last: number) => Promise<readonly Operation[]>;
}
