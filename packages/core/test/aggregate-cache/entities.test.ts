import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, Entity, hasMany } from "../../src/index";

it("an entity of a cached aggregate raises events on it, as one of a loaded aggregate does", async () => {
  const domain = new Domain("shop", { root: "/", config: { cache: { max_aggregates: 10 } } });

  @domain.event({ partOf: "Order" })
  class LineSet extends DomainEvent({ lineId: z.string(), quantity: z.number() }) {}

  @domain.entity({ partOf: "Order" })
  class Line extends Entity({ quantity: z.number() }) {
    set(quantity: number): void {
      this.raise(new LineSet({ lineId: this.id, quantity }));
    }
  }

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({ lines: hasMany(Line) }) {
    @apply(LineSet)
    onSet({ lineId, quantity }: LineSet): void {
      const line = this.lines.find(lineId) ?? this.lines.add({ id: lineId, quantity });
      line.quantity = quantity;
    }
  }

  await domain.init();
  const orders = domain.repositoryFor(Order);
  const order = Order.createNew({ id: "o-1" });
  order.raise(new LineSet({ lineId: "l-1", quantity: 1 }));
  await orders.add(order);
  for (const quantity of [2, 3, 4]) await orders.update("o-1", (one) => one.lines.get("l-1").set(quantity));
  expect((await orders.get("o-1")).lines.get("l-1").quantity).toBe(4);
  expect(domain.cacheStats()?.hits).toBeGreaterThan(1);
  await domain.close();
});
