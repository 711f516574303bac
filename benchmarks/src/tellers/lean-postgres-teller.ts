import { Pool } from "pg";

import { historicEvent } from "../bank";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import { LONGEST_COMMIT, type Teller, type TellerOptions } from "./teller";

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS lean;
  CREATE TABLE IF NOT EXISTS lean.events (
    global_position bigserial, position integer NOT NULL, stream text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL, data text COLLATE "C" NOT NULL, PRIMARY KEY (stream, position)
  );
  CREATE TABLE IF NOT EXISTS lean.snapshots (
    stream text COLLATE "C" PRIMARY KEY, version integer NOT NULL, state text COLLATE "C" NOT NULL
  );`;

/** For a log that is read across its streams. */
const INDEXES = {
  all: "CREATE INDEX IF NOT EXISTS by_position ON lean.events (global_position)",
  category: `
    ALTER TABLE lean.events ADD COLUMN IF NOT EXISTS category text COLLATE "C" NOT NULL DEFAULT 'account';
    CREATE INDEX IF NOT EXISTS by_category ON lean.events (category, global_position)`,
} as const;

/** Events a page of a load: short streams are one page, and of long ones the server reads a page while another is folded. */
const PAGE = 5_000;

const STATEMENTS = {
  load: {
    name: "lean_load",
    text: `SELECT type, data FROM lean.events WHERE stream = $1 AND position > $2 ORDER BY position LIMIT ${PAGE}`,
  },
  loadFromSnapshot: {
    name: "lean_load_from_snapshot",
    text: `
      WITH newest AS MATERIALIZED (SELECT version, state FROM lean.snapshots WHERE stream = $1)
      SELECT NULL, state, version FROM newest
      UNION ALL (
        SELECT type, data, position FROM lean.events
        WHERE stream = $1 AND position > coalesce((SELECT version FROM newest), -1) ORDER BY position
      )`,
  },
  insert: {
    name: "lean_insert",
    text: `
      INSERT INTO lean.events (stream, position, type, data) VALUES ($1, $2, $3, $4)
      ON CONFLICT (stream, position) DO NOTHING`,
  },
  insertMany: {
    name: "lean_insert_many",
    text: `
      INSERT INTO lean.events (stream, position, type, data)
      SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[])`,
  },
  writeSnapshot: {
    name: "lean_write_snapshot",
    text: `
      INSERT INTO lean.snapshots VALUES ($1, $2, $3)
      ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state`,
  },
  behind: {
    name: "lean_behind",
    text: `
      SELECT stream FROM lean.events e GROUP BY stream
      HAVING max(position) IS DISTINCT FROM (SELECT version FROM lean.snapshots s WHERE s.stream = e.stream)`,
  },
  all: {
    name: "lean_all",
    text: "SELECT global_position, data FROM lean.events WHERE global_position > $1 ORDER BY global_position LIMIT 1000",
  },
  category: {
    name: "lean_category",
    text: `
      SELECT global_position, data FROM lean.events WHERE category = 'account' AND global_position > $1
      ORDER BY global_position LIMIT 1000`,
  },
} as const;

const CONNECTIONS = 10;

/** The leanest over `pg`: named statements, rows as arrays, and one index, which refuses a second writer. */
export class LeanPostgresTeller implements Teller {
  private readonly cache = new Map<string, PlainAccount>();

  private constructor(
    private readonly pool: Pool,
    private readonly options: TellerOptions,
  ) {}

  static async connect(url: string, options: TellerOptions): Promise<LeanPostgresTeller> {
    const pool = new Pool({ connectionString: url, max: CONNECTIONS });
    await pool.query(SCHEMA);
    if (options.reads !== undefined) await pool.query(INDEXES[options.reads]);
    return new LeanPostgresTeller(pool, options);
  }

  async open(accountIds: readonly string[], events: number): Promise<void> {
    const accountsACommit = Math.ceil(LONGEST_COMMIT / events);
    for (let account = 0; account < accountIds.length; account += accountsACommit) {
      const some = accountIds.slice(account, account + accountsACommit);
      for (let first = 0; first < events; first += LONGEST_COMMIT)
        await this.insertHistories(some, first, Math.min(LONGEST_COMMIT, events - first));
    }
  }

  async append(accountId: string, first: number, count: number): Promise<void> {
    if (count > 1) return await this.insertHistories([accountId], first, count);
    const { type, data } = historicEvent(accountId, first);
    if (!(await this.insert(accountId, first, type, JSON.stringify(data)))) throw conflict(accountId);
  }

  appendEach(accountIds: readonly string[], position: number): Promise<void> {
    return this.insertHistories(accountIds, position, 1);
  }

  async deposit(accountId: string): Promise<void> {
    if (!(await this.tryDeposit(accountId))) throw conflict(accountId);
  }

  async depositPersistently(accountId: string): Promise<void> {
    while (!(await this.tryDeposit(accountId)));
  }

  async balance(accountId: string): Promise<number> {
    return (await this.load(accountId)).balance;
  }

  async snapshotAll(): Promise<number> {
    const { rows } = await this.pool.query<[string]>({ ...STATEMENTS.behind, rowMode: "array" });
    const streams = rows.map(([stream]) => stream).values();
    const work = async () => {
      for (const stream of streams) await this.writeSnapshot(stream, await this.load(stream));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    return rows.length;
  }

  async deleteSnapshots(): Promise<void> {
    await this.pool.query("DELETE FROM lean.snapshots");
  }

  readCategory(): Promise<number> {
    return this.read(STATEMENTS.category);
  }

  readAll(): Promise<number> {
    return this.read(STATEMENTS.all);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** The server reads the next page while this one is parsed. */
  private async read(statement: { readonly name: string; readonly text: string }): Promise<number> {
    const pageAfter = (position: string) =>
      this.pool.query<[string, string]>({ ...statement, values: [position], rowMode: "array" });
    let count = 0;
    for (let page = pageAfter("0"); ; ) {
      const { rows } = await page;
      const last = rows.at(-1);
      if (last === undefined) return count;
      page = pageAfter(last[0]);
      for (const [, data] of rows) if (JSON.parse(data).accountId !== undefined) count++;
    }
  }

  private async load(accountId: string): Promise<PlainAccount> {
    if (this.options.snapshotEvery > 0) return await this.loadFromSnapshot(accountId);
    const account = newPlainAccount();
    for (let page = this.pageAfter(accountId, account.version); ; ) {
      const rows = await page;
      if (rows.length === PAGE) page = this.pageAfter(accountId, account.version + PAGE);
      for (const [type, data] of rows) foldPlain(account, type, data);
      if (rows.length < PAGE) return account;
    }
  }

  private async pageAfter(accountId: string, position: number): Promise<[type: string, data: string][]> {
    const query = { ...STATEMENTS.load, values: [accountId, position], rowMode: "array" as const };
    return (await this.pool.query<[string, string]>(query)).rows;
  }

  private async loadFromSnapshot(accountId: string): Promise<PlainAccount> {
    const query = { ...STATEMENTS.loadFromSnapshot, values: [accountId], rowMode: "array" as const };
    const { rows } = await this.pool.query<[string | null, string, number]>(query);
    let account = newPlainAccount();
    for (const [type, data, version] of rows) {
      if (type === null) account = restorePlain(version, data);
      else foldPlain(account, type, data);
    }
    return account;
  }

  /** @returns false when another writer was faster. */
  private async tryDeposit(accountId: string): Promise<boolean> {
    const { isCaching, snapshotEvery } = this.options;
    const cached = isCaching ? this.cache.get(accountId) : undefined;
    const account = cached ?? (await this.load(accountId));
    const data = depositOf(accountId);
    if (!(await this.insert(accountId, account.version + 1, DEPOSIT_TYPE, data))) {
      this.cache.delete(accountId);
      return false;
    }
    foldPlain(account, DEPOSIT_TYPE, data);
    if (isCaching) this.cache.set(accountId, account);
    if (snapshotEvery > 0 && (account.version + 1) % snapshotEvery === 0) await this.writeSnapshot(accountId, account);
    return true;
  }

  /** @returns false when the position is taken. */
  private async insert(accountId: string, position: number, type: string, data: string): Promise<boolean> {
    const { rowCount } = await this.pool.query({ ...STATEMENTS.insert, values: [accountId, position, type, data] });
    return rowCount === 1;
  }

  private async insertHistories(accountIds: readonly string[], first: number, count: number): Promise<void> {
    const streams: string[] = [];
    const positions: number[] = [];
    const types: string[] = [];
    const data: string[] = [];
    for (const accountId of accountIds) {
      for (let position = first; position < first + count; position++) {
        const event = historicEvent(accountId, position);
        streams.push(accountId);
        positions.push(position);
        types.push(event.type);
        data.push(JSON.stringify(event.data));
      }
    }
    await this.pool.query({ ...STATEMENTS.insertMany, values: [streams, positions, types, data] });
  }

  private async writeSnapshot(accountId: string, account: PlainAccount): Promise<void> {
    const values = [accountId, account.version, plainState(account)];
    await this.pool.query({ ...STATEMENTS.writeSnapshot, values });
  }
}

function conflict(accountId: string): Error {
  return new Error(`${accountId} has another writer`);
}
