import { randomUUID } from "node:crypto";

import Database from "better-sqlite3";

import { BANK_SCHEMA } from "../tellers/sqlite-teller";
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

/** With the columns of Tidemark's table. */
const SCHEMA = `
  ${BANK_SCHEMA}
  CREATE TABLE IF NOT EXISTS customers (
    id TEXT NOT NULL PRIMARY KEY, name TEXT, email TEXT, address TEXT, points INTEGER, visits INTEGER, _version INTEGER
  ) STRICT;`;

/** Hand-written over better-sqlite3: prepared statements, and rows as arrays. */
export class SqliteRegistrar implements Registrar {
  private readonly database: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly saveWithEvent: Database.Transaction<(customer: PlainCustomer, version: number) => void>;

  constructor(
    { path, synchronous }: { readonly path: string; readonly synchronous: "full" | "normal" },
    private readonly options: RegistrarOptions,
  ) {
    this.database = new Database(path);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma(`synchronous = ${synchronous}`);
    this.database.exec(SCHEMA);
    this.statements = prepare(this.database);
    this.saveWithEvent = this.database.transaction((customer, version) => {
      this.save(customer, version);
      this.store(customer.customerId);
    });
  }

  register(customerIds: readonly string[]): void {
    this.database.transaction(() => {
      for (const customerId of customerIds) this.statements.register.run(...newRow(customerId));
    })();
  }

  customer(customerId: string): PlainCustomer {
    return customerOf(this.row(customerId));
  }

  visit(customerId: string): void {
    const row = this.row(customerId);
    const customer = customerOf(row);
    countVisit(customer);
    if (this.options.raisesEvents) this.saveWithEvent.immediate(customer, row[6]);
    else this.save(customer, row[6]);
  }

  events(customerId: string): number {
    return this.statements.events.get(customerId) ?? 0;
  }

  close(): void {
    this.database.close();
  }

  private row(customerId: string): CustomerRow {
    const row = this.statements.row.get(customerId);
    if (row === undefined) throw new Error(`${customerId} is not registered`);
    return row;
  }

  private save({ customerId, points, visits }: PlainCustomer, version: number): void {
    const { changes } = this.statements.save.run(points, visits, version + 1, customerId, version);
    if (changes !== 1) throw new Error(`${customerId} has another writer`);
  }

  private store(customerId: string): void {
    const metadata = `{"correlationId":"${randomUUID()}"}`;
    const data = visitOf(customerId);
    this.statements.store.run(customerId, customerId, randomUUID(), VISIT_TYPE, Date.now(), data, metadata);
  }
}

function prepare(database: Database.Database) {
  return {
    register: database.prepare(`INSERT INTO customers (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`),
    row: database.prepare<[string], CustomerRow>(`SELECT ${COLUMNS} FROM customers WHERE id = ?`).raw(),
    save: database.prepare("UPDATE customers SET points = ?, visits = ?, _version = ? WHERE id = ? AND _version = ?"),
    store: database.prepare(
      `INSERT INTO events (stream, position, category, id, type, time, data, metadata)
       VALUES (?, (SELECT coalesce(max(position), -1) + 1 FROM events WHERE stream = ?), 'customer', ?, ?, ?, ?, ?)`,
    ),
    events: database.prepare<[string], number>("SELECT count(*) FROM events WHERE stream = ?").pluck(),
  };
}
