import { z } from "zod";

import type * as Core from "../../src/index";

/** Loads the package anew, as a process in that environment does. */
function coreIn(env: Record<string, string>): typeof Core {
  const before = { ...process.env };
  Object.assign(process.env, env);
  let core: typeof Core | undefined;
  jest.isolateModules(() => {
    core = require("../../src/index");
  });
  process.env = before;
  return core as typeof Core;
}

async function shopIn(env: Record<string, string> = {}) {
  const { Aggregate, apply, Domain, DomainEvent, Entity, hasMany } = coreIn(env);
  const domain = new Domain("shop", { root: "/", config: { snapshot_threshold: 1, snapshots: { mode: "sync" } } });

  @domain.entity({ partOf: "Order" })
  class Line extends Entity({ quantity: z.number() }) {}

  @domain.event({ partOf: "Order" })
  class LineAdded extends DomainEvent({ lineId: z.string(), quantity: z.number(), on: z.date() }) {}

  @domain.aggregate({ eventSourced: true, factEvents: true })
  class Order extends Aggregate({
    lines: hasMany(Line),
    notes: z.array(z.object({ text: z.string() })).default([]),
    changedOn: z.date().optional(),
  }) {
    add(lineId: string, quantity = 1): void {
      this.raise(new LineAdded({ lineId, quantity, on: new Date("2026-02-20") }));
    }

    note(text: string): void {
      this.notes.push({ text });
    }

    @apply(LineAdded)
    onAdded({ lineId, quantity, on }: InstanceType<typeof LineAdded>): void {
      this.lines.add({ id: lineId, quantity });
      this.notes.push({ text: `line ${lineId}` });
      this.changedOn = on;
    }
  }

  await domain.init();
  const orders = domain.repositoryFor(Order);
  const order = Order.createNew({ id: "o-1" });
  order.add("l-1");
  await orders.add(order);
  return { domain, Order, orders };
}

const CHANGES: readonly [string, (order: Awaited<ReturnType<typeof shopIn>>["Order"]["prototype"]) => unknown][] = [
  ["notes", (order) => order.note("by the way")],
  ["notes", (order) => ((order.notes[0] as { text: string }).text = "x")],
  ["lines", (order) => (order.lines.get("l-1").quantity = 9)],
  ["lines", (order) => order.lines.remove("l-1")],
  ["lines", (order) => order.lines.add({ id: "l-2", quantity: 1 })],
  ["changedOn", (order) => order.changedOn?.setFullYear(1900)],
];

describe("a value inside of a field that is changed outside of @apply", () => {
  it.each(CHANGES)("is noticed by raise and by add: in %s", async (field, change) => {
    const { domain, orders } = await shopIn();
    const refusal = `A value in ${field} of Order "o-1" was changed outside of @apply, so no event tells of it; raise an event`;
    const changedBefore = await orders.get("o-1");
    change(changedBefore);
    expect(() => changedBefore.add("l-3")).toThrow(refusal);
    await expect(orders.add(changedBefore)).rejects.toMatchObject({ code: "INCORRECT_USAGE", message: refusal });
    const changedAfter = await orders.get("o-1");
    changedAfter.add("l-3");
    change(changedAfter);
    await expect(orders.add(changedAfter)).rejects.toThrow(refusal);
    expect((await orders.get("o-1")).version).toBe(0);
    await domain.close();
  });

  it("is noticed where it was in hand already before the last event", async () => {
    const { domain, orders } = await shopIn();
    const order = await orders.get("o-1");
    const { notes } = order;
    order.add("l-3");
    notes.push({ text: "late" });
    expect(() => order.add("l-4")).toThrow("A value in notes");
    await domain.close();
  });

  it("fails the unit of work that loaded the aggregate, even one that does not add it", async () => {
    const { domain, orders } = await shopIn();
    const forgetful = domain.unitOfWork(async () => (await orders.get("o-1")).note("by the way"));
    await expect(forgetful).rejects.toThrow("A value in notes");
    await domain.close();
  });

  it("is looked for in a field only once other code than a load has read it", async () => {
    const { domain, Order, orders } = await shopIn();
    const encode = jest.spyOn(Order.shape, "encode");
    const order = await orders.get("o-1");
    expect(encode).not.toHaveBeenCalled();
    expect(order.lines.size).toBe(1);
    expect(encode).toHaveBeenCalledTimes(1);
    encode.mockRestore();
    await domain.close();
  });

  it("is no fault where it is changed back, and reading is none", async () => {
    const { domain, orders } = await shopIn();
    await orders.update("o-1", (order) => {
      order.notes.push({ text: "x" });
      order.notes.pop();
      JSON.stringify(order);
      structuredClone(order.notes);
      order.add(`l-${order.lines.size + 1}`);
    });
    expect([...(await orders.get("o-1")).lines].map(({ id }) => id)).toEqual(["l-1", "l-2"]);
    await domain.close();
  });

  it.each([{ NODE_ENV: "production" }, { DOMAIN_ENV: "production" }])(
    "is in no snapshot and in no fact where nothing looks for it: in %j",
    async (env) => {
      const { domain, Order, orders } = await shopIn(env);
      const order = await orders.get("o-1");
      for (const [, change] of CHANGES.slice(0, 3)) change(order);
      order.add("l-3", 2);
      for (const [, change] of CHANGES.slice(3)) change(order);
      await orders.add(order);
      const expected = {
        lines: [
          { id: "l-1", quantity: 1 },
          { id: "l-3", quantity: 2 },
        ],
        notes: [{ text: "line l-1" }, { text: "line l-3" }],
        changedOn: "2026-02-20T00:00:00.000Z",
      };
      const stateOf = (state: object) => JSON.parse(JSON.stringify(state));
      expect(stateOf((await domain.factsFor(Order).latest("o-1"))?.state as object)).toEqual(expected);
      expect(stateOf({ ...(await orders.get("o-1")) })).toEqual(expected);
      expect(await domain.snapshotsFor(Order).verify("o-1")).toMatchObject({ outcome: "equal", version: 1 });
      await domain.close();
    },
  );
});
