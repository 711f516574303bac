import { deepEqual, equal, ok } from "node:assert/strict";

import type { DomainEventRoot } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Address, contentsOf, Line, Money, type Order, type Orders, openOrders, Parcel } from "./orders-under-test";
import { randomNumbers } from "./random-numbers";

export function entities(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("come back from events and from a snapshot as instances of their classes, at any depth", async () => {
    const orders = await openOrders(at.adapter);
    const saved = await saveOrder(orders, "o-1");
    const replayed = await orders.orders.get("o-1");
    await orders.domain.createSnapshot(orders.Order, "o-1");
    for (const order of [replayed, await orders.orders.get("o-1")]) {
      deepEqual(contentsOf(order), contentsOf(saved));
      const line = order.lines.get("l-1");
      const parcel = line.parcels.get("p-1");
      ok(line instanceof Line && parcel instanceof Parcel && order.address instanceof Address);
      ok(line.price instanceof Money && parcel.insured instanceof Money && order.prices[0] instanceof Money);
      deepEqual([line.weight, line.price.cents, parcel.sentOn], [3.5, 12345678901234567890n, new Date(5)]);
    }
  });

  it("keep the order in which they were added, with ids of any text", async () => {
    const orders = await openOrders(at.adapter);
    const ids = ["z", "10", "9", "toString", "__proto__", "a-b:c/é", "😀"];
    await orders.orders.add(withLines(orders, "o-1", ids));
    await orders.orders.update("o-1", (order) => {
      order.raise(new orders.LineRemoved({ lineId: "9" }));
      order.raise(new orders.LineAdded({ line: lineOf("9") }));
    });
    const expected = ["z", "10", "toString", "__proto__", "a-b:c/é", "😀", "9"];
    deepEqual(idsOf(await orders.orders.get("o-1")), expected);
    await orders.domain.createSnapshot(orders.Order, "o-1");
    deepEqual(idsOf(await orders.orders.get("o-1")), expected);
  });

  it("are kept by the thousand", async () => {
    const orders = await openOrders(at.adapter);
    const order = orders.Order.createNew({ id: "o-1" });
    const parcels = Array.from({ length: 5_000 }, (_, n) => ({ id: `p-${n}`, sentOn: new Date(n), weight: n }));
    order.raise(new orders.LineAdded({ line: { ...lineOf("l-1"), parcels } }));
    await orders.orders.add(order);
    await orders.domain.createSnapshot(order);
    const { lines } = await orders.orders.get("o-1");
    equal(lines.get("l-1").parcels.size, 5_000);
    deepEqual(lines.get("l-1").parcels.get("p-4999").toJSON(), { ...parcels[4_999], sentOn: new Date(4_999) });
  });

  it("give the state of a full replay from a snapshot and its tail, for random histories", async () => {
    const orders = await openOrders(at.adapter, { snapshots: { keep: 2 } });
    const next = randomNumbers(20261122);
    for (let history = 0; history < 150; history++) {
      const id = `h-${history}`;
      await orders.orders.add(withLines(orders, id, ["first"]));
      for (let saves = next(4); saves >= 0; saves--) {
        await orders.orders.update(id, (order) => {
          for (let events = next(8); events > 0; events--) order.raise(anyEvent(orders, order, next));
        });
        if (next(2) === 0) await orders.domain.createSnapshot(orders.Order, id, { rebuild: next(2) === 0 });
      }
      const loaded = contentsOf(await orders.orders.get(id));
      await orders.domain.snapshotsFor(orders.Order).delete(id);
      deepEqual(loaded, contentsOf(await orders.orders.get(id)));
    }
  });

  it("are compared when a snapshot is verified", async () => {
    const before = await openOrders(at.adapter, {}, (weight) => (weight === 1.5 ? 99 : weight));
    await saveOrder(before, "o-1");
    await before.domain.createSnapshot(before.Order, "o-1");
    const { domain, Order } = await openOrders(at.adapter);
    const { outcome, differences } = await domain.snapshotsFor(Order).verify("o-1");
    deepEqual([outcome, differences], ["drift", [{ path: "lines[0].parcels[0].weight", snapshot: 99, events: 1.5 }]]);
  });
}

const PRICE = { currency: "EUR", cents: 5n } as const;

function lineOf(id: string) {
  return { id, text: `line ${id}`, price: PRICE };
}

function idsOf({ lines }: Order): string[] {
  return lines.map(({ id }) => id);
}

function withLines({ Order, LineAdded }: Orders, id: string, lineIds: readonly string[]): Order {
  const order = Order.createNew({ id });
  for (const lineId of lineIds) order.raise(new LineAdded({ line: lineOf(lineId) }));
  return order;
}

async function saveOrder(orders: Orders, id: string): Promise<Order> {
  const { ParcelSent, Redirected, Repriced } = orders;
  const order = withLines(orders, id, ["l-1", "l-2"]);
  const insured = { currency: "USD", cents: 7n } as const;
  order.raise(new ParcelSent({ lineId: "l-1", parcel: { id: "p-1", sentOn: new Date(5), weight: 1.5, insured } }));
  order.raise(new ParcelSent({ lineId: "l-1", parcel: { id: "p-2", sentOn: new Date(6), weight: 2 } }));
  order.raise(new Repriced({ lineId: "l-1", by: { currency: "EUR", cents: 12345678901234567885n } }));
  order.raise(new Redirected({ address: { id: "home", city: "Rome" } }));
  await orders.orders.add(order);
  return order;
}

function anyEvent(orders: Orders, order: Order, next: (below: number) => number): DomainEventRoot {
  const { LineAdded, LineRemoved, ParcelSent, Redirected, Repriced } = orders;
  const lineId = idsOf(order)[next(order.lines.size)];
  if (lineId === undefined || next(4) === 0) return new LineAdded({ line: lineOf(`l-${order.version}`) });
  const insured = next(2) === 0 ? undefined : ({ currency: "USD", cents: BigInt(next(9)) } as const);
  const parcel = { id: `p-${order.version}`, sentOn: new Date(next(1e6)), weight: next(100) / 8, insured };
  const address = next(2) === 0 ? undefined : { id: "home", city: `city ${next(9)}` };
  const events = [
    () => new LineRemoved({ lineId }),
    () => new ParcelSent({ lineId, parcel }),
    () => new Repriced({ lineId, by: { currency: "EUR", cents: BigInt(next(1e6)) } }),
    () => new Redirected({ address }),
  ];
  return (events[next(events.length)] as () => DomainEventRoot)();
}
