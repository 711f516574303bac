import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, identifier, on, Projection } from "../../src/index";

/** A shop whose handlers note when they start and end. */
function shop(config: object) {
  const domain = new Domain("shop", { root: "/", config: { server: { embedded: false }, ...config } });
  const notes: string[] = [];

  @domain.event({ partOf: "Order" })
  class Placed extends DomainEvent({ orderId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({ isPlaced: z.boolean().default(false) }) {
    @apply(Placed)
    onPlaced(_: Placed): void {
      this.isPlaced = true;
    }
  }

  @domain.projection({})
  class OrderList extends Projection({ orderId: identifier() }) {
    @on(Placed, { creates: true })
    placed(_: Placed): void {}
  }

  for (const name of ["first", "second", "third"])
    domain.on(Placed, { name, startFrom: "beginning", lane: "mail" }, async () => {
      notes.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      notes.push(`${name} ends`);
    });

  const place = async (id: string) => {
    const order = Order.createNew({ id });
    order.raise(new Placed({ orderId: id }));
    await domain.repositoryFor(Order).add(order);
  };
  return { domain, notes, place, OrderList };
}

describe("a lane", () => {
  it("lets as many of its subscriptions work at the same time as [server.lanes] says", async () => {
    const { domain, notes, place } = shop({ server: { lanes: { mail: { concurrency: 1 } } } });
    await domain.init();
    await place("o-1");
    await domain.catchUp();
    await domain.close();
    expect(notes).toHaveLength(6);
    const pairs = [notes.slice(0, 2), notes.slice(2, 4), notes.slice(4)];
    for (const [start, end] of pairs) expect(end).toBe(start?.replace("starts", "ends"));
  });

  it("has all of its subscriptions work at the same time otherwise", async () => {
    const { domain, notes, place } = shop({});
    await domain.init();
    await place("o-1");
    await domain.catchUp();
    await domain.close();
    expect(notes.slice(0, 3).every((note) => note.endsWith("starts"))).toBe(true);
  });

  it("holds the projections that [subscriptions.<Name>] puts into it", async () => {
    const { domain, place, OrderList } = shop({ subscriptions: { OrderList: { lane: "mail" } } });
    await domain.init();
    await place("o-1");
    const server = await domain.serve({ lanes: ["default"] });
    const lanes = (await domain.subscriptions()).map(({ name, lane, state }) => [name, lane, state]);
    expect(lanes[0]).toEqual(["OrderList", "mail", "idle"]);
    await server.close();
    await domain.catchUp();
    expect(await domain.viewOf(OrderList).find("o-1")).toEqual({ orderId: "o-1" });
    await domain.close();
  });
});

it("knows the position of events that were appended to the event store itself", async () => {
  const { domain } = shop({});
  await domain.init();
  await domain.eventStore.append([{ stream: "other-1", events: [{ type: "Other.Happened.v1", data: {} }] }]);
  expect(domain.position()).toBe("1");
  await domain.close();
});
