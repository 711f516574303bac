import { domain, Order } from "../domain";

/** An order that two earlier releases of the shop have stored. */
export const ORDER_17 = "order-17";

const FIRST_RELEASE = new Date("2025-11-20T09:30:00Z");
const SECOND_RELEASE = new Date("2026-01-12T16:05:00Z");

/** Types and data as they were stored. */
const EVENTS = [
  [FIRST_RELEASE, "OrderStarted.v1", { customerId: "dora" }],
  [FIRST_RELEASE, "LineAdded.v1", { sku: "espresso-cup", quantity: 4, cents: 1250 }],
  [FIRST_RELEASE, "LineAdded.v1", { sku: "moka-pot", quantity: 1, cents: 3490 }],
  [FIRST_RELEASE, "ReminderSent.v1", {}],
  [FIRST_RELEASE, "AddressGiven.v1", { address: "Via Roma 1, 00184 Rome, IT" }],
  [SECOND_RELEASE, "LineAdded.v2", { sku: "sugar-bowl", quantity: 1, price: { amount: "18", currency: "EUR" } }],
  [SECOND_RELEASE, "OrderSubmitted.v1", {}],
] as const;

/** The snapshot that the first release wrote after the first five events. */
const SNAPSHOT = {
  aggregateType: "Order",
  aggregateId: ORDER_17,
  version: 4,
  lastEventId: "order-17-event-6",
  schemaVersion: 1,
  fingerprint: "20203dbf6cc03f9f",
  metadata: { createdBy: "tidemark", reason: "manual" },
  encoding: "json",
  createdAt: FIRST_RELEASE.toISOString(),
  checksum: 3974869549,
  state: {
    customerId: "dora",
    status: "DRAFT",
    lines: [
      { sku: "espresso-cup", quantity: 4, cents: 1250 },
      { sku: "moka-pot", quantity: 1, cents: 3490 },
    ],
    address: "Via Roma 1, 00184 Rome, IT",
  },
};

/** Appends the order to the domain's event store, as a copy of the old store would hold it. */
export async function restoreOrder17(): Promise<void> {
  const events = EVENTS.map(([time, type, data], index) => ({
    id: `order-17-event-${index + 2}`,
    time,
    type: `Mercato.${type}`,
    data: { orderId: ORDER_17, ...data },
  }));
  await domain.eventStore.append([{ stream: domain.streamFor(Order, ORDER_17), expectedVersion: -1, events }]);
  const snapshot = { type: "SNAPSHOT", time: FIRST_RELEASE, data: SNAPSHOT };
  await domain.eventStore.append([{ stream: `mercato::order:snapshot-${ORDER_17}`, events: [snapshot] }]);
}
