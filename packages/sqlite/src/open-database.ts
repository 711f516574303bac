import { closeSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreUnavailableError } from "@tidemark/core";
import type { SchemaChange } from "@tidemark/core/adapter";

import { LOCK_WAIT_MS } from "./busy-retry";
import { isLeftHalfWritten } from "./database-errors";
import type { Database, Driver } from "./drivers/database";
import { currentVersion, migrate } from "./schema";

export const IN_MEMORY = ":memory:";

export interface DatabaseFile {
  /** Absolute, or `:memory:`. */
  readonly path: string;
  readonly synchronous: "full" | "normal";
  /** The store in words, for messages. */
  readonly description: string;
}

/** An open database, and what opening it did to its schema. */
interface OpenedDatabase {
  readonly database: Database;
  readonly schemaChange: SchemaChange;
}

/** Opens the file and its schema, creating what is missing. Leaves a file that is not ours as it is. */
export function openDatabase(driver: Driver, { path, synchronous, description }: DatabaseFile): OpenedDatabase {
  if (path !== IN_MEMORY) {
    mkdirSync(dirname(path), { recursive: true });
    storedVersion(driver, { path, description });
  }
  const database = driver.open(path, { lockWaitMs: LOCK_WAIT_MS });
  try {
    configure(database, path, synchronous, description);
    return { database, schemaChange: migrate(database, description) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Looks for the version of the schema before anything can be written: switching a database to WAL changes it already.
 * @returns 0 where there is no file, or nothing in it.
 */
export function storedVersion(driver: Driver, file: Omit<DatabaseFile, "synchronous">): number {
  return readStored(driver, file, (database) => currentVersion(database, file.description)) ?? 0;
}

/**
 * Reads from a file and changes nothing.
 * @returns undefined where there is no file, or nothing in it.
 */
export function readStored<T>(
  driver: Driver,
  { path, description: store }: Omit<DatabaseFile, "synchronous">,
  read: (database: Database) => T,
): T | undefined {
  const size = path === IN_MEMORY ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  if (size === 0) return undefined;
  if (!hasDatabaseHeader(path)) {
    const reason = "the file is no SQLite database; name another file";
    throw new StoreUnavailableError({ attempted: "Cannot open", store, reason });
  }
  try {
    return look(driver, path, read, { readOnly: true });
  } catch (error) {
    if (!isLeftHalfWritten(error)) throw error;
    return look(driver, path, read, { readOnly: false });
  }
}

function look<T>(
  driver: Driver,
  path: string,
  read: (database: Database) => T,
  options: { readonly readOnly: boolean },
): T {
  const database = driver.open(path, { ...options, lockWaitMs: LOCK_WAIT_MS });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Opened for writing, since SQLite would fall back to reading alone and say so only at the first append. */
function hasDatabaseHeader(path: string): boolean {
  const magic = Buffer.alloc(16);
  const file = openSync(path, "r+");
  try {
    return readSync(file, magic, 0, magic.length, 0) === magic.length && magic.equals(MAGIC);
  } finally {
    closeSync(file);
  }
}

const MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/**
 * How many pages the write-ahead log holds before they are moved into the file: 16 MB, four times SQLite's own. Pages that many commits write
 * are moved once, which saves a tenth of an append's time. Its index has one part for that many.
 */
const CHECKPOINT_PAGES = 4_000;

function configure(database: Database, path: string, synchronous: "full" | "normal", store: string): void {
  const mode = database.pragma("journal_mode = WAL");
  if (mode !== "wal" && path !== IN_MEMORY) {
    const reason = `its file system does not support write-ahead logging (journal mode is ${mode}); use a local disk`;
    throw new StoreUnavailableError({ attempted: "Cannot open", store, reason });
  }
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.pragma("cell_size_check = ON");
  database.pragma("trusted_schema = OFF");
}
