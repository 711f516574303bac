import { SqliteEventStore, type SqliteSettings } from "../src";
import { chooseDriver } from "../src/drivers/choose-driver";
import type { Database, DriverName } from "../src/drivers/database";

/** All tests of this folder run with one driver: better-sqlite3, or the one that this variable names, for child processes too. */
export const DRIVER = (process.env.TIDEMARK_SQLITE_DRIVER ?? "better-sqlite3") as DriverName;

export function sqliteStore(settings: SqliteSettings): SqliteEventStore {
  return new SqliteEventStore({ driver: DRIVER, ...settings });
}

/** Opens a file past any store, as another tool does. */
export function openFile(path: string, { readOnly = false } = {}): Database {
  return chooseDriver(DRIVER).open(path, { readOnly, lockWaitMs: 1_000 });
}

/** Looks into a file past any store, or changes it. */
export function inFile<T>(path: string, use: (database: Database) => T, options?: { readonly readOnly: boolean }): T {
  const database = openFile(path, options);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
