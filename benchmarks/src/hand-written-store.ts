import { randomUUID } from "node:crypto";

import Database from "better-sqlite3";

import { historicEvent } from "./bank";
import { foldPlain, newPlainAccount } from "./hand-written-fold";

export interface HandWrittenSettings {
  readonly path: string;
  readonly synchronous: "full" | "normal";
  /** `all`: found by stream, by id and by category, as Tidemark's events are; `one`: only what this loop needs. */
  readonly indexes: "all" | "one";
}

/** One table, two statements, no checks: what an application would write itself. */
export class HandWrittenStore {
  private readonly database;
  private readonly select;
  private readonly insert;

  constructor({ path, synchronous, indexes }: HandWrittenSettings) {
    this.database = new Database(path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${synchronous}`);
    this.database.exec(
      `CREATE TABLE events (
         global_position INTEGER PRIMARY KEY, stream TEXT NOT NULL, position INTEGER NOT NULL, category TEXT NOT NULL,
         id TEXT NOT NULL, type TEXT NOT NULL, time INTEGER NOT NULL, data TEXT NOT NULL, UNIQUE (stream, position))`,
    );
    if (indexes === "all") {
      this.database.exec(
        `CREATE UNIQUE INDEX events_by_id ON events (id);
         CREATE INDEX events_by_category ON events (category, global_position);
         CREATE INDEX events_first_by_category ON events (category, stream) WHERE position = 0`,
      );
    }
    this.select = this.database
      .prepare<[string], [type: string, data: string]>(
        "SELECT type, data FROM events WHERE stream = ? ORDER BY position",
      )
      .raw();
    this.insert = this.database.prepare(
      "INSERT INTO events (stream, position, category, id, type, time, data) VALUES (?, ?, 'account', ?, ?, ?, ?)",
    );
  }

  writeHistories(accountIds: readonly string[], count: number): void {
    this.database.transaction(() => {
      for (const accountId of accountIds) {
        for (let position = 0; position < count; position++) {
          const { type, data } = historicEvent(accountId, position);
          this.append(accountId, position, type, data);
        }
      }
    })();
  }

  /** What the command handler does: load, decide, append. The unique index refuses what another writer took. */
  deposit(accountId: string, amount: number, reference: string): void {
    const account = newPlainAccount();
    for (const [type, data] of this.select.all(accountId)) foldPlain(account, type, data);
    if (amount <= 0) throw new Error("Deposit amount must be positive");
    this.append(accountId, account.version + 1, "Bank.DepositMade.v1", { accountId, amount, reference });
  }

  close(): void {
    this.database.close();
  }

  private append(accountId: string, position: number, type: string, data: object): void {
    this.insert.run(accountId, position, randomUUID(), type, Date.now(), JSON.stringify(data));
  }
}
