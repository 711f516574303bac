import { randomUUID } from "node:crypto";

import {
  type CustomerRow,
  countVisit,
  customerOf,
  newRow,
  type PlainCustomer,
  VISIT_TYPE,
  visitOf,
} from "./plain-customer";
import type { Registrar, RegistrarOptions } from "./registrar";

interface StoredEvent {
  readonly id: string;
  readonly customerId: string;
  readonly type: string;
  readonly time: number;
  readonly data: string;
}

/** Hand-written: a map of rows, and arrays of events by stream and for all. */
export class MemoryRegistrar implements Registrar {
  private readonly rows = new Map<string, CustomerRow>();
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly all: StoredEvent[] = [];
  private readonly ids = new Set<string>();

  constructor(private readonly options: RegistrarOptions) {}

  register(customerIds: readonly string[]): void {
    for (const customerId of customerIds) {
      if (this.rows.has(customerId)) throw new Error(`${customerId} is registered already`);
      this.rows.set(customerId, newRow(customerId));
    }
  }

  customer(customerId: string): PlainCustomer {
    return customerOf(this.row(customerId));
  }

  visit(customerId: string): void {
    const row = this.row(customerId);
    const customer = customerOf(row);
    countVisit(customer);
    this.save(customer, row);
    if (this.options.raisesEvents) this.store(customerId, visitOf(customerId));
  }

  events(customerId: string): number {
    return this.streams.get(customerId)?.length ?? 0;
  }

  close(): void {
    this.rows.clear();
  }

  private row(customerId: string): CustomerRow {
    const row = this.rows.get(customerId);
    if (row === undefined) throw new Error(`${customerId} is not registered`);
    return row;
  }

  private save({ customerId, points, visits }: PlainCustomer, loaded: CustomerRow): void {
    const [id, name, email, address, , , version] = loaded;
    if (this.row(customerId)[6] !== version) throw new Error(`${customerId} has another writer`);
    this.rows.set(customerId, [id, name, email, address, points, visits, version + 1]);
  }

  private store(customerId: string, data: string): void {
    const event = { id: randomUUID(), customerId, type: VISIT_TYPE, time: Date.now(), data };
    if (this.ids.has(event.id)) throw new Error(`${event.id} is stored already`);
    this.ids.add(event.id);
    const events = this.streams.get(customerId);
    if (events === undefined) this.streams.set(customerId, [event]);
    else events.push(event);
    this.all.push(event);
  }
}
