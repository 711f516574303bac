import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  type EventStoreAdapter,
  entity,
  hasMany,
  MemoryEventStore,
  ValueObject,
  valueObject,
} from "../../src/index";

class Money extends ValueObject({ currency: z.string(), amount: z.number() }) {}

/** A domain whose lines have got a price in the second schema of its orders. */
async function orders(
  eventStore: EventStoreAdapter,
  migrate?: (state: Record<string, any>) => Record<string, unknown>,
) {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  const domain = new Domain("shop", { root: tmpdir(), eventStore, logger, config: { snapshot_threshold: 0 } });
  const price: Record<never, never> = migrate === undefined ? {} : { price: valueObject(Money).optional() };
  class Line extends Entity({ text: z.string(), ...price }) {}
  class Added extends DomainEvent({ line: entity(Line) }) {}
  class Order extends Aggregate({ lines: hasMany(Line) }) {
    @apply(Added)
    onAdded({ line }: Added): void {
      this.lines.add(line);
    }
  }
  domain.event({ partOf: Order })(Added);
  domain.aggregate({ eventSourced: true, schemaVersion: migrate === undefined ? 1 : 2 })(Order);
  if (migrate !== undefined) {
    class Priced {
      migrate(state: Record<string, any>): Record<string, unknown> {
        return migrate?.(state) ?? state;
      }
    }
    domain.snapshotMigration({ aggregate: Order, from: 1, to: 2 })(Priced);
  }
  await domain.init();
  return { domain, Order, Added, warnings, orders: domain.repositoryFor(Order) };
}

async function storeWithSnapshot(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const old = await orders(store);
  const order = old.Order.createNew({ id: "1" });
  order.raise(new old.Added({ line: { id: "l-1", text: "x" } }));
  await old.orders.add(order);
  await old.domain.createSnapshot(order);
  return store;
}

describe("a migrated snapshot with entities", () => {
  it("gives instances of what the migration put in", async () => {
    const price = { currency: "EUR", amount: 5 };
    const { orders: repository, warnings } = await orders(await storeWithSnapshot(), (state) => ({
      lines: state.lines.map((line: object) => ({ ...line, price })),
    }));
    const { lines } = await repository.get("1");
    expect(lines.get("l-1")).toMatchObject({ id: "l-1", text: "x", price: new Money(price) });
    expect(warnings).toEqual([]);
  });

  it("is left aside where an entity or a value object does not fit its shape, and the events are folded", async () => {
    const price = { currency: "EUR" };
    const { orders: repository, warnings } = await orders(await storeWithSnapshot(), (state) => ({
      lines: state.lines.map((line: object) => ({ ...line, price })),
    }));
    const { lines } = await repository.get("1");
    expect(lines.get("l-1").toJSON()).toEqual({ id: "l-1", text: "x" });
    expect(warnings).toEqual([
      expect.stringContaining(
        "its migrated state does not fit Order: lines.0.price.amount: Invalid input: expected number",
      ),
    ]);
  });
});
