import type { Command, Database, Driver, OpenOptions, Query } from "./database";
import { resultCodeName } from "./result-codes";

/** Loads Node's own SQLite; undefined where this version of Node has none, or one of before 22.13. */
export function loadNodeSqlite(): Driver | undefined {
  const sqlite = withoutItsWarning(() => process.getBuiltinModule("node:sqlite") as NodeSqlite | undefined);
  if (sqlite === undefined || !("iterate" in sqlite.StatementSync.prototype)) return undefined;
  return { name: "node", open: (path, options) => new NodeDatabase(sqlite, path, options) };
}

/** Node 22 warns of its SQLite as of an experiment, once a process: our users did not choose it, and read that of every command. */
function withoutItsWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) emitWarning.call(process, warning, ...rest);
  }) as typeof emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

class NodeDatabase implements Database {
  readonly refusesLongTexts = false;
  private readonly database: DatabaseSync;

  constructor(sqlite: NodeSqlite, path: string, { readOnly = false, lockWaitMs }: OpenOptions) {
    this.database = translated(() => new sqlite.DatabaseSync(path, { readOnly }));
    // Node 22.16 and later have an option for it.
    this.pragma(`busy_timeout = ${lockWaitMs}`);
  }

  prepare<Bound extends unknown[]>(sql: string): Command<Bound> {
    return new NodeCommand<Bound>(this.statement(sql));
  }

  prepareAny<Bound extends unknown[]>(sql: string): Command<Bound> {
    return this.prepare(sql);
  }

  rows<Bound extends unknown[], Row>(sql: string): Query<Bound, Row> {
    const statement = this.statement(sql);
    if (statement.setReturnArrays === undefined) return new NodeQuery(statement, valuesOf as (row: object) => Row);
    statement.setReturnArrays(true);
    return new NodeRows(statement);
  }

  values<Bound extends unknown[], Value>(sql: string): Query<Bound, Value> {
    return new NodeQuery(this.statement(sql), firstValueOf as (row: object) => Value);
  }

  exec(script: string): void {
    translated(() => this.database.exec(script));
  }

  pragma(text: string): unknown {
    return this.values(`PRAGMA ${text}`).get();
  }

  get inTransaction(): boolean {
    const { isTransaction } = this.database;
    if (isTransaction !== undefined) return isTransaction;
    // Before Node 22.16: no transaction begins inside another.
    try {
      this.database.exec("BEGIN");
    } catch {
      return true;
    }
    this.database.exec("ROLLBACK");
    return false;
  }

  close(): void {
    this.database.close();
  }

  private statement(sql: string): StatementSync {
    return translated(() => this.database.prepare(sql));
  }
}

class NodeCommand<Bound extends unknown[]> implements Command<Bound> {
  constructor(private readonly statement: StatementSync) {}

  run(...bound: Bound): { readonly changes: number } {
    try {
      return this.statement.run(...bound);
    } catch (error) {
      throw translate(error);
    }
  }
}

/** Rows as the driver makes them. */
class NodeRows<Bound extends unknown[], Row> implements Query<Bound, Row> {
  constructor(private readonly statement: StatementSync) {}

  get(...bound: Bound): Row | undefined {
    try {
      return this.statement.get(...bound) as Row | undefined;
    } catch (error) {
      return this.rounded(bound, error)[0];
    }
  }

  all(...bound: Bound): Row[] {
    try {
      return this.statement.all(...bound) as Row[];
    } catch (error) {
      return this.rounded(bound, error);
    }
  }

  *iterate(...bound: Bound): Iterable<Row> {
    let count = 0;
    try {
      for (const row of this.statement.iterate(...bound)) {
        count++;
        yield row as Row;
      }
    } catch (error) {
      yield* this.rounded(bound, error).slice(count);
    }
  }

  /** @throws the error, unless an integer was the cause that no number can hold. */
  private rounded(bound: Bound, error: unknown): Row[] {
    if ((error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw translate(error);
    this.statement.setReadBigInts(true);
    try {
      return this.statement.all(...bound).map(withNumbers) as Row[];
    } finally {
      this.statement.setReadBigInts(false);
    }
  }
}

/** Rows that are made of objects, a property for each column. */
class NodeQuery<Bound extends unknown[], Row> implements Query<Bound, Row> {
  private readonly query;

  constructor(
    statement: StatementSync,
    private readonly read: (row: object) => Row,
  ) {
    this.query = new NodeRows<Bound, object>(statement);
  }

  get(...bound: Bound): Row | undefined {
    const row = this.query.get(...bound);
    return row === undefined ? undefined : this.read(row);
  }

  all(...bound: Bound): Row[] {
    return this.query.all(...bound).map(this.read);
  }

  *iterate(...bound: Bound): Iterable<Row> {
    for (const row of this.query.iterate(...bound)) yield this.read(row);
  }
}

function valuesOf(row: object): unknown[] {
  return Object.values(row);
}

function firstValueOf(row: object): unknown {
  for (const name in row) return row[name as never];
  return undefined;
}

function withNumbers(row: object): unknown {
  const toNumber = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  if (Array.isArray(row)) return row.map(toNumber);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toNumber(value)]));
}

function translated<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw translate(error);
  }
}

/** Gives an error of SQLite the name that SQLite has for it, in place of its number. */
function translate(error: unknown): unknown {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number")
    return Object.assign(error as Error, { code: resultCodeName(errcode) });
  return error;
}

/** What is used of `node:sqlite`, which the types of Node 20 do not have. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => DatabaseSync;
  readonly StatementSync: { readonly prototype: StatementSync };
}

interface DatabaseSync {
  prepare(sql: string): StatementSync;
  exec(script: string): void;
  close(): void;
  /** From Node 22.16 on. */
  readonly isTransaction?: boolean;
}

interface StatementSync {
  run(...bound: unknown[]): { readonly changes: number };
  get(...bound: unknown[]): object | undefined;
  all(...bound: unknown[]): object[];
  iterate(...bound: unknown[]): Iterable<object>;
  setReadBigInts(enabled: boolean): void;
  /** From Node 22.16 on. */
  setReturnArrays?(enabled: boolean): void;
}
