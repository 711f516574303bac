import { ConfigurationError, type DomainError, IncorrectUsageError, UniqueViolationError } from "@tidemark/core";
import {
  type Column,
  type Operation,
  type ReadModelStore,
  type Row,
  type RowLookup,
  type RowQuery,
  refusedRow,
  refusedTable,
  switchFault,
  type Table,
  type TableSwitch,
  tableFault,
  tableNameFault,
  type View,
  viewFault,
} from "@tidemark/core/adapter";
import { describedColumns, rowOf } from "./column-mappings";
import type { Connections } from "./connections";
import { failedCall } from "./failed-call";
import { NamedStatements } from "./named-statements";
import { refusalIn } from "./refused-operation";
import { guardOf, RowChanges } from "./row-changes";
import { RowStatements } from "./row-statements";
import { columnsOfRelation, indexNamed, isIndexName, TableChanges } from "./table-changes";
import { type SwitchedOperations, TableSwitches } from "./table-switch";
import { faultOfData, isChangedTable, isUniqueViolation, READ, violatedConstraint, violatedKey } from "./unavailable";
import type { Call, Row as SentRow, Statement } from "./work";

/** How many statements for queries a connection keeps. */
const QUERIES = 500;

/** The rows of read models, each model in a table of its own in the store's schema. */
export class PostgresReadModels implements ReadModelStore {
  private readonly schema: string;
  private readonly statements: ReturnType<typeof statementsFor>;
  private readonly tables: TableChanges;
  private readonly switches: TableSwitches;
  private readonly queries = new NamedStatements("query", QUERIES);
  /** By the very object: whoever writes rows does so with the same one each time. */
  private readonly known = new WeakMap<Table, RowStatements>();
  /** By name and columns, since a connection keeps what it has prepared. */
  private readonly prepared = new Map<string, RowStatements>();
  /** Tables that were found to have the columns they are used with. */
  private readonly checked = new Set<RowStatements>();

  constructor(
    private readonly connections: Connections,
    schemaName: string,
    operations: SwitchedOperations,
  ) {
    this.schema = `"${schemaName}"`;
    this.statements = statementsFor(schemaName);
    this.tables = new TableChanges(connections, schemaName);
    this.switches = new TableSwitches(this.tables, schemaName, operations);
  }

  async createTable(table: Table): Promise<void> {
    refuse(tableFault(table));
    await this.tables.createTable(table);
  }

  async columnsOf(name: string): Promise<readonly Column[] | undefined> {
    return this.connections.lease("Cannot read the tables of", (connection) =>
      this.tables.tableColumns(connection, name),
    );
  }

  async extendTable(table: Table): Promise<void> {
    refuse(tableFault(table));
    await this.tables.extendTable(table);
  }

  async dropTableUnless(rows: Pick<RowQuery, "table" | "where">): Promise<boolean> {
    refuse(tableFault(rows.table));
    return this.tables.dropTableUnless(rows.table, this.statementsOf(rows.table).queries.count(rows));
  }

  async dropTable(name: string): Promise<void> {
    refuse(tableNameFault(name));
    await this.tables.dropTable(name);
  }

  async has(name: string): Promise<boolean> {
    const [row] = await this.connections.run(READ, this.statements.has, [name]);
    return row![0] === "t";
  }

  async createView(view: View): Promise<void> {
    refuse(viewFault(view));
    await this.tables.createView(view);
  }

  async viewedTable(name: string): Promise<string | undefined> {
    const rows = await this.connections.run(READ, this.statements.viewed, [name]);
    return rows.length === 1 ? rows[0]![0]! : undefined;
  }

  /**
   * What is prepared for the tables stays as it is: their columns are the same. The table that is gone is missed by its next use, in
   * whatever process, and checked for again.
   */
  async switchTable(change: TableSwitch): Promise<void> {
    refuse(switchFault(change));
    await this.switches.switch(change);
  }

  async rows(table: Table, keys: readonly string[]): Promise<readonly Row[]> {
    const [, rows] = await this.reading(() => this.lookUp([], [{ table, keys }]));
    return rows[0]!;
  }

  async query(query: RowQuery): Promise<readonly Row[]> {
    const { table } = query;
    const rows = await this.reading(() => this.perform([table], this.statementsOf(table).queries.rows(query)));
    return rows.map((row) => rowOf(row, table));
  }

  async count(query: Pick<RowQuery, "table" | "where">): Promise<number> {
    const { table } = query;
    const rows = await this.reading(() => this.perform([table], this.statementsOf(table).queries.count(query)));
    return Number(rows[0]![0]);
  }

  /**
   * Reads rows, together with what other calls read, in one round trip.
   *
   * @returns the rows of each of the calls, then those of each lookup.
   * @throws IncorrectUsageError for a table that was not created; else the driver's own error.
   */
  async lookUp(
    calls: readonly Call[],
    lookups: readonly RowLookup[],
  ): Promise<readonly [readonly (readonly SentRow[])[], readonly (readonly Row[])[]]> {
    const tables = lookups.map(({ table }) => table);
    const selects = lookups.map(({ table, keys }) => {
      const statements = this.statementsOf(table);
      return { statement: statements.select, values: statements.keysOf(keys) };
    });
    const rowsOfEach = await this.performAll(tables, [...calls, ...selects]);
    const rows = lookups.map(({ table }, index) => rowsOfEach[calls.length + index]!.map((row) => rowOf(row, table)));
    return [rowsOfEach.slice(0, calls.length), rows];
  }

  /** The statements that store and delete all rows of these operations: table by table, in the order of their names. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const changes = new Map<RowStatements, RowChanges>();
    for (const operation of operations) {
      if (operation.kind !== "upsertRows" && operation.kind !== "deleteRows") continue;
      const statements = this.statementsOf(operation.table);
      const change = changes.get(statements) ?? new RowChanges(statements);
      changes.set(statements, change);
      change.add(operation);
    }
    const inOrder = [...changes.values()].sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
    return [...this.checksOf(changes.keys()), ...inOrder.flatMap((change) => change.calls())];
  }

  /** Notes that statements used these tables and succeeded: the next ones need not check them. */
  used(tables: readonly Table[]): void {
    for (const table of tables) this.checked.add(this.statementsOf(table));
  }

  /**
   * Notes that statements used these tables and failed: the next ones check them again, since one may have been dropped, or
   * dropped and made anew.
   *
   * @returns the error for rows that were refused; undefined for an error of another cause.
   */
  refusal(error: unknown, tables: readonly Table[], operations: readonly Operation[] = []): DomainError | undefined {
    for (const table of tables) this.checked.delete(this.statementsOf(table));
    const refusal = refusalIn(error);
    const named = (name: unknown) => tables.find((table) => table.name === name)!;
    if (refusal?.kind === "table") {
      const { name, columns } = refusal;
      return refusedTable(named(name), columns === null ? undefined : String(columns));
    }
    if (refusal?.kind === "row") {
      const { table, key, isThere, actual } = refusal;
      const { column, expected } = guardOf(operations, String(table), String(key));
      const found = isThere ? actual! : undefined;
      return refusedRow({ table: named(table), key: String(key), guard: { column }, expected, actual: found });
    }
    return this.violation(error, tables) ?? unfitRows(error);
  }

  private violation(error: unknown, tables: readonly Table[]): UniqueViolationError | undefined {
    if (!isUniqueViolation(error)) return undefined;
    for (const table of tables) {
      const index = indexNamed(violatedConstraint(error), table);
      if (index !== undefined) return new UniqueViolationError({ table: table.name, columns: index.columns }, error);
    }
    // An index that another version of the code has added.
    return isIndexName(violatedConstraint(error)) ? new UniqueViolationError(violatedKey(error), error) : undefined;
  }

  private async perform(tables: readonly Table[], call: Call): Promise<readonly SentRow[]> {
    const [rows] = await this.performAll(tables, [call]);
    return rows!;
  }

  /** @throws IncorrectUsageError for a table that was not created; else the driver's own error. @returns the rows of each call. */
  private async performAll(tables: readonly Table[], calls: readonly Call[]): Promise<readonly (readonly SentRow[])[]> {
    for (let isLast = false; ; isLast = true) {
      const checks = this.checksOf(new Set(tables.map((table) => this.statementsOf(table))));
      try {
        const rowsOfEach = await this.connections.performAll([...checks, ...calls]);
        if (checks.length > 0) this.used(tables);
        return rowsOfEach.slice(checks.length);
      } catch (error) {
        const refusal = this.refusal(error, tables);
        if (refusal !== undefined) throw refusal;
        if (!isChangedTable(error) || isLast) throw error;
      }
    }
  }

  private async reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.connections.readError(error);
    }
  }

  /** A check of each table that was not used with success yet, or has failed since. */
  private checksOf(tables: Iterable<RowStatements>): readonly Call[] {
    return [...tables]
      .filter((statements) => !this.checked.has(statements))
      .map(({ table }) => ({
        statement: table.isPartial ? this.statements.checkPart : this.statements.check,
        values: [table.name, describedColumns(table.columns)],
      }));
  }

  private statementsOf(table: Table): RowStatements {
    let statements = this.known.get(table);
    if (statements === undefined) {
      if (tableFault(table) !== undefined) throw refusedTable(table);
      const shape = `${table.isPartial ? "part of " : ""}${table.name} (${describedColumns(table.columns)})`;
      statements =
        this.prepared.get(shape) ?? new RowStatements(table, this.schema, `rows_${this.prepared.size}`, this.queries);
      this.prepared.set(shape, statements);
      this.known.set(table, statements);
    }
    return statements;
  }
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ConfigurationError(fault);
}

/** The error for values that no table of the server can hold, such as a text with U+0000. */
function unfitRows(error: unknown): IncorrectUsageError | undefined {
  const fault = faultOfData(error);
  if (fault === undefined || !/^(upsert|query)_/.test(failedCall(error)?.statement.name ?? "")) return undefined;
  return new IncorrectUsageError(`Cannot store or compare a value: ${fault}`, undefined, error);
}

function statementsFor(schemaName: string) {
  const relation = `to_regclass(format('%I.%I', '${schemaName}', $1::text))`;
  const refuseWhere = (isUnfit: string) => `
        SELECT "${schemaName}".refuse(json_build_object('kind', 'table', 'name', $1::text, 'columns', columns))
        FROM (SELECT ${columnsOfRelation(schemaName)} AS columns) AS stored WHERE ${isUnfit}`;
  return {
    check: { name: "check_table", text: refuseWhere("columns IS DISTINCT FROM $2") },
    checkPart: {
      name: "check_part_of_table",
      text: refuseWhere("(string_to_array(columns, ', ') @> string_to_array($2, ', ')) IS NOT TRUE"),
    },
    /** The tables of applications lie in other schemas: where their statements find them by a bare name. */
    has: {
      name: "has_relation",
      text: `
        SELECT EXISTS (
          SELECT FROM pg_class
          WHERE oid IN (${relation}, to_regclass(format('%I', $1::text))) AND relkind IN ('r', 'p', 'f', 'v', 'm')
        )`,
    },
    /** The rule that makes a relation a view depends on what the view shows. */
    viewed: {
      name: "viewed_table",
      text: `
        SELECT DISTINCT shown.relname FROM pg_rewrite rule
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = rule.oid AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class shown ON shown.oid = d.refobjid AND shown.relkind = 'r'
        JOIN pg_namespace n ON n.oid = shown.relnamespace AND n.nspname = '${schemaName}'
        WHERE rule.ev_class = ${relation}`,
    },
  } satisfies Record<string, Statement>;
}
