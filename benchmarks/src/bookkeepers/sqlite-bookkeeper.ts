import Database from "better-sqlite3";

import { SqliteTeller } from "../tellers/sqlite-teller";
import { PLAIN } from "../tellers/teller";
import type { AccountRow } from "./account-row";
import { BATCH, type Bookkeeper, type BookkeeperOptions, REBUILD_BATCH, type Totals } from "./bookkeeper";
import { foldRow, type PlainRow } from "./plain-row";

interface Settings {
  readonly path: string;
  readonly synchronous: "full" | "normal";
}

/** Hand-written over better-sqlite3: it keeps the rows that it has folded, and writes those that a batch changed by one prepared upsert. */
export class SqliteBookkeeper implements Bookkeeper {
  readonly teller: SqliteTeller;
  private readonly database: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly rows = new Map<string, PlainRow>();
  private readonly store: Database.Transaction<(changed: Iterable<PlainRow>, to: number) => void>;
  private readonly rebuilding: ReturnType<typeof prepareRebuild>;
  private checkpoint: number;

  constructor(settings: Settings, { version, isIndexed }: BookkeeperOptions) {
    this.teller = new SqliteTeller(settings, PLAIN);
    this.database = new Database(settings.path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${settings.synchronous}`);
    const name = `rows_v${version}`;
    this.database.exec(schemaFor(name, isIndexed));
    this.statements = prepare(this.database, name);
    this.rebuilding = prepareRebuild(this.database, name, isIndexed);
    this.statements.layCheckpoint.run(name);
    this.checkpoint = this.statements.checkpoint.get(name) ?? 0;
    this.store = this.database.transaction((changed, to) => {
      for (const { accountId, holder, branch, balance } of changed)
        this.statements.upsert.run(accountId, holder, branch, balance);
      const { changes } = this.statements.moveCheckpoint.run(to, name, this.checkpoint);
      if (changes !== 1) throw new Error(`${name} has another owner`);
    });
  }

  catchUp(): void {
    for (;;) {
      const events = this.statements.page.all(this.checkpoint);
      const to = events.at(-1)?.[0];
      if (to === undefined) return;
      const changed = new Set<PlainRow>();
      for (const [, accountId, type, data] of events) {
        const row = foldRow(this.rows.get(accountId) ?? this.stored(accountId), accountId, type, data);
        this.rows.set(accountId, row);
        changed.add(row);
      }
      this.store.immediate(changed, to);
      this.checkpoint = to;
    }
  }

  rebuild(): void {
    const rows = new Map<string, PlainRow>();
    let position = 0;
    for (;;) {
      const events = this.rebuilding.page.all(position);
      const to = events.at(-1)?.[0];
      if (to === undefined) break;
      for (const [, accountId, type, data] of events)
        rows.set(accountId, foldRow(rows.get(accountId), accountId, type, data));
      position = to;
    }
    this.rebuilding.replace(rows.values(), position);
    this.rows.clear();
    this.checkpoint = position;
  }

  serve(): void {}

  row(accountId: string): AccountRow {
    const row = this.stored(accountId);
    if (row === undefined) throw new Error(`${accountId} has no row`);
    return row;
  }

  currentRow(accountId: string): AccountRow {
    this.catchUp();
    return this.row(accountId);
  }

  rowFromAfar(): never {
    throw new Error("only measured on PostgreSQL");
  }

  ofBranch(branch: number): readonly AccountRow[] {
    return this.statements.ofBranch.all(branch).map(rowOf);
  }

  totals(): Totals {
    const [rows, balance] = this.statements.totals.get() ?? [0, 0];
    return { rows, balance };
  }

  close(): void {
    this.database.close();
    this.teller.close();
  }

  private stored(accountId: string): PlainRow | undefined {
    const row = this.statements.row.get(accountId);
    return row && rowOf(row);
  }
}

type StoredRow = [accountId: string, holder: string, branch: number, balance: number];

function rowOf([accountId, holder, branch, balance]: StoredRow): PlainRow {
  return { accountId, holder, branch, balance };
}

function schemaFor(name: string, isIndexed: boolean): string {
  return `
    CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS ${name} (
      account_id TEXT NOT NULL PRIMARY KEY, holder TEXT, branch INTEGER, balance ANY
    ) STRICT;
    ${isIndexed ? `CREATE INDEX IF NOT EXISTS ${name}_by_branch ON ${name} (branch);` : ""}`;
}

/** The rows of a table, made again: in one transaction that drops the old ones. */
function prepareRebuild(database: Database.Database, name: string, isIndexed: boolean) {
  const page = database
    .prepare<[number], [globalPosition: number, accountId: string, type: string, data: string]>(
      `SELECT global_position, stream, type, data FROM events WHERE category = 'account' AND global_position > ?
       ORDER BY global_position LIMIT ${REBUILD_BATCH}`,
    )
    .raw();
  const replace = database.transaction((rows: Iterable<PlainRow>, to: number) => {
    database.exec(`DROP INDEX IF EXISTS ${name}_by_branch; ALTER TABLE ${name} RENAME TO ${name}_old;`);
    database.exec(schemaFor(name, false));
    const insert = database.prepare(`INSERT INTO ${name} (account_id, holder, branch, balance) VALUES (?, ?, ?, ?)`);
    for (const { accountId, holder, branch, balance } of rows) insert.run(accountId, holder, branch, balance);
    database.exec(`${isIndexed ? schemaFor(name, true) : ""} DROP TABLE ${name}_old;`);
    database.prepare("UPDATE checkpoints SET position = ? WHERE name = ?").run(to, name);
  });
  return { page, replace };
}

function prepare(database: Database.Database, name: string) {
  const columns = "account_id, holder, branch, balance";
  return {
    page: database
      .prepare<[number], [globalPosition: number, accountId: string, type: string, data: string]>(
        `SELECT global_position, stream, type, data FROM events WHERE category = 'account' AND global_position > ?
         ORDER BY global_position LIMIT ${BATCH}`,
      )
      .raw(),
    row: database.prepare<[string], StoredRow>(`SELECT ${columns} FROM ${name} WHERE account_id = ?`).raw(),
    ofBranch: database
      .prepare<[number], StoredRow>(`SELECT ${columns} FROM ${name} WHERE branch = ? ORDER BY account_id`)
      .raw(),
    totals: database
      .prepare<[], [rows: number, balance: number]>(`SELECT count(*), coalesce(sum(balance), 0) FROM ${name}`)
      .raw(),
    upsert: database.prepare(
      `INSERT INTO ${name} (${columns}) VALUES (?, ?, ?, ?) ON CONFLICT (account_id)
       DO UPDATE SET holder = excluded.holder, branch = excluded.branch, balance = excluded.balance`,
    ),
    layCheckpoint: database.prepare("INSERT INTO checkpoints VALUES (?, 0) ON CONFLICT DO NOTHING"),
    checkpoint: database.prepare<[string], number>("SELECT position FROM checkpoints WHERE name = ?").pluck(),
    moveCheckpoint: database.prepare("UPDATE checkpoints SET position = ? WHERE name = ? AND position = ?"),
  };
}
