import { Pool, type PoolClient } from "pg";

import { PostgresTeller } from "../tellers/postgres-teller";
import { PLAIN } from "../tellers/teller";
import { type Audited, type Auditor, BATCH } from "./auditor";
import { type PlainAudit, PlainChanges } from "./plain-audit";

/** The table of Tidemark, with its columns and indexes. */
export const QUEUE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS hand.command_queue (
    due_at bigint NOT NULL, priority double precision NOT NULL, id text COLLATE "C" PRIMARY KEY, lane text COLLATE "C" NOT NULL,
    data text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, expires_at bigint, line text COLLATE "C",
    number bigint NOT NULL, state text COLLATE "C" NOT NULL, standing text COLLATE "C", attempts integer NOT NULL DEFAULT 0,
    claims integer NOT NULL DEFAULT 0, revision bigint NOT NULL DEFAULT 0, claimed_by text COLLATE "C", claimed_until bigint,
    finished_at bigint, outcome text COLLATE "C"
  );
  CREATE INDEX IF NOT EXISTS queue_by_priority ON hand.command_queue (lane, priority DESC, due_at, id)
    WHERE standing = 'free' AND attempts >= 0;
  CREATE INDEX IF NOT EXISTS queue_by_time ON hand.command_queue (lane, due_at, id) WHERE standing = 'free' AND claims >= 0;
  CREATE INDEX IF NOT EXISTS queue_claims ON hand.command_queue (lane, claimed_until) WHERE standing = 'claimed';
  CREATE INDEX IF NOT EXISTS queue_lines ON hand.command_queue (line, state, number) WHERE line IS NOT NULL;
  CREATE INDEX IF NOT EXISTS queue_by_state ON hand.command_queue (state, id) INCLUDE (lane, due_at, claimed_until)
    WHERE revision >= 0;
  CREATE INDEX IF NOT EXISTS queue_finished ON hand.command_queue (finished_at) WHERE finished_at IS NOT NULL;`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS hand.states (
    version bigint NOT NULL, slot smallint NOT NULL, stream text COLLATE "C" PRIMARY KEY, category text COLLATE "C" NOT NULL,
    data text COLLATE "C" NOT NULL
  );
  CREATE INDEX IF NOT EXISTS states_by_category ON hand.states (category, stream);
  CREATE TABLE IF NOT EXISTS hand.timers (
    due_at bigint NOT NULL, owner text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, data text COLLATE "C" NOT NULL,
    slot integer NOT NULL, PRIMARY KEY (owner, name)
  );
  CREATE INDEX IF NOT EXISTS timers_by_time ON hand.timers (due_at, owner, name) INCLUDE (slot);
  CREATE TABLE IF NOT EXISTS hand.checkpoints (name text PRIMARY KEY, position bigint NOT NULL);
  ${QUEUE_SCHEMA}`;

const STATEMENTS = {
  page: {
    name: "hand_audit_page",
    text: `
      SELECT global_position, id, stream, type, time, data FROM hand.events
      WHERE category = 'account' AND global_position > $1 ORDER BY global_position LIMIT ${BATCH}`,
  },
  states: {
    name: "hand_states",
    text: "SELECT stream, version, data FROM hand.states WHERE stream = ANY ($1::text[])",
  },
  insertStates: {
    name: "hand_insert_states",
    text: `
      INSERT INTO hand.states (version, slot, stream, category, data)
      SELECT 0, 0, stream, $1, data FROM unnest($2::text[], $3::text[]) AS s (stream, data) ON CONFLICT DO NOTHING`,
  },
  updateStates: {
    name: "hand_update_states",
    text: `
      UPDATE hand.states t SET version = s.version + 1, data = s.data
      FROM unnest($1::text[], $2::bigint[], $3::text[]) AS s (stream, version, data)
      WHERE t.stream = s.stream AND t.version = s.version`,
  },
  /** A command is free for claims unless another one of its line is before it, in the table or in the batch. */
  enqueue: {
    name: "hand_enqueue",
    text: `
      INSERT INTO hand.command_queue (id, lane, type, priority, due_at, line, number, data, state, standing)
      SELECT c.id, c.lane, c.type, 0, c.due_at, c.line, c.number, c.data, 'waiting',
        CASE WHEN row_number() OVER (PARTITION BY c.line ORDER BY c.number) > 1 OR EXISTS (
          SELECT FROM hand.command_queue q WHERE q.line = c.line AND q.state = 'waiting' AND q.number < c.number
        ) THEN 'behind' ELSE 'free' END
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[])
        AS c (id, lane, type, due_at, line, number, data)
      ON CONFLICT DO NOTHING`,
  },
  setTimers: {
    name: "hand_set_timers",
    text: `
      INSERT INTO hand.timers (owner, name, slot, due_at, data)
      SELECT owner, 'reminder', slot, due_at, data FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[])
        AS t (owner, slot, due_at, data)
      ON CONFLICT (owner, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
  },
  removeTimers: {
    name: "hand_remove_timers",
    text: "DELETE FROM hand.timers WHERE owner = ANY ($1::text[]) AND name = 'reminder'",
  },
  move: {
    name: "hand_audit_move",
    text: "UPDATE hand.checkpoints SET position = $1 WHERE name = $2 AND position = $3",
  },
} as const;

/** Hand-written over `pg`: one statement for each kind of change of a batch, all in one transaction. */
export class PostgresAuditor implements Auditor {
  private readonly audits = new Map<string, PlainAudit>();
  private checkpoint = 0;

  private constructor(
    private readonly pool: Pool,
    private readonly process: string,
    readonly teller: PostgresTeller,
  ) {}

  static async connect(url: string, process: string): Promise<PostgresAuditor> {
    const teller = await PostgresTeller.connect(url, PLAIN);
    const pool = new Pool({ connectionString: url, max: 10 });
    await pool.query(SCHEMA);
    const auditor = new PostgresAuditor(pool, process, teller);
    await auditor.readCheckpoint();
    return auditor;
  }

  async catchUp(): Promise<void> {
    for (;;) {
      const { rows: events } = await this.pool.query<[string, string, string, string, string, string]>({
        ...STATEMENTS.page,
        values: [this.checkpoint],
        rowMode: "array",
      });
      if (events.length === 0) return;
      await this.read(events.map(([, , accountId]) => accountId));
      const changes = new PlainChanges(this.process);
      for (const [, id, accountId, type, time, data] of events)
        changes.step(this.audits.get(accountId) as PlainAudit, { id, accountId, type, time: Number(time), data });
      const to = Number(events.at(-1)?.[0]);
      await this.store(changes, to);
      for (const audit of changes.audits.values()) audit.version++;
      this.checkpoint = to;
    }
  }

  async audited(accountId: string): Promise<Audited> {
    const owner = `${this.process}-${accountId}`;
    const { rows } = await this.pool.query("SELECT data FROM hand.states WHERE stream = $1", [owner]);
    const { rows: counted } = await this.pool.query("SELECT count(*) FROM hand.command_queue WHERE line = $1", [owner]);
    return { steps: JSON.parse(rows[0].data).steps, commands: Number(counted[0].count) };
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.teller.close();
  }

  /** Reads the states of these accounts that it does not have in hand. */
  private async read(accountIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(accountIds)].filter((accountId) => !this.audits.has(accountId));
    if (unknown.length === 0) return;
    const { rows } = await this.pool.query<[string, string, string]>({
      ...STATEMENTS.states,
      values: [unknown.map((accountId) => `${this.process}-${accountId}`)],
      rowMode: "array",
    });
    for (const accountId of unknown) this.audits.set(accountId, { version: -1, state: undefined });
    for (const [stream, version, data] of rows)
      this.audits.set(stream.slice(this.process.length + 1), { version: Number(version), state: JSON.parse(data) });
  }

  private async store(changes: PlainChanges, to: number): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      await this.write(client, changes, to);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }

  private async write(client: PoolClient, changes: PlainChanges, to: number): Promise<void> {
    const run = async (statement: { readonly name: string; readonly text: string }, ...values: unknown[]) =>
      (await client.query({ ...statement, values })).rowCount;
    const states = Array.from(changes.audits, ([accountId, { version, state }]) => ({
      ...{ stream: changes.owner(accountId), version, data: JSON.stringify(state) },
    }));
    const [added, changed] = [
      states.filter(({ version }) => version === -1),
      states.filter(({ version }) => version > -1),
    ];
    const streams = (of: typeof states) => of.map(({ stream }) => stream);
    const datas = (of: readonly { readonly data: string }[]) => of.map(({ data }) => data);
    if (added.length > 0) {
      const written = await run(STATEMENTS.insertStates, this.process, streams(added), datas(added));
      if (written !== added.length) throw new Error(`${this.process} has another owner`);
    }
    if (changed.length > 0) {
      const versions = changed.map(({ version }) => version);
      const written = await run(STATEMENTS.updateStates, streams(changed), versions, datas(changed));
      if (written !== changed.length) throw new Error(`${this.process} has another owner`);
    }
    const { commands } = changes;
    await run(
      STATEMENTS.enqueue,
      ...[commands.map(({ id }) => id), commands.map(({ lane }) => lane), commands.map(({ type }) => type)],
      ...[commands.map(({ dueAt }) => dueAt), commands.map(({ line }) => line), commands.map(({ number }) => number)],
      datas(commands),
    );
    const set = [...changes.timers.values()].filter((timer) => timer !== undefined);
    const removed = [...changes.timers].filter(([, timer]) => timer === undefined).map(([owner]) => owner);
    if (set.length > 0)
      await run(
        STATEMENTS.setTimers,
        ...[set.map(({ owner }) => owner), set.map(({ slot }) => slot), set.map(({ dueAt }) => dueAt), datas(set)],
      );
    if (removed.length > 0) await run(STATEMENTS.removeTimers, removed);
    if ((await run(STATEMENTS.move, to, this.process, this.checkpoint)) !== 1)
      throw new Error(`${this.process} has another owner`);
  }

  private async readCheckpoint(): Promise<void> {
    const values = [this.process];
    await this.pool.query({ text: "INSERT INTO hand.checkpoints VALUES ($1, 0) ON CONFLICT DO NOTHING", values });
    const { rows } = await this.pool.query({ text: "SELECT position FROM hand.checkpoints WHERE name = $1", values });
    this.checkpoint = Number(rows[0].position);
  }
}
