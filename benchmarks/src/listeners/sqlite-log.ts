import Database from "better-sqlite3";

import { SqliteTeller } from "../tellers/sqlite-teller";
import { PLAIN } from "../tellers/teller";
import type { HandWrittenLog, LoggedEvent } from "./hand-written-listeners";

export class SqliteLog implements HandWrittenLog {
  readonly teller: SqliteTeller;
  private readonly database: Database.Database;
  private readonly events: Database.Statement<[number, number], LoggedEvent>;
  private readonly insert: Database.Statement<[string]>;
  private readonly update: Database.Statement<[number, string, number]>;

  constructor(settings: { readonly path: string; readonly synchronous: "full" | "normal" }) {
    this.teller = new SqliteTeller(settings, PLAIN);
    this.database = new Database(settings.path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${settings.synchronous}`);
    this.database.exec("CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL)");
    this.events = this.database
      .prepare<[number, number], LoggedEvent>(
        `SELECT global_position, type, data FROM events WHERE category = 'account' AND global_position > ?
         ORDER BY global_position LIMIT ?`,
      )
      .raw();
    this.insert = this.database.prepare("INSERT INTO checkpoints VALUES (?, 0) ON CONFLICT DO NOTHING");
    this.update = this.database.prepare("UPDATE checkpoints SET position = ? WHERE name = ? AND position = ?");
  }

  page(after: number, limit: number): LoggedEvent[] {
    return this.events.all(after, limit);
  }

  lay(names: readonly string[]): void {
    for (const name of names) this.insert.run(name);
  }

  move(names: readonly string[], from: number, to: number): void {
    this.database
      .transaction(() => {
        for (const name of names)
          if (this.update.run(to, name, from).changes !== 1) throw new Error(`${name} has another owner`);
      })
      .immediate();
  }

  close(): void {
    this.database.close();
    this.teller.close();
  }
}
