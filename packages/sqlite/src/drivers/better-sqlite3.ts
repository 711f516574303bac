import { createRequire } from "node:module";
import { join } from "node:path";

import type BetterSqlite3 from "better-sqlite3";

import type { Command, Database, Driver, OpenOptions, Query } from "./database";

/**
 * Loads better-sqlite3 with its native part, which its own code leaves to the first database.
 * @throws with the code MODULE_NOT_FOUND where it is not installed; what kept its native part from being loaded.
 */
export function loadBetterSqlite3(): Driver {
  const SqliteDatabase = createRequire(BESIDE)("better-sqlite3") as typeof BetterSqlite3;
  new SqliteDatabase(":memory:").close();
  return {
    name: "better-sqlite3",
    open: (path, { readOnly = false, lockWaitMs }: OpenOptions) =>
      new BetterSqlite3Database(new SqliteDatabase(path, { readonly: readOnly, timeout: lockWaitMs })),
  };
}

/** Where it is looked for: beside this package, or in the project where this is a part of a bundled ES module. */
const BESIDE = typeof __filename === "string" ? __filename : join(process.cwd(), "package.json");

/** Statements are those of the driver itself: nothing stands between a store and them. */
class BetterSqlite3Database implements Database {
  readonly refusesLongTexts = true;

  constructor(private readonly database: BetterSqlite3.Database) {}

  prepare<Bound extends unknown[]>(sql: string): Command<Bound> {
    return this.database.prepare<Bound>(sql);
  }

  prepareAny<Bound extends unknown[]>(sql: string): Command<Bound> {
    const statement = this.database.prepare<Bound>(sql);
    if (!statement.reader) return statement;
    return { run: (...bound) => ({ changes: statement.all(...bound).length }) };
  }

  rows<Bound extends unknown[], Row>(sql: string): Query<Bound, Row> {
    return this.database.prepare<Bound, Row>(sql).raw();
  }

  values<Bound extends unknown[], Value>(sql: string): Query<Bound, Value> {
    return this.database.prepare<Bound, Value>(sql).pluck();
  }

  exec(script: string): void {
    this.database.exec(script);
  }

  pragma(text: string): unknown {
    return this.database.pragma(text, { simple: true });
  }

  get inTransaction(): boolean {
    return this.database.inTransaction;
  }

  close(): void {
    this.database.close();
  }
}
