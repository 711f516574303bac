import { ConfigurationError, IncorrectUsageError } from "@tidemark/core";
import type { Operation, ReadModelStore, Row, Table } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { LeasedConnection } from "./leased-connection";
import { describedColumn, RowStatements, tableDefinition } from "./row-statements";
import { isMissingTable, READ } from "./unavailable";
import type { Call, Statement } from "./work";

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** The tables that the store keeps for itself. */
const OWN = ["migrations", "events", "snapshots", "listeners", "checkpoints", "timers", "command_queue", "states"];

/** The rows of read models, each model in a table of its own in the store's schema. */
export class PostgresReadModels implements ReadModelStore {
  private readonly schema: string;
  private readonly statements: ReturnType<typeof statementsFor>;
  /** By the very object: whoever writes rows does so with the same one each time. */
  private readonly known = new WeakMap<Table, RowStatements>();
  /** By name and columns, since a connection keeps what it has prepared. */
  private readonly prepared = new Map<string, RowStatements>();

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
      const described = await connection.run(this.statements.describe, [table.name]);
      const columns = described.map(([column]) => column);
      if (columns.length === 0) await this.create(connection, table);
      else if (columns.join(", ") !== table.columns.map(describedColumn).join(", "))
        throw new ConfigurationError(`the table ${table.name} has other columns: ${columns.join(", ")}`);
    });
  }

  async dropTable(name: string): Promise<void> {
    const fault = nameFault(name);
    if (fault !== undefined) throw new ConfigurationError(fault);
    await this.changeTables((connection) => connection.run(once(`DROP TABLE IF EXISTS ${this.schema}."${name}"`)));
  }

  async rows(table: Table, keys: readonly string[]): Promise<readonly Row[]> {
    const statements = this.statementsOf(table);
    try {
      const rows = await this.connections.perform(statements.select, [textArray(keys)]);
      return rows.map((row) => statements.rowOf(row));
    } catch (error) {
      throw (await this.missing(error, [table.name])) ?? this.connections.unavailable(READ, error);
    }
  }

  /** The statements that store and delete all rows of these operations: table by table, in the order of their names. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const changes = new Map<string, RowChanges>();
    for (const operation of operations) {
      if (operation.kind !== "upsertRows" && operation.kind !== "deleteRows") continue;
      const statements = this.statementsOf(operation.table);
      const { name } = statements.upsert;
      const change = changes.get(name) ?? { table: operation.table.name, statements, rows: [], keys: [] };
      changes.set(name, change);
      if (operation.kind === "upsertRows") for (const row of operation.rows) change.rows.push(row);
      else for (const key of operation.keys) change.keys.push(key);
    }
    return [...changes.values()].sort((a, b) => (a.table < b.table ? -1 : 1)).flatMap(callsFor);
  }

  /** @returns the error for a table of these operations that was not created; undefined for an error of another cause. */
  async refusal(error: unknown, operations: readonly Operation[]): Promise<IncorrectUsageError | undefined> {
    const tables = operations.flatMap((operation) => ("table" in operation ? [operation.table.name] : []));
    return await this.missing(error, tables);
  }

  private async missing(error: unknown, tables: readonly string[]): Promise<IncorrectUsageError | undefined> {
    if (!isMissingTable(error)) return undefined;
    const [row] = await this.connections.run(READ, this.statements.missing, [textArray(tables)]);
    return row && missingTable(row[0]!);
  }

  private statementsOf(table: Table): RowStatements {
    let statements = this.known.get(table);
    if (statements === undefined) {
      if (tableFault(table) !== undefined) throw missingTable(table.name);
      const shape = JSON.stringify([table.name, table.columns.map(({ name, type }) => [name, type])]);
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
  readonly table: string;
  readonly statements: RowStatements;
  readonly rows: Row[];
  readonly keys: string[];
}

function callsFor({ statements, rows, keys }: RowChanges): Call[] {
  const calls: Call[] = [];
  if (rows.length > 0 && keys.length > 0) {
    const all = [...rows.map(([key]) => String(key)), ...keys];
    calls.push({ statement: statements.lock, values: [textArray(all)] });
  }
  if (rows.length > 0) calls.push({ statement: statements.upsert, values: statements.arraysOf(rows) });
  if (keys.length > 0) calls.push({ statement: statements.delete, values: [textArray(keys)] });
  return calls;
}

/** A statement that is not worth preparing. */
function once(text: string): Statement {
  return { name: "", text };
}

function missingTable(name: string): IncorrectUsageError {
  return new IncorrectUsageError(`There is no table ${JSON.stringify(name)}: create it first`);
}

/** Describes what is wrong with a table's name: it cannot be one, or the store keeps it for itself. */
function nameFault(name: string): string | undefined {
  if (!NAME.test(name)) return `a table's name must match ${NAME.source}, not ${JSON.stringify(name)}`;
  return OWN.includes(name) ? `the table ${name} is one of the store's own; choose another name` : undefined;
}

function tableFault({ name, columns, indexes = [] }: Table): string | undefined {
  const names = columns.map((column) => column.name);
  const unfit = names.find((column) => !NAME.test(column));
  if (unfit !== undefined)
    return `a column of the table ${name} must match ${NAME.source}, not ${JSON.stringify(unfit)}`;
  const unknown = indexes.flat().find((column) => !names.includes(column));
  if (unknown !== undefined)
    return `an index of the table ${name} names ${JSON.stringify(unknown)}, which is no column`;
  return nameFault(name);
}

function statementsFor(schemaName: string) {
  return {
    lock: {
      name: "lock_tables",
      text: `SELECT pg_advisory_xact_lock(hashtext('tidemark tables'), hashtext('${schemaName}'))`,
    },
    /** The columns of a relation; also of one that is no table, for its name is taken as well. */
    describe: {
      name: "describe_table",
      text: `
        SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
        WHERE a.attrelid = to_regclass(format('%I.%I', '${schemaName}', $1::text)) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum`,
    },
    missing: {
      name: "missing_tables",
      text: `
        SELECT name FROM unnest($1::text[]) AS t (name)
        WHERE to_regclass(format('%I.%I', '${schemaName}', name)) IS NULL LIMIT 1`,
    },
  } satisfies Record<string, Statement>;
}
