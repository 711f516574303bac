import { Client, Pool } from "pg";

import { PostgresTeller } from "../tellers/postgres-teller";
import { PLAIN } from "../tellers/teller";
import type { AccountRow } from "./account-row";
import { BATCH, type Bookkeeper, type BookkeeperOptions, REBUILD_BATCH, type Totals } from "./bookkeeper";
import { foldRow, type PlainRow } from "./plain-row";

const CHANNEL = "hand_deposits";

/** Hand-written over `pg`: it keeps the rows that it has folded, and writes those that a batch changed by one statement. */
export class PostgresBookkeeper implements Bookkeeper {
  private readonly statements: ReturnType<typeof statementsFor>;
  private readonly rows = new Map<string, PlainRow>();
  private checkpoint = 0;
  private listener: Client | undefined;
  private running: Promise<void> | undefined;

  private constructor(
    private readonly url: string,
    private readonly pool: Pool,
    private readonly name: string,
    readonly teller: PostgresTeller,
  ) {
    this.statements = statementsFor(name);
  }

  static async connect(url: string, { version, isIndexed }: BookkeeperOptions): Promise<PostgresBookkeeper> {
    const teller = await PostgresTeller.connect(url, PLAIN);
    const pool = new Pool({ connectionString: url, max: 10 });
    const name = `rows_v${version}`;
    await pool.query(schemaFor(name, isIndexed));
    const bookkeeper = new PostgresBookkeeper(url, pool, name, teller);
    await bookkeeper.readCheckpoint();
    return bookkeeper;
  }

  async catchUp(): Promise<void> {
    for (;;) {
      const { rows: events } = await this.pool.query<[string, string, string, string]>({
        ...this.statements.page,
        values: [this.checkpoint],
        rowMode: "array",
      });
      if (events.length === 0) return;
      await this.read(events.map(([, accountId]) => accountId));
      const changed = new Set<PlainRow>();
      for (const [, accountId, type, data] of events) {
        const row = foldRow(this.rows.get(accountId), accountId, type, data);
        this.rows.set(accountId, row);
        changed.add(row);
      }
      await this.store([...changed], Number(events.at(-1)?.[0]));
    }
  }

  async rebuild(): Promise<void> {
    const rows = new Map<string, PlainRow>();
    let position = 0;
    const read = async (after: number) =>
      (
        await this.pool.query<[string, string, string, string]>({
          ...this.statements.pageToRebuild,
          values: [after],
          rowMode: "array",
        })
      ).rows;
    for (let page = await read(0); page.length > 0; ) {
      position = Number(page.at(-1)?.[0]);
      const next = read(position);
      for (const [, accountId, type, data] of page)
        rows.set(accountId, foldRow(rows.get(accountId), accountId, type, data));
      page = await next;
    }
    await this.replace([...rows.values()], position);
    this.rows.clear();
    this.checkpoint = position;
  }

  async serve(): Promise<void> {
    this.listener = new Client({ connectionString: this.url });
    await this.listener.connect();
    this.listener.on("notification", () => {
      this.running = (this.running ?? Promise.resolve()).then(() => this.catchUp());
    });
    await this.listener.query(`LISTEN ${CHANNEL}`);
    await this.catchUp();
  }

  async row(accountId: string): Promise<AccountRow> {
    const [row] = await this.rowsOf({ ...this.statements.row, values: [accountId] });
    if (row === undefined) throw new Error(`${accountId} has no row`);
    return row;
  }

  async currentRow(accountId: string): Promise<AccountRow> {
    await this.catchUp();
    return await this.row(accountId);
  }

  async rowFromAfar(accountId: string, balance: number): Promise<AccountRow> {
    await this.pool.query(`NOTIFY ${CHANNEL}`);
    for (;;) {
      const [row] = await this.rowsOf({ ...this.statements.row, values: [accountId] });
      if (row?.balance === balance) return row;
    }
  }

  ofBranch(branch: number): Promise<readonly AccountRow[]> {
    return this.rowsOf({ ...this.statements.ofBranch, values: [branch] });
  }

  async totals(): Promise<Totals> {
    const { rows } = await this.pool.query<[string, number]>({ ...this.statements.totals, rowMode: "array" });
    return { rows: Number(rows[0]?.[0]), balance: Number(rows[0]?.[1]) };
  }

  async close(): Promise<void> {
    await this.listener?.end();
    await this.running;
    await this.pool.end();
    await this.teller.close();
  }

  /** Reads the rows of these accounts that it does not have in hand, as far as they are there. */
  private async read(accountIds: readonly string[]): Promise<void> {
    const unknown = new Set(accountIds.filter((accountId) => !this.rows.has(accountId)));
    if (unknown.size === 0) return;
    for (const row of await this.rowsOf({ ...this.statements.rows, values: [[...unknown]] }))
      this.rows.set(row.accountId, row);
  }

  private async replace(rows: readonly PlainRow[], to: number): Promise<void> {
    const { name } = this;
    const client = await this.pool.connect();
    try {
      await client.query(`CREATE TABLE hand.${name}_new (LIKE hand.${name} INCLUDING ALL)`);
      const values = [
        ...[rows.map(({ accountId }) => accountId), rows.map(({ holder }) => holder)],
        ...[rows.map(({ branch }) => branch), rows.map(({ balance }) => balance)],
      ];
      const all = "SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[])";
      await client.query({ text: `INSERT INTO hand.${name}_new (account_id, holder, branch, balance) ${all}`, values });
      await client.query("BEGIN");
      await client.query(`DROP TABLE hand.${name}; ALTER TABLE hand.${name}_new RENAME TO ${name}`);
      await client.query({ text: "UPDATE hand.checkpoints SET position = $1 WHERE name = $2", values: [to, name] });
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  }

  private async store(changed: readonly PlainRow[], to: number): Promise<void> {
    const values = [
      ...[changed.map(({ accountId }) => accountId), changed.map(({ holder }) => holder)],
      ...[changed.map(({ branch }) => branch), changed.map(({ balance }) => balance)],
      ...[to, this.name, this.checkpoint],
    ];
    const { rowCount } = await this.pool.query({ ...this.statements.store, values });
    if (rowCount !== 1) throw new Error(`${this.name} has another owner`);
    this.checkpoint = to;
  }

  private async rowsOf(statement: { readonly text: string; readonly values: unknown[] }): Promise<PlainRow[]> {
    const { rows } = await this.pool.query<[string, string, string, number]>({ ...statement, rowMode: "array" });
    return rows.map(([accountId, holder, branch, balance]) => ({ accountId, holder, branch: Number(branch), balance }));
  }

  private async readCheckpoint(): Promise<void> {
    const values = [this.name];
    await this.pool.query({ text: "INSERT INTO hand.checkpoints VALUES ($1, 0) ON CONFLICT DO NOTHING", values });
    const { rows } = await this.pool.query({ text: "SELECT position FROM hand.checkpoints WHERE name = $1", values });
    this.checkpoint = Number(rows[0].position);
  }
}

function schemaFor(name: string, isIndexed: boolean): string {
  return `
    CREATE TABLE IF NOT EXISTS hand.checkpoints (name text PRIMARY KEY, position bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS hand.${name} (
      account_id text COLLATE "C" PRIMARY KEY, holder text COLLATE "C", branch bigint, balance double precision
    );
    ${isIndexed ? `CREATE INDEX IF NOT EXISTS ${name}_by_branch ON hand.${name} (branch);` : ""}`;
}

function statementsFor(name: string) {
  const columns = "account_id, holder, branch, balance";
  return {
    page: {
      name: "hand_page",
      text: `
        SELECT global_position, stream, type, data FROM hand.events
        WHERE category = 'account' AND global_position > $1 ORDER BY global_position LIMIT ${BATCH}`,
    },
    pageToRebuild: {
      name: "hand_page_to_rebuild",
      text: `
        SELECT global_position, stream, type, data FROM hand.events
        WHERE category = 'account' AND global_position > $1 ORDER BY global_position LIMIT ${REBUILD_BATCH}`,
    },
    row: { name: `row_${name}`, text: `SELECT ${columns} FROM hand.${name} WHERE account_id = $1` },
    rows: { name: `rows_${name}`, text: `SELECT ${columns} FROM hand.${name} WHERE account_id = ANY ($1::text[])` },
    ofBranch: {
      name: `branch_${name}`,
      text: `SELECT ${columns} FROM hand.${name} WHERE branch = $1 ORDER BY account_id`,
    },
    totals: { name: `totals_${name}`, text: `SELECT count(*), coalesce(sum(balance), 0) FROM hand.${name}` },
    store: {
      name: `store_${name}`,
      text: `
        WITH stored AS (
          INSERT INTO hand.${name} (${columns})
          SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[])
          ON CONFLICT (account_id) DO UPDATE
          SET holder = excluded.holder, branch = excluded.branch, balance = excluded.balance
        )
        UPDATE hand.checkpoints SET position = $5 WHERE name = $6 AND position = $7`,
    },
  } as const;
}
