import { randomUUID } from "node:crypto";

import Database from "better-sqlite3";

import { QUEUE_SCHEMA } from "../auditors/sqlite-auditor";
import { DEPOSIT_TYPE, depositOf } from "../tellers/deposit-event";
import { foldPlain, newPlainAccount } from "../tellers/plain-account";
import { SqliteTeller } from "../tellers/sqlite-teller";
import { PLAIN } from "../tellers/teller";
import { CLAIM_MS, type Clerk, COMMAND_TYPE, CONCURRENCY } from "./clerk";
import { newCommand, readCommand } from "./plain-command";

type Claimed = [id: string, data: string, revision: number];

/** Hand-written over better-sqlite3: claims some deposits by one statement, and carries out each in a transaction of its own. */
export class SqliteClerk implements Clerk {
  readonly teller: SqliteTeller;
  private readonly database: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly worker = randomUUID();
  private readonly carryOut: Database.Transaction<(claimed: Claimed) => void>;

  constructor(settings: { readonly path: string; readonly synchronous: "full" | "normal" }) {
    this.teller = new SqliteTeller(settings, PLAIN);
    this.database = new Database(settings.path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${settings.synchronous}`);
    this.database.exec(QUEUE_SCHEMA);
    this.statements = prepare(this.database);
    this.carryOut = this.database.transaction((claimed) => this.deposit(claimed));
  }

  enqueue(accountIds: readonly string[]): void {
    this.database
      .transaction(() => {
        for (const accountId of accountIds) {
          const { id, data } = newCommand(accountId);
          this.statements.enqueue.run(id, COMMAND_TYPE, Date.now(), data);
        }
      })
      .immediate();
  }

  work(): void {
    for (;;) {
      const now = Date.now();
      const claimed = this.statements.claim.all(this.worker, now + CLAIM_MS, now, now);
      if (claimed.length === 0) return;
      for (const each of claimed) this.carryOut.immediate(each);
    }
  }

  close(): void {
    this.database.close();
    this.teller.close();
  }

  private deposit([id, data, revision]: Claimed): void {
    const { accountId, metadata } = readCommand(data);
    const account = newPlainAccount();
    for (const [type, event] of this.statements.events.iterate(accountId)) foldPlain(account, type, event);
    const deposit = depositOf(accountId);
    const now = Date.now();
    const position = account.version + 1;
    this.statements.insert.run(accountId, position, randomUUID(), DEPOSIT_TYPE, now, deposit, metadata);
    if (this.statements.settle.run(now, id, revision).changes !== 1) throw new Error(`${id} is another clerk's`);
  }
}

function prepare(database: Database.Database) {
  return {
    enqueue: database.prepare(
      `INSERT INTO command_queue (id, lane, type, priority, due_at, number, is_front, state, attempts, claims, revision, data)
       VALUES (?, 'default', ?, 0, ?, 0, 1, 'waiting', 0, 0, 0, ?)`,
    ),
    claim: database
      .prepare<[string, number, number, number], Claimed>(
        `UPDATE command_queue SET claimed_by = ?, claimed_until = ?, claims = claims + 1, revision = revision + 1
         WHERE id IN (
           SELECT id FROM command_queue WHERE lane = 'default' AND state = 'waiting' AND is_front = 1 AND priority = 0
             AND due_at <= ? AND (claimed_until IS NULL OR claimed_until <= ?)
           ORDER BY due_at, id LIMIT ${CONCURRENCY}
         ) RETURNING id, data, revision`,
      )
      .raw(),
    events: database
      .prepare<[string], [type: string, data: string]>(
        "SELECT type, data FROM events WHERE stream = ? ORDER BY position",
      )
      .raw(),
    insert: database.prepare(
      `INSERT INTO events (stream, position, category, id, type, time, data, metadata)
       VALUES (?, ?, 'account', ?, ?, ?, ?, ?)`,
    ),
    settle: database.prepare(
      `UPDATE command_queue SET state = 'done', is_front = NULL, outcome = '{}', finished_at = ?, claimed_by = NULL,
         claimed_until = NULL, revision = revision + 1
       WHERE id = ? AND revision = ?`,
    ),
  };
}
