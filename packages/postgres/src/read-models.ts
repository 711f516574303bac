import { ConfigurationError, type IncorrectUsageError } from "@tidemark/core";
import {
  type Operation,
  type ReadModelStore,
  type Row,
  refusedTable,
  type Table,
  tableFault,
  tableNameFault,
} from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { LeasedConnection } from "./leased-connection";
import { refusalIn } from "./refused-operation";
import { describedColumns, RowStatements, tableDefinition } from "./row-statements";
import { isChangedTable, READ } from "./unavailable";
import type { Call, Statement } from "./work";

/** The rows of read models, each model in a table of its own in the store's schema. */
export class PostgresReadModels implements ReadModelStore {
  private readonly schema: string;
  private readonly statements: ReturnType<typeof statementsFor>;
  /** By the very object: whoever writes rows does so with the same one each time. */
  private readonly known = new WeakMap<Table, RowStatements>();
  /** By name and columns, since a connection keeps what it has prepared. */
  private readonly prepared = new Map<string, RowStatements>();
  /** Tables that were found to have the columns they are used with. */
  private readonly checked = new Set<RowStatements>();

  constructor(
    private readonly connections: Connections,
    schemaName: string,
  ) {
    this.schema = `"${schemaName}"`;
    this.statements = statementsFor(schemaName);
  }

  async createTable(table: Table): Promise<void> {
    const fault = tableFault(table);
    if (fault !== undefined) throw new ConfigurationError(fault);
    await this.changeTables(async (connection) => {
      const [row] = await connection.run(this.statements.describe, [table.name]);
      const columns = row![0];
      if (columns === null) await this.create(connection, table);
      else if (columns !== describedColumns(table))
        throw new ConfigurationError(`the table ${table.name} has other columns: ${columns}`);
    });
  }

  async dropTable(name: string): Promise<void> {
    const fault = tableNameFault(name);
    if (fault !== undefined) throw new ConfigurationError(fault);
    await this.changeTables((connection) => connection.run(once(`DROP TABLE IF EXISTS ${this.schema}."${name}"`)));
  }

  async rows(table: Table, keys: readonly string[]): Promise<readonly Row[]> {
    const statements = this.statementsOf(table);
    for (let isLast = false; ; isLast = true) {
      const calls = [...this.checksOf([statements]), { statement: statements.select, values: [textArray(keys)] }];
      try {
        const rowsOfEach = await this.connections.performAll(calls);
        this.used([table]);
        return rowsOfEach.at(-1)!.map((row) => statements.rowOf(row));
      } catch (error) {
        const refusal = this.refusal(error, [table]);
        if (refusal !== undefined) throw refusal;
        if (!isChangedTable(error) || isLast) throw this.connections.unavailable(READ, error);
      }
    }
  }

  /** The statements that store and delete all rows of these operations: table by table, in the order of their names. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const changes = new Map<RowStatements, RowChanges>();
    for (const operation of operations) {
      if (operation.kind !== "upsertRows" && operation.kind !== "deleteRows") continue;
      const statements = this.statementsOf(operation.table);
      const change = changes.get(statements) ?? { statements, rows: [], keys: [] };
      changes.set(statements, change);
      if (operation.kind === "upsertRows") for (const row of operation.rows) change.rows.push(row);
      else for (const key of operation.keys) change.keys.push(key);
    }
    const inOrder = [...changes.values()].sort((a, b) => (a.statements.table.name < b.statements.table.name ? -1 : 1));
    return [...this.checksOf(changes.keys()), ...inOrder.flatMap(callsFor)];
  }

  /** Notes that statements used these tables and succeeded: the next ones need not check them. */
  used(tables: readonly Table[]): void {
    for (const table of tables) this.checked.add(this.statementsOf(table));
  }

  /**
   * Notes that statements used these tables and failed: the next ones check them again, since one may have been dropped, or
   * dropped and made anew.
   *
   * @returns the error for a table that was not created as it was used; undefined for an error of another cause.
   */
  refusal(error: unknown, tables: readonly Table[]): IncorrectUsageError | undefined {
    for (const table of tables) this.checked.delete(this.statementsOf(table));
    const refusal = refusalIn(error);
    if (refusal?.kind !== "table") return undefined;
    const { name, columns } = refusal;
    return refusedTable(tables.find((table) => table.name === name)!, columns === null ? undefined : String(columns));
  }

  /** A check of each table that was not used with success yet, or has failed since. */
  private checksOf(tables: Iterable<RowStatements>): readonly Call[] {
    return [...tables]
      .filter((statements) => !this.checked.has(statements))
      .map(({ table }) => ({ statement: this.statements.check, values: [table.name, describedColumns(table)] }));
  }

  private statementsOf(table: Table): RowStatements {
    let statements = this.known.get(table);
    if (statements === undefined) {
      if (tableFault(table) !== undefined) throw refusedTable(table);
      const shape = `${table.name} (${describedColumns(table)})`;
      statements = this.prepared.get(shape) ?? new RowStatements(table, this.schema, `rows_${this.prepared.size}`);
      this.prepared.set(shape, statements);
      this.known.set(table, statements);
    }
    return statements;
  }

  /** Changes tables in a transaction; processes that do so at the same time do it one after the other. */
  private async changeTables(change: (connection: LeasedConnection) => Promise<unknown>): Promise<void> {
    await this.connections.lease("Cannot change the tables of", async (connection) => {
      await connection.run({ name: "begin", text: "BEGIN" });
      await connection.run(this.statements.lock);
      await change(connection);
      await connection.run({ name: "commit", text: "COMMIT" });
    });
  }

  private async create(connection: LeasedConnection, { name, columns, indexes = [] }: Table): Promise<void> {
    const table = `${this.schema}."${name}"`;
    await connection.run(once(`CREATE TABLE ${table} ${tableDefinition({ name, columns })}`));
    for (const index of indexes) {
      await connection.run(once(`CREATE INDEX ON ${table} (${index.map((column) => `"${column}"`).join(", ")})`));
    }
  }
}

/** What one call changes in one table. */
interface RowChanges {
  readonly statements: RowStatements;
  readonly rows: Row[];
  readonly keys: string[];
}

/**
 * Where rows are both stored and deleted, the rows to delete are stored as well before that, with nothing but their key. One statement
 * then goes through all keys in their order, in which all transactions wait for each other; two would wait out of order.
 */
function callsFor({ statements, rows, keys }: RowChanges): Call[] {
  const calls: Call[] = [];
  if (rows.length > 0) {
    const all = [...rows, ...keys.map((key) => statements.emptyRow(key))];
    calls.push({ statement: statements.upsert, values: statements.arraysOf(all) });
  }
  if (keys.length > 0) calls.push({ statement: statements.delete, values: [textArray(keys)] });
  return calls;
}

/** A statement that is not worth preparing. */
function once(text: string): Statement {
  return { name: "", text };
}

function statementsFor(schemaName: string) {
  const columns = `(
    SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = to_regclass(format('%I.%I', '${schemaName}', $1::text)) AND a.attnum > 0 AND NOT a.attisdropped
  )`;
  return {
    lock: {
      name: "lock_tables",
      text: `SELECT pg_advisory_xact_lock(hashtext('tidemark tables'), hashtext('${schemaName}'))`,
    },
    /** The columns of a relation, and of any that is no table as well: its name is taken. */
    describe: { name: "describe_table", text: `SELECT ${columns}` },
    check: {
      name: "check_table",
      text: `
        SELECT "${schemaName}".refuse(json_build_object('kind', 'table', 'name', $1::text, 'columns', columns))
        FROM (SELECT ${columns} AS columns) AS stored WHERE columns IS DISTINCT FROM $2`,
    },
  } satisfies Record<string, Statement>;
}
