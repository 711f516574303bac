import type { Database } from "./drivers/database";

/** Runs work in a transaction, or in a savepoint of the one that is open; what a work that throws has changed is rolled back. */
export function transaction<T>(database: Database, work: () => T): T {
  const { begin, commit, rollback } = database.inTransaction ? SAVEPOINT : TRANSACTION;
  database.exec(begin);
  try {
    const result = work();
    database.exec(commit);
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, such as a full disk.
    if (database.inTransaction) database.exec(rollback);
    throw error;
  }
}

const TRANSACTION = { begin: "BEGIN IMMEDIATE", commit: "COMMIT", rollback: "ROLLBACK" };

const SAVEPOINT = {
  begin: "SAVEPOINT part",
  commit: "RELEASE part",
  rollback: "ROLLBACK TO part; RELEASE part",
};
