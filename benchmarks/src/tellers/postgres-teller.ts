import { randomUUID } from "node:crypto";

import { Pool } from "pg";

import { historicBalance, historicEvent } from "../bank";
import { branchOf } from "../bookkeepers/account-row";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import { AMOUNT, LONGEST_COMMIT, type Teller, type TellerOptions } from "./teller";

/** The tables of a bank. */
export const BANK_SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS hand;
  CREATE TABLE IF NOT EXISTS hand.events (
    global_position bigserial, time bigint NOT NULL, position integer NOT NULL, stream text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL,
    data text COLLATE "C" NOT NULL, metadata text COLLATE "C" NOT NULL, PRIMARY KEY (stream, position)
  );
  CREATE INDEX IF NOT EXISTS by_position ON hand.events (global_position);
  CREATE INDEX IF NOT EXISTS by_category ON hand.events (category, global_position);
  CREATE UNIQUE INDEX IF NOT EXISTS by_id ON hand.events (id);
  CREATE INDEX IF NOT EXISTS firsts ON hand.events (stream) WHERE position = 0;
  CREATE TABLE IF NOT EXISTS hand.snapshots (
    stream text COLLATE "C" PRIMARY KEY, version integer NOT NULL, state text COLLATE "C" NOT NULL
  );
  CREATE TABLE IF NOT EXISTS hand.inline_rows (
    account_id text COLLATE "C" PRIMARY KEY, holder text COLLATE "C", branch bigint, balance double precision
  );`;

const COLUMNS = "stream, position, category, id, type, time, data, metadata";

const STATEMENTS = {
  load: {
    name: "hand_load",
    text: "SELECT type, data FROM hand.events WHERE stream = $1 ORDER BY position",
  },
  loadFromSnapshot: {
    name: "hand_load_from_snapshot",
    text: `
      WITH newest AS MATERIALIZED (SELECT version, state FROM hand.snapshots WHERE stream = $1)
      SELECT NULL, state, version FROM newest
      UNION ALL (
        SELECT type, data, position FROM hand.events
        WHERE stream = $1 AND position > coalesce((SELECT version FROM newest), -1) ORDER BY position
      )`,
  },
  insert: {
    name: "hand_insert",
    text: `
      INSERT INTO hand.events (${COLUMNS})
      SELECT $1, $2::integer + 1, 'account', $3, $4, $5::bigint, $6, $7
      WHERE coalesce((SELECT max(position) FROM hand.events WHERE stream = $1), -1) = $2::integer
      ON CONFLICT (stream, position) DO NOTHING`,
  },
  insertWithRow: {
    name: "hand_insert_with_row",
    text: `
      WITH inserted AS (
        INSERT INTO hand.events (${COLUMNS})
        SELECT $1, $2::integer + 1, 'account', $3, $4, $5::bigint, $6, $7
        WHERE coalesce((SELECT max(position) FROM hand.events WHERE stream = $1), -1) = $2::integer
        ON CONFLICT (stream, position) DO NOTHING RETURNING 1
      )
      UPDATE hand.inline_rows SET balance = balance + $8 WHERE account_id = $1 AND EXISTS (SELECT FROM inserted)`,
  },
  insertRows: {
    name: "hand_insert_rows",
    text: "INSERT INTO hand.inline_rows SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[])",
  },
  insertEach: {
    name: "hand_insert_each",
    text: `
      INSERT INTO hand.events (${COLUMNS})
      SELECT stream, $1::integer, 'account', id, $2, $3::bigint, data, $4
      FROM unnest($5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS e (stream, id, data, place) ORDER BY place`,
  },
  insertMany: {
    name: "hand_insert_many",
    text: `
      INSERT INTO hand.events (${COLUMNS})
      SELECT $1, $2::integer + place::integer, 'account', id, type, $3::bigint, data, $4
      FROM unnest($5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS e (id, type, data, place)
      WHERE coalesce((SELECT max(position) FROM hand.events WHERE stream = $1), -1) = $2::integer`,
  },
  writeSnapshot: {
    name: "hand_write_snapshot",
    text: `
      INSERT INTO hand.snapshots VALUES ($1, $2, $3)
      ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state`,
  },
  behind: {
    name: "hand_behind",
    text: `
      SELECT stream FROM hand.events e WHERE position = 0 AND NOT EXISTS (
        SELECT FROM hand.snapshots s WHERE s.stream = e.stream
          AND s.version = (SELECT max(position) FROM hand.events WHERE stream = e.stream)
      )`,
  },
  all: {
    name: "hand_all",
    text: "SELECT global_position, data FROM hand.events WHERE global_position > $1 ORDER BY global_position LIMIT 1000",
  },
  category: {
    name: "hand_category",
    text: `
      SELECT global_position, data FROM hand.events WHERE category = 'account' AND global_position > $1
      ORDER BY global_position LIMIT 1000`,
  },
} as const;

const CONNECTIONS = 10;

/** Hand-written over `pg`: named statements, rows as arrays, and the columns and indexes of Tidemark's table. */
export class PostgresTeller implements Teller {
  private readonly cache = new Map<string, PlainAccount>();

  private constructor(
    private readonly pool: Pool,
    private readonly options: TellerOptions,
  ) {}

  static async connect(url: string, options: TellerOptions): Promise<PostgresTeller> {
    const pool = new Pool({ connectionString: url, max: CONNECTIONS });
    await pool.query(BANK_SCHEMA);
    return new PostgresTeller(pool, options);
  }

  async open(accountIds: readonly string[], events: number): Promise<void> {
    for (const accountId of accountIds)
      for (let first = 0; first < events; first += LONGEST_COMMIT)
        await this.append(accountId, first, Math.min(LONGEST_COMMIT, events - first));
    if (!this.options.hasInlineRows) return;
    const [holders, balances] = [accountIds.map(() => "Alice Example"), accountIds.map(() => historicBalance(events))];
    await this.pool.query({
      ...STATEMENTS.insertRows,
      values: [accountIds, holders, accountIds.map(branchOf), balances],
    });
  }

  async append(accountId: string, first: number, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, index) => historicEvent(accountId, first + index));
    const values = [
      ...[accountId, first - 1, Date.now(), "{}"],
      events.map(() => randomUUID()),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
    ];
    const { rowCount } = await this.pool.query({ ...STATEMENTS.insertMany, values });
    if (rowCount !== count) throw new Error(`${accountId} is not at version ${first - 1}`);
  }

  async appendEach(accountIds: readonly string[], position: number): Promise<void> {
    const events = accountIds.map((accountId) => historicEvent(accountId, position));
    const values = [
      ...[position, events[0]?.type, Date.now(), "{}"],
      ...[accountIds, events.map(() => randomUUID()), events.map(({ data }) => JSON.stringify(data))],
    ];
    await this.pool.query({ ...STATEMENTS.insertEach, values });
  }

  async deposit(accountId: string): Promise<void> {
    if (!(await this.tryDeposit(accountId))) throw new Error(`${accountId} has another writer`);
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
    await this.pool.query("DELETE FROM hand.snapshots");
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

  private async read(statement: { readonly name: string; readonly text: string }): Promise<number> {
    let count = 0;
    for (let after = "0"; ; ) {
      const { rows } = await this.pool.query<[string, string]>({
        ...statement,
        values: [after],
        rowMode: "array",
      });
      for (const [, data] of rows) if (JSON.parse(data).accountId !== undefined) count++;
      const last = rows.at(-1);
      if (last === undefined) return count;
      after = last[0];
    }
  }

  private async load(accountId: string): Promise<PlainAccount> {
    const fromSnapshot = this.options.snapshotEvery > 0;
    const statement = fromSnapshot ? STATEMENTS.loadFromSnapshot : STATEMENTS.load;
    const { rows } = await this.pool.query<[string | null, string, number]>({
      ...statement,
      values: [accountId],
      rowMode: "array",
    });
    let account = newPlainAccount();
    for (const [type, data, version] of rows) {
      if (type === null) account = restorePlain(version, data);
      else foldPlain(account, type, data);
    }
    return account;
  }

  /** @returns false when another writer was faster. */
  private async tryDeposit(accountId: string): Promise<boolean> {
    const { isCaching, snapshotEvery, hasInlineRows } = this.options;
    const account = isCaching
      ? (this.cache.get(accountId) ?? (await this.load(accountId)))
      : await this.load(accountId);
    const data = depositOf(accountId);
    const cause = randomUUID();
    const values = [
      ...[accountId, account.version, randomUUID(), DEPOSIT_TYPE, Date.now(), data],
      JSON.stringify({ correlationId: cause, causationId: cause }),
    ];
    const { rowCount } = await this.pool.query(
      hasInlineRows ? { ...STATEMENTS.insertWithRow, values: [...values, AMOUNT] } : { ...STATEMENTS.insert, values },
    );
    if (rowCount !== 1) {
      this.cache.delete(accountId);
      return false;
    }
    foldPlain(account, DEPOSIT_TYPE, data);
    if (isCaching) this.cache.set(accountId, account);
    if (snapshotEvery > 0 && (account.version + 1) % snapshotEvery === 0) await this.writeSnapshot(accountId, account);
    return true;
  }

  private async writeSnapshot(accountId: string, account: PlainAccount): Promise<void> {
    const values = [accountId, account.version, plainState(account)];
    await this.pool.query({ ...STATEMENTS.writeSnapshot, values });
  }
}
