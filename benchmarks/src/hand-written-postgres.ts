import { randomUUID } from "node:crypto";

import { Pool } from "pg";

import { foldPlain, newPlainAccount, type PlainAccount } from "./hand-written-fold";

export interface HandWrittenPostgresSettings {
  readonly url: string;
  readonly table: string;
  /**
   * `all`: the columns and indexes of Tidemark's events, and a look at the stream's version with each insert; `one`: only
   * what finds a stream and judges between two writers.
   */
  readonly indexes: "all" | "one";
}

export interface PlainEvent {
  readonly type: string;
  readonly data: object;
}

/** One table and a few named statements over `pg`: what an application would write itself. */
export class HandWrittenPostgres {
  private readonly pool: Pool;
  private readonly statements: ReturnType<typeof statementsFor>;

  private constructor(private readonly settings: HandWrittenPostgresSettings) {
    this.pool = new Pool({ connectionString: settings.url });
    this.statements = statementsFor(settings);
  }

  static async create(settings: HandWrittenPostgresSettings): Promise<HandWrittenPostgres> {
    const store = new HandWrittenPostgres(settings);
    await store.pool.query(tableFor(settings));
    return store;
  }

  async load(accountId: string): Promise<PlainAccount> {
    const values = [accountId];
    const { rows } = await this.pool.query<string[]>({ ...this.statements.select, values, rowMode: "array" });
    const account = newPlainAccount();
    for (const [type, data] of rows) foldPlain(account, type as string, data as string);
    return account;
  }

  /** What the command handler does: load, decide, append. @returns false when another writer was there first. */
  async deposit(accountId: string, amount: number, reference: string): Promise<boolean> {
    const account = await this.load(accountId);
    if (amount <= 0) throw new Error("Deposit amount must be positive");
    const data = JSON.stringify({ accountId, amount, reference });
    const cause = randomUUID();
    const metadata = JSON.stringify({ correlationId: cause, causationId: cause });
    const values = [
      ...[accountId, account.version, "account", randomUUID(), "Bank.DepositMade.v1", Date.now()],
      ...[data, metadata],
    ];
    const { rowCount } = await this.pool.query({ ...this.statements.insert, values });
    return rowCount === 1;
  }

  /** Several events of one stream in one commit. @throws the unique index's error when another writer was there first. */
  async append(accountId: string, version: number, events: readonly PlainEvent[]): Promise<void> {
    const values = [
      ...[accountId, version, "account", Date.now(), "{}"],
      events.map(() => randomUUID()),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
    ];
    const { rowCount } = await this.pool.query({ ...this.statements.insertMany, values });
    if (rowCount !== events.length) throw new Error(`${accountId} is not at version ${version}`);
  }

  /** Lets the planner know what is in the table, as it would in a database of some age. */
  async analyze(): Promise<void> {
    await this.pool.query(`ANALYZE ${this.settings.table}`);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function tableFor({ table, indexes }: HandWrittenPostgresSettings): string {
  const all = `
    CREATE INDEX ON ${table} (global_position);
    CREATE INDEX ON ${table} (category, global_position);
    CREATE UNIQUE INDEX ON ${table} (id);
    CREATE INDEX ON ${table} (stream) WHERE position = 0;`;
  return `
    CREATE TABLE ${table} (
      global_position bigserial, time bigint NOT NULL, position integer NOT NULL, stream text COLLATE "C" NOT NULL,
      category text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL, metadata text COLLATE "C" NOT NULL, PRIMARY KEY (stream, position)
    );
    ${indexes === "all" ? all : ""}`;
}

function statementsFor({ table, indexes }: HandWrittenPostgresSettings) {
  const columns = "stream, position, category, id, type, time, data, metadata";
  const head = `coalesce((SELECT max(position) FROM ${table} WHERE stream = $1), -1)`;
  const atVersion = indexes === "all" ? `WHERE ${head} = $2::integer` : "";
  return {
    select: { name: `${table}_select`, text: `SELECT type, data FROM ${table} WHERE stream = $1 ORDER BY position` },
    insert: {
      name: `${table}_insert`,
      text: `
        INSERT INTO ${table} (${columns}) SELECT $1, $2::integer + 1, $3, $4, $5, $6::bigint, $7, $8 ${atVersion}
        ON CONFLICT (stream, position) DO NOTHING`,
    },
    insertMany: {
      name: `${table}_insert_many`,
      text: `
        INSERT INTO ${table} (${columns})
        SELECT $1, $2::integer + place::integer, $3, id, type, $4::bigint, data, $5
        FROM unnest($6::text[], $7::text[], $8::text[]) WITH ORDINALITY AS e (id, type, data, place) ${atVersion}`,
    },
  };
}
