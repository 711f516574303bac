import Database from "better-sqlite3";

import { SqliteTeller } from "../tellers/sqlite-teller";
import { PLAIN } from "../tellers/teller";
import { type Audited, type Auditor, BATCH } from "./auditor";
import { type PlainAudit, PlainChanges } from "./plain-audit";

/** The tables of Tidemark, with their columns and indexes, without what proves that nothing is damaged. */
export const QUEUE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS command_queue (
    id TEXT NOT NULL PRIMARY KEY, lane TEXT NOT NULL, type TEXT NOT NULL, priority INTEGER NOT NULL, due_at INTEGER NOT NULL,
    expires_at INTEGER, line TEXT, number INTEGER NOT NULL, is_front INTEGER, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    claims INTEGER NOT NULL, revision INTEGER NOT NULL, claimed_by TEXT, claimed_until INTEGER, finished_at INTEGER,
    data TEXT NOT NULL, outcome TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS queue_by_priority ON command_queue (lane, priority, due_at, id)
    WHERE state = 'waiting' AND is_front = 1;
  CREATE INDEX IF NOT EXISTS queue_by_time ON command_queue (lane, due_at, id) WHERE state = 'waiting' AND is_front = 1;
  CREATE INDEX IF NOT EXISTS queue_by_line ON command_queue (line, is_front, number) WHERE line IS NOT NULL;
  CREATE INDEX IF NOT EXISTS queue_by_state ON command_queue (state, lane, due_at, id);
  CREATE INDEX IF NOT EXISTS queue_by_claim ON command_queue (lane, claimed_until) WHERE claimed_until IS NOT NULL;
  CREATE INDEX IF NOT EXISTS queue_by_end ON command_queue (finished_at) WHERE finished_at IS NOT NULL;
`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS states (
    stream TEXT NOT NULL PRIMARY KEY, category TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS states_by_category ON states (category, stream);
  CREATE TABLE IF NOT EXISTS timers (
    owner TEXT NOT NULL, name TEXT NOT NULL, slot INTEGER NOT NULL, due_at INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (owner, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS timers_by_time ON timers (due_at, owner, name, slot);
  CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL);
  ${QUEUE_SCHEMA}
`;

type Row = [position: number, id: string, accountId: string, type: string, time: number, data: string];

/** Hand-written over better-sqlite3: prepared statements, and the accounts that it has followed in hand. */
export class SqliteAuditor implements Auditor {
  readonly teller: SqliteTeller;
  private readonly database: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly audits = new Map<string, PlainAudit>();
  private readonly store: Database.Transaction<(changes: PlainChanges, to: number) => void>;
  private checkpoint: number;

  constructor(
    settings: { readonly path: string; readonly synchronous: "full" | "normal" },
    private readonly process: string,
  ) {
    this.teller = new SqliteTeller(settings, PLAIN);
    this.database = new Database(settings.path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${settings.synchronous}`);
    this.database.exec(SCHEMA);
    this.statements = prepare(this.database);
    this.statements.layCheckpoint.run(process);
    this.checkpoint = this.statements.checkpoint.get(process) ?? 0;
    this.store = this.database.transaction((changes, to) => this.write(changes, to));
  }

  catchUp(): void {
    for (;;) {
      const events = this.statements.page.all(this.checkpoint);
      const to = events.at(-1)?.[0];
      if (to === undefined) return;
      const changes = new PlainChanges(this.process);
      for (const [, id, accountId, type, time, data] of events)
        changes.step(this.audit(changes.owner(accountId), accountId), { id, accountId, type, time, data });
      this.store.immediate(changes, to);
      for (const audit of changes.audits.values()) audit.version++;
      this.checkpoint = to;
    }
  }

  audited(accountId: string): Audited {
    const owner = `${this.process}-${accountId}`;
    const [, data = "{}"] = this.statements.state.get(owner) ?? [];
    return { steps: JSON.parse(data).steps, commands: this.statements.commands.get(owner) as number };
  }

  close(): void {
    this.database.close();
    this.teller.close();
  }

  private audit(owner: string, accountId: string): PlainAudit {
    let audit = this.audits.get(accountId);
    if (audit === undefined) {
      const stored = this.statements.state.get(owner);
      audit =
        stored === undefined ? { version: -1, state: undefined } : { version: stored[0], state: JSON.parse(stored[1]) };
      this.audits.set(accountId, audit);
    }
    return audit;
  }

  private write(changes: PlainChanges, to: number): void {
    const { insertState, updateState, enqueue, isFirst, setTimer, removeTimer, moveCheckpoint } = this.statements;
    for (const [accountId, { version, state }] of changes.audits) {
      const [owner, data] = [changes.owner(accountId), JSON.stringify(state)];
      const { changes: written } =
        version === -1
          ? insertState.run(owner, this.process, data)
          : updateState.run(version + 1, data, owner, version);
      if (written !== 1) throw new Error(`${owner} has another auditor`);
    }
    for (const { id, lane, type, line, number, dueAt, data } of changes.commands)
      enqueue.run(id, lane, type, dueAt, line, number, isFirst.get(line, number) === undefined ? 1 : 0, data);
    for (const [owner, timer] of changes.timers) {
      if (timer === undefined) removeTimer.run(owner);
      else setTimer.run(owner, timer.slot, timer.dueAt, timer.data);
    }
    if (moveCheckpoint.run(to, this.process, this.checkpoint).changes !== 1)
      throw new Error(`${this.process} has another owner`);
  }
}

function prepare(database: Database.Database) {
  return {
    page: database
      .prepare<[number], Row>(
        `SELECT global_position, id, stream, type, time, data FROM events
         WHERE category = 'account' AND global_position > ? ORDER BY global_position LIMIT ${BATCH}`,
      )
      .raw(),
    state: database
      .prepare<[string], [version: number, data: string]>("SELECT version, data FROM states WHERE stream = ?")
      .raw(),
    commands: database.prepare<[string], number>("SELECT count(*) FROM command_queue WHERE line = ?").pluck(),
    insertState: database.prepare("INSERT INTO states VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING"),
    updateState: database.prepare("UPDATE states SET version = ?, data = ? WHERE stream = ? AND version = ?"),
    isFirst: database
      .prepare<[string, number], number>(
        "SELECT 1 FROM command_queue WHERE line = ? AND is_front IS NOT NULL AND number < ? LIMIT 1",
      )
      .pluck(),
    enqueue: database.prepare(
      `INSERT INTO command_queue (id, lane, type, priority, due_at, line, number, is_front, state, attempts, claims, revision, data)
       VALUES (?, ?, ?, 0, ?, ?, ?, ?, 'waiting', 0, 0, 0, ?) ON CONFLICT DO NOTHING`,
    ),
    setTimer: database.prepare(
      `INSERT INTO timers VALUES (?, 'reminder', ?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
    ),
    removeTimer: database.prepare("DELETE FROM timers WHERE owner = ? AND name = 'reminder'"),
    layCheckpoint: database.prepare("INSERT INTO checkpoints VALUES (?, 0) ON CONFLICT DO NOTHING"),
    checkpoint: database.prepare<[string], number>("SELECT position FROM checkpoints WHERE name = ?").pluck(),
    moveCheckpoint: database.prepare("UPDATE checkpoints SET position = ? WHERE name = ? AND position = ?"),
  };
}
