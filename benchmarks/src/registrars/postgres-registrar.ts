import { randomUUID } from "node:crypto";

import { Pool } from "pg";

import { BANK_SCHEMA } from "../tellers/postgres-teller";
import {
  COLUMNS,
  type CustomerRow,
  countVisit,
  customerOf,
  newRow,
  type PlainCustomer,
  VISIT_TYPE,
  visitOf,
} from "./plain-customer";
import type { Registrar, RegistrarOptions } from "./registrar";

/** With the columns of Tidemark's table. The address comes as the text that it was stored as, so that it is parsed once. */
const SCHEMA = `
  ${BANK_SCHEMA}
  CREATE TABLE IF NOT EXISTS hand.customers (
    id text COLLATE "C" PRIMARY KEY, name text COLLATE "C", email text COLLATE "C", address json, points bigint, visits bigint,
    _version bigint
  );`;

const STATEMENTS = {
  register: {
    name: "hand_register",
    text: `
      INSERT INTO hand.customers (${COLUMNS})
      SELECT id, name, email, address::json, 0, 0, 0
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS c (id, name, email, address)`,
  },
  row: {
    name: "hand_customer",
    text: `SELECT ${COLUMNS.replace("address", "address::text")} FROM hand.customers WHERE id = $1`,
  },
  save: {
    name: "hand_save",
    text: `
      UPDATE hand.customers SET points = $1, visits = $2, _version = $3::bigint + 1
      WHERE id = $4 AND _version = $3::bigint`,
  },
  /** One statement: the event is stored where the row was as it was loaded. */
  saveWithEvent: {
    name: "hand_save_with_event",
    text: `
      WITH saved AS (
        UPDATE hand.customers SET points = $1, visits = $2, _version = $3::bigint + 1
        WHERE id = $4 AND _version = $3::bigint RETURNING 1
      )
      INSERT INTO hand.events (stream, position, category, id, type, time, data, metadata)
      SELECT $4, coalesce((SELECT max(position) FROM hand.events WHERE stream = $4), -1) + 1, 'customer', $5, $6, $7::bigint, $8, $9
      FROM saved`,
  },
  events: { name: "hand_events_of", text: "SELECT count(*) FROM hand.events WHERE stream = $1" },
} as const;

/** Hand-written over `pg`: named statements, and rows as arrays. */
export class PostgresRegistrar implements Registrar {
  private constructor(
    private readonly pool: Pool,
    private readonly options: RegistrarOptions,
  ) {}

  static async connect(url: string, options: RegistrarOptions): Promise<PostgresRegistrar> {
    const pool = new Pool({ connectionString: url, max: 10 });
    await pool.query(SCHEMA);
    return new PostgresRegistrar(pool, options);
  }

  async register(customerIds: readonly string[]): Promise<void> {
    const rows = customerIds.map(newRow);
    const values = [
      ...[rows.map(([id]) => id), rows.map(([, name]) => name)],
      ...[rows.map(([, , email]) => email), rows.map(([, , , address]) => address)],
    ];
    await this.pool.query({ ...STATEMENTS.register, values });
  }

  async customer(customerId: string): Promise<PlainCustomer> {
    return customerOf(await this.row(customerId));
  }

  async visit(customerId: string): Promise<void> {
    const row = await this.row(customerId);
    const customer = customerOf(row);
    countVisit(customer);
    const { points, visits } = customer;
    const saved = [points, visits, row[6], customerId];
    const { rowCount } = this.options.raisesEvents
      ? await this.pool.query({ ...STATEMENTS.saveWithEvent, values: [...saved, ...eventOf(customerId)] })
      : await this.pool.query({ ...STATEMENTS.save, values: saved });
    if (rowCount !== 1) throw new Error(`${customerId} has another writer`);
  }

  async events(customerId: string): Promise<number> {
    const { rows } = await this.pool.query<[string]>({
      ...STATEMENTS.events,
      values: [customerId],
      rowMode: "array",
    });
    return Number(rows[0]?.[0]);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async row(customerId: string): Promise<CustomerRow> {
    const { rows } = await this.pool.query<CustomerRow>({
      ...STATEMENTS.row,
      values: [customerId],
      rowMode: "array",
    });
    if (rows[0] === undefined) throw new Error(`${customerId} is not registered`);
    return rows[0];
  }
}

function eventOf(customerId: string): unknown[] {
  const cause = randomUUID();
  const metadata = JSON.stringify({ correlationId: cause, causationId: cause });
  return [randomUUID(), VISIT_TYPE, Date.now(), visitOf(customerId), metadata];
}
