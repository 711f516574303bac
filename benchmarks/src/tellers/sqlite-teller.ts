import { randomUUID } from "node:crypto";

import Database from "better-sqlite3";

import { historicBalance, historicEvent } from "../bank";
import { branchOf } from "../bookkeepers/account-row";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import { AMOUNT, type Teller, type TellerOptions } from "./teller";

/** The tables of a bank. */
export const BANK_SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    global_position INTEGER PRIMARY KEY, stream TEXT NOT NULL, position INTEGER NOT NULL, category TEXT NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, time INTEGER NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL,
    UNIQUE (stream, position)
  );
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (id);
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category, global_position);
  CREATE INDEX IF NOT EXISTS events_first_by_category ON events (category, stream) WHERE position = 0;
  CREATE TABLE IF NOT EXISTS snapshots (stream TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS inline_rows (
    account_id TEXT NOT NULL PRIMARY KEY, holder TEXT, branch INTEGER, balance ANY
  ) STRICT;
`;

const SNAPSHOTS_A_COMMIT = 100;

/** Hand-written over better-sqlite3: prepared statements, rows as arrays, and the indexes of Tidemark's table. */
export class SqliteTeller implements Teller {
  private readonly database: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly cache = new Map<string, PlainAccount>();

  constructor(
    settings: { readonly path: string; readonly synchronous: "full" | "normal" },
    private readonly options: TellerOptions,
  ) {
    this.database = new Database(settings.path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${settings.synchronous}`);
    this.database.exec(BANK_SCHEMA);
    this.statements = prepare(this.database);
  }

  open(accountIds: readonly string[], events: number): void {
    this.database.transaction(() => {
      for (const accountId of accountIds) {
        this.insertHistory(accountId, 0, events);
        if (this.options.hasInlineRows)
          this.statements.insertRow.run(accountId, "Alice Example", branchOf(accountId), historicBalance(events));
      }
    })();
  }

  append(accountId: string, first: number, count: number): void {
    if (count === 1) this.insertHistory(accountId, first, 1);
    else this.database.transaction(() => this.insertHistory(accountId, first, count))();
  }

  appendEach(accountIds: readonly string[], position: number): void {
    this.database.transaction(() => {
      for (const accountId of accountIds) this.insertHistory(accountId, position, 1);
    })();
  }

  deposit(accountId: string): void {
    const account = this.options.isCaching ? (this.cache.get(accountId) ?? this.load(accountId)) : this.load(accountId);
    const data = depositOf(accountId);
    this.insertWithRow(accountId, account.version + 1, data);
    foldPlain(account, DEPOSIT_TYPE, data);
    if (this.options.isCaching) this.cache.set(accountId, account);
    const { snapshotEvery } = this.options;
    if (snapshotEvery > 0 && (account.version + 1) % snapshotEvery === 0) this.writeSnapshot(accountId, account);
  }

  depositPersistently(accountId: string): void {
    this.deposit(accountId);
  }

  balance(accountId: string): number {
    return this.load(accountId).balance;
  }

  snapshotAll(): number {
    const behind = this.statements.behind.all();
    for (let first = 0; first < behind.length; first += SNAPSHOTS_A_COMMIT) {
      this.database.transaction(() => {
        for (const [stream] of behind.slice(first, first + SNAPSHOTS_A_COMMIT))
          this.writeSnapshot(stream, this.load(stream));
      })();
    }
    return behind.length;
  }

  deleteSnapshots(): void {
    this.statements.deleteSnapshots.run();
  }

  readCategory(): number {
    let count = 0;
    for (const [data] of this.statements.category.iterate()) if (JSON.parse(data).accountId !== undefined) count++;
    return count;
  }

  readAll(): number {
    let count = 0;
    for (const [data] of this.statements.all.iterate()) if (JSON.parse(data).accountId !== undefined) count++;
    return count;
  }

  close(): void {
    this.database.close();
  }

  private load(accountId: string): PlainAccount {
    const snapshot = this.options.snapshotEvery > 0 ? this.statements.snapshot.get(accountId) : undefined;
    const account = snapshot === undefined ? newPlainAccount() : restorePlain(...snapshot);
    for (const [type, data] of this.statements.tail.iterate(accountId, account.version)) foldPlain(account, type, data);
    return account;
  }

  private insertHistory(accountId: string, first: number, count: number): void {
    for (let position = first; position < first + count; position++) {
      const { type, data } = historicEvent(accountId, position);
      this.insert(accountId, position, type, JSON.stringify(data));
    }
  }

  private insertWithRow(accountId: string, position: number, data: string): void {
    if (!this.options.hasInlineRows) {
      this.insert(accountId, position, DEPOSIT_TYPE, data);
      return;
    }
    this.database
      .transaction(() => {
        this.insert(accountId, position, DEPOSIT_TYPE, data);
        this.statements.updateRow.run(AMOUNT, accountId);
      })
      .immediate();
  }

  /** The unique index refuses what another writer took. */
  private insert(accountId: string, position: number, type: string, data: string): void {
    const metadata = `{"correlationId":"${randomUUID()}"}`;
    this.statements.insert.run(accountId, position, randomUUID(), type, Date.now(), data, metadata);
  }

  private writeSnapshot(accountId: string, account: PlainAccount): void {
    this.statements.writeSnapshot.run(accountId, account.version, plainState(account));
  }
}

function prepare(database: Database.Database) {
  return {
    tail: database
      .prepare<[string, number], [type: string, data: string]>(
        "SELECT type, data FROM events WHERE stream = ? AND position > ? ORDER BY position",
      )
      .raw(),
    insert: database.prepare(
      `INSERT INTO events (stream, position, category, id, type, time, data, metadata)
       VALUES (?, ?, 'account', ?, ?, ?, ?, ?)`,
    ),
    snapshot: database
      .prepare<[string], [version: number, state: string]>("SELECT version, state FROM snapshots WHERE stream = ?")
      .raw(),
    writeSnapshot: database.prepare("INSERT OR REPLACE INTO snapshots (stream, version, state) VALUES (?, ?, ?)"),
    behind: database
      .prepare<[], [stream: string]>(
        `SELECT stream FROM events e WHERE category = 'account' AND position = 0 AND NOT EXISTS (
           SELECT 1 FROM snapshots s WHERE s.stream = e.stream
             AND s.version = (SELECT max(position) FROM events WHERE stream = e.stream)
         )`,
      )
      .raw(),
    deleteSnapshots: database.prepare("DELETE FROM snapshots"),
    insertRow: database.prepare("INSERT INTO inline_rows (account_id, holder, branch, balance) VALUES (?, ?, ?, ?)"),
    updateRow: database.prepare("UPDATE inline_rows SET balance = balance + ? WHERE account_id = ?"),
    all: database.prepare<[], [data: string]>("SELECT data FROM events ORDER BY global_position").raw(),
    category: database
      .prepare<[], [data: string]>("SELECT data FROM events WHERE category = 'account' ORDER BY global_position")
      .raw(),
  };
}
