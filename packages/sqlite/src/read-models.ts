import { ConfigurationError, UniqueViolationError } from "@tidemark/core";
import {
  addedColumns,
  type Column,
  type DeleteRows,
  fitsStored,
  foreignTable,
  guardedColumn,
  type Index,
  type Operation,
  type Row,
  type RowGuard,
  type RowQuery,
  refusedTable,
  switchFault,
  type Table,
  type TableSwitch,
  tableFault,
  tableNameFault,
  type UpsertRows,
  type View,
  viewFault,
} from "@tidemark/core/adapter";
import { uniqueViolationIn } from "./database-errors";
import type { Database } from "./drivers/database";
import { ReadModelViews } from "./read-model-views";
import { RowStatements } from "./row-statements";
import { columnAdditions, columnsIn, comparedColumn, describedColumns, tableDefinition } from "./stored-columns";
import { transaction } from "./transaction";

/**
 * The rows of read models, each model in a table of its own.
 *
 * The columns of a table are known by the text of its definition, which SQLite keeps as it was given.
 */
export class ReadModels {
  readonly views: ReadModelViews;
  /** By the table's name. */
  private readonly statements = new Map<string, RowStatements>();
  private readonly definition;
  private readonly isThere;
  private readonly indexes;

  constructor(private readonly database: Database) {
    this.views = new ReadModelViews(database);
    this.definition = database.values<[string], string>("SELECT sql FROM sqlite_schema WHERE name = ?");
    this.isThere = database.values<[string], number>(
      "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?",
    );
    this.indexes = database.values<[string], string>(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    );
  }

  /** Whether a table is there with all of its indexes. */
  hasTable(table: Table): boolean {
    const { name, indexes = [] } = table;
    if (!fits(table, this.columnsInWords(name))) return false;
    return indexes.length === 0 || this.missingIndexes(table).length === 0;
  }

  /** Whether there is a table or a view of this name, whoever made it. */
  has(name: string): boolean {
    return this.isThere.get(name) === 1;
  }

  /**
   * Creates a table with those of its indexes that are missing, all or none.
   * @throws ConfigurationError for a table of that name with other columns; UniqueViolationError where its rows do not fit an index.
   */
  create(table: Table): void {
    transaction(this.database, () => this.createAll(table));
  }

  /** @throws ConfigurationError for a table that is not one of a read model. */
  columnsOf(name: string): readonly Column[] | undefined {
    const definition = this.definition.get(name);
    if (definition === undefined || !isTable(definition)) return undefined;
    const columns = columnsIn(definition);
    if (columns.length === 0) throw foreignTable(name, definition);
    return columns;
  }

  /**
   * Adds the columns and indexes that a table lacks, all or none.
   * @throws ConfigurationError where the table cannot have them; UniqueViolationError where its rows do not fit an index.
   */
  extend(table: Table): void {
    transaction(this.database, () => {
      const added = addedColumns(table, this.columnsOf(table.name));
      this.statements.delete(table.name);
      this.database.exec(columnAdditions(table.name, added));
      for (const index of this.missingIndexes(table)) this.createIndex(table, index);
    });
  }

  /** @returns false where the table has a row for which the conditions hold: it stays then. */
  dropUnless(rows: Pick<RowQuery, "table" | "where">): boolean {
    const { name } = rows.table;
    if (this.columnsOf(name) === undefined) return true;
    if (this.count(rows) > 0) return false;
    this.drop(name);
    return true;
  }

  drop(name: string): void {
    transaction(this.database, () => {
      this.statements.delete(name);
      this.views.dropOf(name);
      if (isTable(this.definition.get(name) ?? "")) this.database.exec(`DROP TABLE "${name}"`);
    });
  }

  /**
   * Puts the table `by` in the place of another one, which is called `kept` from then on, inside a transaction that is open. Views show
   * the table that has the name which they were made for: the older way of renaming leaves them as they are.
   *
   * @throws IncorrectUsageError for a table that was not created as it is given.
   */
  switch({ table, by, kept, view }: TableSwitch): void {
    for (const name of [table.name, by]) this.checkThere({ ...table, name });
    this.drop(kept);
    this.views.dropOf(by);
    for (const name of [table.name, by]) this.statements.delete(name);
    this.database.pragma("legacy_alter_table = ON");
    try {
      this.database.exec(
        `ALTER TABLE "${table.name}" RENAME TO "${kept}"; ALTER TABLE "${by}" RENAME TO "${table.name}"`,
      );
    } finally {
      this.database.pragma("legacy_alter_table = OFF");
    }
    if (view !== undefined && !this.views.has(view)) this.createView(view);
  }

  private checkThere(table: Table): void {
    const found = this.columnsInWords(table.name);
    if (!fits(table, found)) throw refusedTable(table, found);
  }

  /** @throws IncorrectUsageError for a table that was not created; ConfigurationError where something else has the name. */
  createView(view: View): void {
    this.statementsOf(view.table);
    transaction(this.database, () => this.views.create(view));
  }

  /** @throws IncorrectUsageError for a table that was not created. */
  rows(table: Table, keys: readonly string[]): readonly Row[] {
    return this.using(table, (statements) => statements.rows(keys));
  }

  /** @throws IncorrectUsageError for a table that was not created, or a query that it cannot answer. */
  query(query: RowQuery): readonly Row[] {
    return this.using(query.table, ({ queries }) => queries.rows(query));
  }

  /** @throws IncorrectUsageError for a table that was not created, or a query that it cannot answer. */
  count(query: Pick<RowQuery, "table" | "where">): number {
    return this.using(query.table, ({ queries }) => queries.count(query));
  }

  /**
   * Changes rows, inside a transaction that somebody else starts and commits. All guards are checked first, and rows are deleted
   * before others take their values.
   *
   * @throws IncorrectUsageError for a table that was not created; OperationConflictError; UniqueViolationError
   */
  apply(operations: readonly Operation[]): void {
    const [replaced] = operations;
    if (operations.length === 1 && isReplacement(replaced!)) {
      const { table, rows, guard } = replaced;
      guardedColumn(table, guard, 1);
      this.using(table, (statements) => statements.replace(rows[0], guard));
      return;
    }
    const changes = new Map<RowStatements, RowChanges>();
    for (const operation of operations) {
      if (operation.kind !== "upsertRows" && operation.kind !== "deleteRows") continue;
      const { table } = operation;
      const used = this.using(table, (statements) => {
        checkGuard(statements, operation);
        return statements;
      });
      const change = changes.get(used) ?? { table, rows: [], keys: [] };
      changes.set(used, change);
      if (operation.kind === "upsertRows") for (const row of operation.rows) change.rows.push(row);
      else for (const key of operation.keys) change.keys.push(key);
    }
    for (const { table, keys, rows } of changes.values()) {
      this.using(table, (statements) => {
        statements.delete(keys);
        statements.upsert(rows);
      });
    }
  }

  /** The columns of a table; undefined where there is none. The definition itself where it is not one of ours. */
  private columnsInWords(name: string): string | undefined {
    const definition = this.definition.get(name);
    return definition && (describedColumns(columnsIn(definition)) || definition);
  }

  private createAll(table: Table): void {
    const { name } = table;
    const known = this.columnsInWords(name);
    if (known === undefined) this.database.exec(tableDefinition(table));
    else if (!fits(table, known)) throw new ConfigurationError(`the table ${name} has other columns: ${known}`);
    for (const index of this.missingIndexes(table)) this.createIndex(table, index);
  }

  private missingIndexes(table: Table): readonly Index[] {
    const { name, indexes = [] } = table;
    const known = new Set(this.indexes.all(name).map(indexedIn));
    return indexes.filter((index) => !known.has(indexed(table, index)));
  }

  private createIndex(table: Table, index: Index): void {
    const kind = index.isUnique ? "UNIQUE INDEX" : "INDEX";
    const name = this.freeIndexName(table, index);
    try {
      this.database.exec(`CREATE ${kind} "${name}" ON "${table.name}" (${indexedColumns(table, index)})`);
    } catch (error) {
      const violation = uniqueViolationIn(error);
      throw violation === undefined ? error : new UniqueViolationError(violation, error);
    }
  }

  /** An index keeps its name when its table is renamed: the name may belong to the index of another table. */
  private freeIndexName({ name }: Table, index: Index): string {
    const wanted = indexName(name, index);
    let free = wanted;
    for (let count = 2; this.definition.get(free) !== undefined; count++) free = `${wanted}:${count}`;
    return free;
  }

  private using<T>(table: Table, use: (statements: RowStatements) => T): T {
    const statements = this.statementsOf(table);
    try {
      return use(statements);
    } catch (error) {
      const found = this.columnsInWords(table.name);
      if (fits(statements.table, found)) throw error;
      // Another process has dropped the table, or created another one of its name.
      this.statements.delete(table.name);
      throw refusedTable(table, found);
    }
  }

  private statementsOf(table: Table): RowStatements {
    const known = this.statements.get(table.name);
    if (known?.table === table) return known;
    if (tableFault(table) !== undefined) throw refusedTable(table);
    if (known?.isFor(table)) return known;
    const found = this.columnsInWords(table.name);
    if (!fits(table, found)) throw refusedTable(table, found);
    const statements = new RowStatements(this.database, table);
    this.statements.set(table.name, statements);
    return statements;
  }
}

/** @param stored the columns of the stored table in words; undefined where there is none. */
function fits(table: Table, stored: string | undefined): boolean {
  return fitsStored(table, describedColumns(table.columns), stored);
}

function isTable(definition: string): boolean {
  return definition.startsWith("CREATE TABLE");
}

/** What a transaction changes in one table that is given with certain columns. */
interface RowChanges {
  readonly table: Table;
  readonly rows: Row[];
  readonly keys: string[];
}

/** @throws ConfigurationError for a definition that no table can have. */
export function checkTable(table: Table): void {
  refuse(tableFault(table));
}

/** @throws ConfigurationError for a name that no table can have, or that is the store's own. */
export function checkTableName(name: string): void {
  refuse(tableNameFault(name));
}

/** @throws ConfigurationError for a definition that no view can have. */
export function checkView(view: View): void {
  refuse(viewFault(view));
}

/** @throws ConfigurationError for names that no tables can have. */
export function checkSwitch(change: TableSwitch): void {
  refuse(switchFault(change));
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ConfigurationError(fault);
}

/** Puts one row in the place of another. */
type Replacement = UpsertRows & { readonly rows: readonly [Row]; readonly guard: RowGuard };

function isReplacement(operation: Operation): operation is Replacement {
  if (operation.kind !== "upsertRows" || operation.rows.length !== 1) return false;
  const { guard } = operation;
  return guard !== undefined && guard.expected.length === 1 && guard.expected[0] !== null;
}

function checkGuard(statements: RowStatements, operation: UpsertRows | DeleteRows): void {
  const { table, guard } = operation;
  if (guard === undefined) return;
  const keys = operation.kind === "upsertRows" ? operation.rows.map(([key]) => String(key)) : operation.keys;
  guardedColumn(table, guard, keys.length);
  statements.checkGuard(keys, guard);
}

/** Holds a colon, which no table's name does: tables and indexes share their names. */
function indexName(table: string, { columns, isUnique }: Index): string {
  return `${table}:${columns.join(",")}${isUnique ? ":unique" : ""}`;
}

/** What an index of a table is on, as `indexedIn` reads it from the definition of one that is there. */
function indexed(table: Table, index: Index): string {
  return `${index.isUnique ? "UNIQUE " : ""}(${indexedColumns(table, index)})`;
}

function indexedIn(definition: string): string {
  const [, unique = "", columns = definition] =
    /^CREATE (UNIQUE )?INDEX "[^"]+" ON "[^"]+" (\(.*\))$/.exec(definition) ?? [];
  return `${unique}${columns}`;
}

/** The columns of an index in SQL: those that SQLite compares, and the key behind them where rows may share their values. */
function indexedColumns({ columns }: Table, index: Index): string {
  const [key] = columns;
  const isOfKey = index.isUnique || index.columns.includes(key!.name);
  const compared = index.columns.map((each) => comparedColumn(columns.find((column) => column.name === each)!));
  const all = isOfKey ? compared : [...compared, key!.name];
  return all.map((column) => `"${column}"`).join(", ");
}
