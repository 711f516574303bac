import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, invariant, ValidationError } from "../../src/index";

it("an invariant that assigns changes neither a fact nor a snapshot, which hold what the events carry", async () => {
  const domain = new Domain("shop", { root: "/", config: { snapshot_threshold: 1, snapshots: { mode: "sync" } } });

  @domain.event({ partOf: "Order" })
  class ItemAdded extends DomainEvent({ price: z.number() }) {}

  @domain.aggregate({ eventSourced: true, factEvents: true })
  class Order extends Aggregate({ total: z.number().default(0), prices: z.array(z.number()).default([]) }) {
    @invariant.post
    totalIsSmall(): void {
      if (this.total > 100) throw new ValidationError({ total: ["is too much"] });
      this.total += 1;
      this.prices.push(-1);
    }

    @apply(ItemAdded)
    onAdded({ price }: ItemAdded): void {
      this.total += price;
      this.prices.push(price);
    }
  }

  await domain.init();
  const orders = domain.repositoryFor(Order);
  const order = Order.createNew({ id: "1" });
  for (const price of [10, 20]) {
    order.raise(new ItemAdded({ price }));
    await orders.add(order);
  }
  const expected = { total: 30, prices: [10, 20] };
  expect((await domain.factsFor(Order).latest("1"))?.state).toEqual(expected);
  expect({ ...(await orders.get("1")) }).toEqual(expected);
  expect(await domain.snapshotsFor(Order).verify("1")).toMatchObject({ outcome: "equal", version: 1 });
  await domain.createSnapshot(order, { rebuild: true });
  expect({ ...(await orders.get("1")) }).toEqual(expected);
  await domain.close();
});
