import { ConfigurationError } from "@tidemark/core";
import {
  type Column,
  type ColumnType,
  type ColumnValue,
  type Row,
  refusedTable,
  type Table,
  tableFault,
  tableNameFault,
} from "@tidemark/core/adapter";
import type { Command, Database, Query } from "./drivers/database";
import { transaction } from "./transaction";

/**
 * The rows of read models, each model in a table of its own.
 *
 * A table is known by the text of its definition, which SQLite keeps as it was given: each column's type stands beside that of
 * SQLite in a comment.
 */
export class ReadModels {
  /** By the table's name. */
  private readonly statements = new Map<string, RowStatements>();
  private readonly definition;

  constructor(private readonly database: Database) {
    this.definition = database.values<[string], string>("SELECT sql FROM sqlite_schema WHERE name = ?");
  }

  /** Whether a table is there with all of its indexes. */
  has(table: Table): boolean {
    const { name, indexes = [] } = table;
    if (this.definition.get(name) !== definitionOf(table)) return false;
    return indexes.every((index) => this.definition.get(indexName(name, index)) !== undefined);
  }

  /**
   * Creates a table with those of its indexes that are missing, all or none.
   * @throws ConfigurationError for a table of that name with other columns.
   */
  create(table: Table): void {
    transaction(this.database, () => this.createAll(table));
  }

  private createAll(table: Table): void {
    const { name, indexes = [] } = table;
    const definition = definitionOf(table);
    const known = this.definition.get(name);
    if (known === undefined) this.database.exec(definition);
    else if (known !== definition)
      throw new ConfigurationError(`the table ${name} has other columns: ${columnsIn(known)}`);
    for (const index of indexes) {
      const columns = index.map((column) => `"${column}"`).join(", ");
      this.database.exec(`CREATE INDEX IF NOT EXISTS "${indexName(name, index)}" ON "${name}" (${columns})`);
    }
  }

  drop(name: string): void {
    this.statements.delete(name);
    this.database.exec(`DROP TABLE IF EXISTS "${name}"`);
  }

  /** @throws IncorrectUsageError for a table that was not created. */
  rows(table: Table, keys: readonly string[]): readonly Row[] {
    return this.using(table, ({ select }) => {
      const rows = select.all(JSON.stringify(keys));
      return Array.from(rows, (row) => rowIn(row, table.columns));
    });
  }

  /** @throws IncorrectUsageError for a table that was not created. */
  upsert(table: Table, rows: readonly Row[]): void {
    this.using(table, ({ upsert }) => {
      for (const row of rows) upsert.run(...row.map(boundValue));
    });
  }

  /** @throws IncorrectUsageError for a table that was not created. */
  delete(table: Table, keys: readonly string[]): void {
    this.using(table, (statements) => {
      for (const key of keys) statements.delete.run(key);
    });
  }

  private using<T>(table: Table, use: (statements: RowStatements) => T): T {
    const statements = this.statementsOf(table);
    try {
      return use(statements);
    } catch (error) {
      const definition = this.definition.get(table.name);
      if (definition === statements.definition) throw error;
      // Another process has dropped the table, or created another one of its name.
      this.statements.delete(table.name);
      throw refusedTable(table, definition && columnsIn(definition));
    }
  }

  private statementsOf(table: Table): RowStatements {
    const known = this.statements.get(table.name);
    if (known?.table === table) return known;
    const definition = definitionOf(table);
    if (known?.definition === definition) return known;
    const found = tableFault(table) === undefined ? this.definition.get(table.name) : undefined;
    if (found !== definition) throw refusedTable(table, found && columnsIn(found));
    const statements = this.prepare(table, definition);
    this.statements.set(table.name, statements);
    return statements;
  }

  private prepare(table: Table, definition: string): RowStatements {
    const name = `"${table.name}"`;
    const columns = table.columns.map((column) => `"${column.name}"`);
    const [key, ...others] = columns;
    const replaced = others.map((column) => `${column} = excluded.${column}`).join(", ");
    const onConflict = others.length === 0 ? "NOTHING" : `UPDATE SET ${replaced}`;
    const list = columns.join(", ");
    return {
      table,
      definition,
      select: this.database.rows<[string], BoundValue[]>(
        `SELECT ${list} FROM ${name} WHERE ${key} IN (SELECT value FROM json_each(?))`,
      ),
      upsert: this.database.prepare<BoundValue[]>(
        `INSERT INTO ${name} (${list}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT (${key}) DO ${onConflict}`,
      ),
      delete: this.database.prepare<[string]>(`DELETE FROM ${name} WHERE ${key} = ?`),
    };
  }
}

/** @throws ConfigurationError for a definition that no table can have. */
export function checkTable(table: Table): void {
  const fault = tableFault(table);
  if (fault !== undefined) throw new ConfigurationError(fault);
}

/** @throws ConfigurationError for a name that no table can have, or that is the store's own. */
export function checkTableName(name: string): void {
  const fault = tableNameFault(name);
  if (fault !== undefined) throw new ConfigurationError(fault);
}

/** The statements of one table. */
interface RowStatements {
  readonly table: Table;
  readonly definition: string;
  readonly select: Query<[string], BoundValue[]>;
  readonly upsert: Command<BoundValue[]>;
  readonly delete: Command<[string]>;
}

/** SQLite has no booleans. */
type BoundValue = Exclude<ColumnValue, boolean>;

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

function definitionOf({ name, columns }: Table): string {
  const definitions = columns.map(
    (column, index) =>
      `"${column.name}" ${STORED[column.type]}${index === 0 ? " NOT NULL PRIMARY KEY" : ""} /* ${column.type} */`,
  );
  return `CREATE TABLE "${name}" (${definitions.join(", ")}) STRICT`;
}

/** The columns of a table by its definition; the definition itself where it is not one of ours. */
function columnsIn(definition: string): string {
  const columns = Array.from(
    definition.matchAll(/"(\w+)" [A-Z ]+ \/\* (\w+) \*\//g),
    ([, name, type]) => `${name} ${type}`,
  );
  return columns.length === 0 ? definition : columns.join(", ");
}

/** Holds a colon, which no table's name does: tables and indexes share their names. */
function indexName(table: string, columns: readonly string[]): string {
  return `${table}:${columns.join(",")}`;
}

function boundValue(value: ColumnValue): BoundValue {
  return typeof value === "boolean" ? Number(value) : value;
}

function rowIn(row: readonly BoundValue[], columns: readonly Column[]): Row {
  return Array.from(row, (value, index) =>
    value !== null && columns[index]?.type === "boolean" ? value === 1 : value,
  );
}
