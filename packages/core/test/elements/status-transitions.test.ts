import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  invariant,
  MemoryEventStore,
  status,
  ValidationError,
} from "../../src/index";

const STRICT = { DRAFT: ["PLACED", "CANCELLED"], PLACED: ["SHIPPED"], SHIPPED: [], CANCELLED: [] } as const;
const LAX = { ...STRICT, SHIPPED: ["DRAFT"] } as const;

/** As an application that was started again, with its present transitions. */
async function shop(eventStore = new MemoryEventStore(), transitions: typeof STRICT | typeof LAX = STRICT) {
  const domain = new Domain("shop", { root: tmpdir(), config: { snapshot_threshold: 0 }, eventStore });

  @domain.event({ partOf: "Order" })
  class Moved extends DomainEvent({ to: z.any() }) {}

  @domain.event({ partOf: "Order" })
  class Noted extends DomainEvent({ note: z.string() }) {}

  @domain.event({ partOf: "Order" })
  class RushedThrough extends DomainEvent({}) {}

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({
    note: z.string().default(""),
    status: status({ initial: "DRAFT", transitions }),
  }) {
    @invariant.post
    isNotForbidden(): void {
      if (this.note === "forbidden") throw new ValidationError({ note: ["is forbidden"] });
    }

    move(...states: string[]): this {
      for (const to of states) this.raise(new Moved({ to }));
      return this;
    }

    @apply(Moved)
    onMoved(event: Moved): void {
      this.status = event.to;
    }

    @apply(Noted)
    onNoted(event: Noted): void {
      this.note = event.note;
    }

    @apply(RushedThrough)
    onRushedThrough(_: RushedThrough): void {
      this.status = "PLACED";
      this.status = "SHIPPED";
    }
  }

  await domain.init();
  return { domain, orders: domain.repositoryFor(Order), eventStore, Order, Noted, RushedThrough };
}

function messages(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.messages;
    throw error;
  }
  return undefined;
}

describe("raising an event that moves a status", () => {
  it("goes the declared ways, from the initial state on", async () => {
    const { Order } = await shop();
    expect(Order.createNew().status).toBe("DRAFT");
    expect(Order.createNew().move("PLACED", "SHIPPED").status).toBe("SHIPPED");
    expect(messages(() => Order.createNew().move("SHIPPED"))).toEqual({
      status: ['cannot go from "DRAFT" to "SHIPPED"; allowed: "PLACED", "CANCELLED"'],
    });
  });

  it("is refused on any other way, and nothing of the aggregate is stored", async () => {
    const { Order, orders } = await shop();
    const order = Order.createNew({ id: "o-1" }).move("PLACED", "SHIPPED");
    expect(() => order.move("DRAFT")).toThrow(
      'the state of Order is not valid: status: cannot go from "SHIPPED" to "DRAFT"; allowed: none',
    );
    expect(() => order.move("SHIPPED")).toThrow("it refused an earlier change");
    await expect(orders.add(order)).rejects.toThrow('Cannot save Order "o-1": it refused a change');
    expect(await orders.exists("o-1")).toBe(false);
  });

  it("may leave it where it is", async () => {
    const { Order, Noted } = await shop();
    const order = Order.createNew().move("DRAFT", "PLACED", "PLACED", "SHIPPED", "SHIPPED");
    order.raise(new Noted({ note: "by train" }));
    expect({ ...order }).toEqual({ note: "by train", status: "SHIPPED" });
  });

  it("is judged by the state before and after one event", async () => {
    const { Order, RushedThrough } = await shop();
    expect(messages(() => Order.createNew().raise(new RushedThrough()))).toEqual({
      status: ['cannot go from "DRAFT" to "SHIPPED"; allowed: "PLACED", "CANCELLED"'],
    });
  });

  it("is refused for its shape first, when the state is not declared", async () => {
    const { Order } = await shop();
    expect(messages(() => Order.createNew().move("LOST"))).toEqual({
      status: [expect.stringMatching(/^Invalid option/)],
    });
  });
});

describe("loading what went a way that is closed today", () => {
  it("works from events, from a snapshot, and as of an earlier version", async () => {
    const before = await shop(undefined, LAX);
    await before.orders.add(before.Order.createNew({ id: "o-1" }).move("PLACED", "SHIPPED", "DRAFT"));
    const { domain, orders, Order } = await shop(before.eventStore);
    expect((await orders.get("o-1")).status).toBe("DRAFT");
    await domain.createSnapshot(Order, "o-1");
    expect((await orders.get("o-1")).status).toBe("DRAFT");
    expect((await orders.get("o-1", { atVersion: 1 })).status).toBe("SHIPPED");
  });

  it("keeps the snapshots that were written before", async () => {
    const before = await shop(undefined, LAX);
    await before.orders.add(before.Order.createNew({ id: "o-1" }).move("PLACED"));
    await before.domain.createSnapshot(before.Order, "o-1");
    const { domain, Order } = await shop(before.eventStore);
    expect(await domain.snapshotsFor(Order).verify("o-1")).toMatchObject({ outcome: "equal" });
  });

  it("checks what is raised from there on", async () => {
    const before = await shop(undefined, LAX);
    await before.orders.add(before.Order.createNew({ id: "o-1" }).move("PLACED", "SHIPPED"));
    const { orders } = await shop(before.eventStore);
    await expect(orders.update("o-1", (order) => order.move("DRAFT"))).rejects.toMatchObject({
      messages: { status: ['cannot go from "SHIPPED" to "DRAFT"; allowed: none'] },
    });
    expect((await orders.get("o-1")).version).toBe(1);
  });
});
