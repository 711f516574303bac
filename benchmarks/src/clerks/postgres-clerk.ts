import { randomUUID } from "node:crypto";

import { Pool } from "pg";

import { QUEUE_SCHEMA } from "../auditors/postgres-auditor";
import { DEPOSIT_TYPE, depositOf } from "../tellers/deposit-event";
import { foldPlain, newPlainAccount } from "../tellers/plain-account";
import { PostgresTeller } from "../tellers/postgres-teller";
import { PLAIN } from "../tellers/teller";
import { CLAIM_MS, type Clerk, COMMAND_TYPE, CONCURRENCY } from "./clerk";
import { newCommand, readCommand } from "./plain-command";

type Claimed = [id: string, data: string, revision: string];

const STATEMENTS = {
  enqueue: {
    name: "hand_enqueue_deposits",
    text: `
      INSERT INTO hand.command_queue (id, lane, type, priority, due_at, number, data, state, standing)
      SELECT c.id, 'default', $1, 0, $2, 0, c.data, 'waiting', 'free' FROM unnest($3::text[], $4::text[]) AS c (id, data)`,
  },
  claim: {
    name: "hand_claim",
    text: `
      WITH first AS MATERIALIZED (
        SELECT id FROM hand.command_queue
        WHERE lane = 'default' AND standing = 'free' AND attempts >= 0 AND due_at <= $1::bigint
        ORDER BY priority DESC, due_at, id LIMIT ${CONCURRENCY} FOR UPDATE SKIP LOCKED
      )
      UPDATE hand.command_queue SET standing = 'claimed', claimed_by = $2, claimed_until = $1::bigint + ${CLAIM_MS},
        claims = claims + 1, revision = revision + 1
      WHERE id = ANY (ARRAY(SELECT id FROM first)) RETURNING id, data, revision`,
  },
  load: {
    name: "hand_clerk_load",
    text: "SELECT type, data FROM hand.events WHERE stream = $1 ORDER BY position",
  },
  /** The event is stored as long as the claim holds and nobody was faster, and the deposit is done then: all of it or nothing. */
  settle: {
    name: "hand_settle",
    text: `
      WITH mine AS MATERIALIZED (
        SELECT id FROM hand.command_queue WHERE id = $1 AND revision = $2::bigint FOR UPDATE
      ), inserted AS (
        INSERT INTO hand.events (stream, position, category, id, type, time, data, metadata)
        SELECT $3, $4::integer + 1, 'account', $5, $6, $7::bigint, $8, $9 FROM mine
        WHERE coalesce((SELECT max(position) FROM hand.events WHERE stream = $3), -1) = $4::integer
        ON CONFLICT (stream, position) DO NOTHING RETURNING 1
      )
      UPDATE hand.command_queue SET state = 'done', standing = NULL, outcome = '{}', finished_at = $7::bigint,
        claimed_by = NULL, claimed_until = NULL, revision = revision + 1
      WHERE id = $1 AND EXISTS (SELECT FROM inserted)`,
  },
} as const;

/** Hand-written over `pg`: claims some deposits by one statement that skips locked ones; each is loaded by one and stored by one. */
export class PostgresClerk implements Clerk {
  private readonly worker = randomUUID();
  private claimed: Claimed[] = [];
  private claiming: Promise<void> | undefined;

  private constructor(
    private readonly pool: Pool,
    readonly teller: PostgresTeller,
  ) {}

  static async connect(url: string): Promise<PostgresClerk> {
    const teller = await PostgresTeller.connect(url, PLAIN);
    const pool = new Pool({ connectionString: url, max: CONCURRENCY + 2 });
    await pool.query(QUEUE_SCHEMA);
    return new PostgresClerk(pool, teller);
  }

  async enqueue(accountIds: readonly string[]): Promise<void> {
    const commands = accountIds.map(newCommand);
    const values = [COMMAND_TYPE, Date.now(), commands.map(({ id }) => id), commands.map(({ data }) => data)];
    await this.pool.query({ ...STATEMENTS.enqueue, values });
  }

  async work(): Promise<void> {
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.workUntilEmpty()));
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.teller.close();
  }

  private async workUntilEmpty(): Promise<void> {
    for (;;) {
      if (this.claimed.length === 0) {
        this.claiming ??= this.claim();
        await this.claiming;
        if (this.claimed.length === 0 && this.claiming === undefined) return;
      }
      const next = this.claimed.shift();
      if (next !== undefined) await this.carryOut(next);
    }
  }

  /** All that have nothing to do wait for the same claim. */
  private async claim(): Promise<void> {
    const { rows } = await this.pool.query<Claimed>({
      ...STATEMENTS.claim,
      values: [Date.now(), this.worker],
      rowMode: "array",
    });
    this.claimed.push(...rows);
    this.claiming = undefined;
  }

  private async carryOut([id, data, revision]: Claimed): Promise<void> {
    const { accountId, metadata } = readCommand(data);
    const { rows } = await this.pool.query<[string, string]>({
      ...STATEMENTS.load,
      values: [accountId],
      rowMode: "array",
    });
    const account = newPlainAccount();
    for (const [type, event] of rows) foldPlain(account, type, event);
    const event = [randomUUID(), DEPOSIT_TYPE, Date.now(), depositOf(accountId), metadata];
    const values = [id, revision, accountId, account.version, ...event];
    const { rowCount } = await this.pool.query({ ...STATEMENTS.settle, values });
    if (rowCount !== 1) throw new Error(`${id} is another clerk's, or ${accountId} has another writer`);
  }
}
