import Database from "better-sqlite3";

import { historicEvent } from "../bank";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import type { Teller, TellerOptions } from "./teller";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    global_position INTEGER PRIMARY KEY, stream TEXT NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL,
    data TEXT NOT NULL, UNIQUE (stream, position)
  );
  CREATE TABLE IF NOT EXISTS snapshots (
    stream TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** For a log that is read by category. */
const SCHEMA_WITH_CATEGORIES = `
  CREATE TABLE IF NOT EXISTS events (
    global_position INTEGER PRIMARY KEY, stream TEXT NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL,
    data TEXT NOT NULL, category TEXT NOT NULL DEFAULT 'account', UNIQUE (stream, position)
  );
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category, global_position);
`;

/** Rows a statement: fewer at once cost a call each, more at once live long enough to be moved by the garbage collector. */
const PAGE = 500;

/** The leanest over better-sqlite3: rows of what a fold needs and the order of all, under one index that refuses a second writer. */
export class LeanSqliteTeller implements Teller {
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
    if (options.reads === "category") this.database.exec(SCHEMA_WITH_CATEGORIES);
    this.database.exec(SCHEMA);
    this.statements = prepare(this.database);
  }

  open(accountIds: readonly string[], events: number): void {
    this.database.transaction(() => {
      for (const accountId of accountIds) this.insertHistory(accountId, 0, events);
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
    const { isCaching, snapshotEvery } = this.options;
    const account = isCaching ? (this.cache.get(accountId) ?? this.load(accountId)) : this.load(accountId);
    const data = depositOf(accountId);
    this.statements.insert.run(accountId, account.version + 1, DEPOSIT_TYPE, data);
    foldPlain(account, DEPOSIT_TYPE, data);
    if (isCaching) this.cache.set(accountId, account);
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
    this.database.transaction(() => {
      for (const [stream] of behind) this.writeSnapshot(stream, this.load(stream));
    })();
    return behind.length;
  }

  deleteSnapshots(): void {
    this.statements.deleteSnapshots.run();
  }

  readCategory(): number {
    const category = this.database.prepare<[number], Row>(
      `SELECT global_position, data FROM events WHERE category = 'account' AND global_position > ?
       ORDER BY global_position LIMIT ${PAGE}`,
    );
    return parsed((after) => category.raw().all(after));
  }

  readAll(): number {
    return parsed((after) => this.statements.all.all(after));
  }

  close(): void {
    this.database.close();
  }

  private load(accountId: string): PlainAccount {
    const snapshot = this.options.snapshotEvery > 0 ? this.statements.snapshot.get(accountId) : undefined;
    const account = snapshot === undefined ? newPlainAccount() : restorePlain(...snapshot);
    for (;;) {
      const page = this.statements.tail.all(accountId, account.version);
      for (const [type, data] of page) foldPlain(account, type, data);
      if (page.length < PAGE) return account;
    }
  }

  private insertHistory(accountId: string, first: number, count: number): void {
    for (let position = first; position < first + count; position++) {
      const { type, data } = historicEvent(accountId, position);
      this.statements.insert.run(accountId, position, type, JSON.stringify(data));
    }
  }

  private writeSnapshot(accountId: string, account: PlainAccount): void {
    this.statements.writeSnapshot.run(accountId, account.version, plainState(account));
  }
}

type Row = [globalPosition: number, data: string];

function parsed(pageAfter: (position: number) => readonly Row[]): number {
  let count = 0;
  for (let after = 0; ; ) {
    const page = pageAfter(after);
    for (const [, data] of page) if (JSON.parse(data).accountId !== undefined) count++;
    const last = page.at(-1);
    if (last === undefined) return count;
    after = last[0];
  }
}

function prepare(database: Database.Database) {
  return {
    tail: database
      .prepare<[string, number], [type: string, data: string]>(
        `SELECT type, data FROM events WHERE stream = ? AND position > ? ORDER BY position LIMIT ${PAGE}`,
      )
      .raw(),
    insert: database.prepare("INSERT INTO events (stream, position, type, data) VALUES (?, ?, ?, ?)"),
    snapshot: database
      .prepare<[string], [version: number, state: string]>("SELECT version, state FROM snapshots WHERE stream = ?")
      .raw(),
    writeSnapshot: database.prepare("INSERT OR REPLACE INTO snapshots (stream, version, state) VALUES (?, ?, ?)"),
    behind: database
      .prepare<[], [stream: string]>(
        `SELECT stream FROM events e GROUP BY stream
         HAVING max(position) IS NOT (SELECT version FROM snapshots s WHERE s.stream = e.stream)`,
      )
      .raw(),
    deleteSnapshots: database.prepare("DELETE FROM snapshots"),
    all: database
      .prepare<[number], Row>(
        `SELECT global_position, data FROM events WHERE global_position > ? ORDER BY global_position LIMIT ${PAGE}`,
      )
      .raw(),
  };
}
