import { AsyncResource } from "node:async_hooks";

import { MemoryEventStore } from "../../src/index";
import { all, openTill } from "./till";

describe("a command with an idempotency key", () => {
  it("happens once, and gives the first result again", async () => {
    const { domain, tills, runs, Pay } = await openTill();
    const pay = () => domain.process(new Pay({ tillId: "1", amount: 5 }), { idempotencyKey: "k" });
    expect([await pay(), await pay(), await pay()]).toEqual([5, 5, 5]);
    expect([(await tills.get("1")).sum, runs.length]).toEqual([5, 1]);
  });

  it("keeps its record beside the events, where no reader of events sees it", async () => {
    const { domain, Pay, Till } = await openTill();
    await domain.process(new Pay({ tillId: "1", amount: 5 }), { idempotencyKey: "k", correlationId: "request-1" });
    const [event] = await all(domain.eventStore.readAll());
    const [record] = await all(domain.eventStore.read("shop::till:command-k"));
    expect(record).toMatchObject({
      type: "Shop.Pay.v1",
      id: event?.metadata.causationId,
      data: { payload: expect.stringMatching(/^[0-9a-f]{64}$/), result: 5 },
      metadata: { ...event?.metadata, correlationId: "request-1" },
    });
    expect((await all(domain.eventStore.readAll())).map(({ type }) => type)).toEqual(["Shop.Paid.v1"]);
    expect((await all(domain.eventStore.readCategory("shop::till"))).map(({ type }) => type)).toEqual(["Shop.Paid.v1"]);
    expect(await all(domain.eventStore.readCategory("shop::till:command"))).toEqual([record]);
    const ids: string[] = [];
    for await (const id of domain.repositoryFor(Till).ids()) ids.push(id);
    expect(ids).toEqual(["1"]);
  });

  it("leaves readers of all events their limits and their cursors, among thousands of records", async () => {
    const { domain, Ask, Pay } = await openTill();
    const ask = (n: number) => domain.process(new Ask({ answer: n }), { idempotencyKey: `ask-${n}` });
    for (let amount = 0; amount < 3; amount++) {
      await domain.process(new Pay({ tillId: "1", amount }));
      for (let n = 0; n < 1_100; n++) await ask(amount * 2_000 + n);
    }
    const amounts = async (options: object) =>
      (await all(domain.eventStore.readAll(options))).map(({ data }) => data.amount);
    expect(await amounts({})).toEqual([0, 1, 2]);
    expect(await amounts({ limit: 1 })).toEqual([0]);
    expect(await amounts({ limit: 2 })).toEqual([0, 1]);
    expect(await amounts({ after: 1, limit: 1 })).toEqual([1]);
    expect(await amounts({ after: 1_200, limit: 5 })).toEqual([2]);
  });

  it("takes the key from the field that the command declares, where none is given", async () => {
    const { domain, tills, PayOnce } = await openTill();
    const command = new PayOnce({ tillId: "1", amount: 5, requestId: "r-1" });
    await domain.process(command);
    await domain.process(command);
    expect((await tills.get("1")).sum).toBe(5);
    await domain.process(command, { idempotencyKey: "another" });
    await domain.process(new PayOnce({ tillId: "1", amount: 5 }));
    expect((await tills.get("1")).sum).toBe(15);
  });

  it("gives a declared result back by its type", async () => {
    const { domain, PayOnce } = await openTill();
    const command = new PayOnce({ tillId: "1", amount: 5, requestId: "r-1" });
    const first = await domain.process(command);
    expect(await domain.process(command)).toEqual(first);
    expect(first).toEqual({ at: new Date("2026-02-20T12:00:00Z"), sum: 5n });
  });

  it.each([[undefined], [null], [""], [-0], [[1, { deep: null }]], [{ at: new Date(5), coins: 5n, $date: "no date" }]])(
    "gives %p back as it was, undeclared",
    async (answer) => {
      const { domain, Ask } = await openTill();
      const command = new Ask({ answer });
      await domain.process(command, { idempotencyKey: "k" });
      expect(await domain.process(command, { idempotencyKey: "k" })).toEqual(answer);
    },
  );

  it("refuses a result that cannot be stored, before anything is", async () => {
    const { domain, Ask } = await openTill();
    await expect(domain.process(new Ask({ answer: "() => 1" }), { idempotencyKey: "k" })).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringContaining(
        "the result of Shop.Ask.v1 is not valid: a value of type function cannot be stored; a command with an idempotency key, or one that runs later, returns plain values",
      ),
    });
    expect(await domain.eventStore.readLast("shop::till:command-k")).toBeUndefined();
    expect(await domain.process(new Ask({ answer: 1 }), { idempotencyKey: "k" })).toBe(1);
  });

  it("is refused with the key of another command or of another payload, and does nothing", async () => {
    const { domain, tills, Pay, PayOnce } = await openTill();
    await domain.process(new Pay({ tillId: "1", amount: 5 }), { idempotencyKey: "k" });
    await expect(domain.process(new Pay({ tillId: "1", amount: 6 }), { idempotencyKey: "k" })).rejects.toMatchObject({
      code: "DUPLICATE_COMMAND",
      message:
        'Cannot process Shop.Pay.v1 with idempotency key "k": the same command, with another payload, was processed with it before',
    });
    await expect(domain.process(new PayOnce({ tillId: "1", amount: 5, requestId: "k" }))).rejects.toMatchObject({
      message: 'Cannot process Shop.PayOnce.v1 with idempotency key "k": Shop.Pay.v1 was processed with it before',
      details: { command: "Shop.PayOnce.v1", idempotencyKey: "k", first: "Shop.Pay.v1" },
    });
    expect((await tills.get("1")).sum).toBe(5);
  });

  it.each([[""], ["a\0b"], ["\ud800"], ["x".repeat(256)], [5 as never]])(
    "refuses the key %p",
    async (idempotencyKey) => {
      const { domain, runs, Pay } = await openTill();
      await expect(domain.process(new Pay({ tillId: "1", amount: 5 }), { idempotencyKey })).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        messages: { idempotencyKey: [expect.stringMatching(/^an id /)] },
      });
      expect(runs).toEqual([]);
    },
  );

  it("that failed has used no key", async () => {
    const { domain, Pay } = await openTill();
    const pay = (amount: number) => domain.process(new Pay({ tillId: "1", amount }), { idempotencyKey: "k" });
    await expect(pay(-1)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(await pay(1)).toBe(1);
  });

  it("gives the first result also when the second fails because the first is done meanwhile", async () => {
    const { domain, tills, hooks, Pay } = await openTill();
    const command = new Pay({ tillId: "1", amount: 5 });
    const outsideOfItsUnit = AsyncResource.bind(() => domain.process(command, { idempotencyKey: "k" }));
    hooks.before = async () => {
      hooks.before = () => undefined;
      await outsideOfItsUnit();
      throw new Error("this till is paid already");
    };
    expect(await domain.process(command, { idempotencyKey: "k" })).toBe(5);
    expect((await tills.get("1")).sum).toBe(5);
  });

  it("joins the unit of work of the handler that it is processed in", async () => {
    const eventStore = new MemoryEventStore();
    const { domain, tills, runs, ...till } = await openTill({ eventStore });
    const elsewhere = await openTill({ eventStore });
    await domain.unitOfWork(async () => {
      const command = new till.Pay({ tillId: "1", amount: 5 });
      expect(await domain.process(command, { idempotencyKey: "k" })).toBe(5);
      expect(await domain.process(command, { idempotencyKey: "k" })).toBe(5);
      expect(await elsewhere.tills.exists("1")).toBe(false);
    });
    expect([(await tills.get("1")).sum, runs.length]).toEqual([5, 1]);
    const spoilt = domain.unitOfWork(async () => {
      await domain.process(new till.Pay({ tillId: "2", amount: 5 }), { idempotencyKey: "k2" });
      throw new Error("no");
    });
    await expect(spoilt).rejects.toThrow("no");
    expect(await domain.eventStore.readLast("shop::till:command-k2")).toBeUndefined();
    expect(await tills.exists("2")).toBe(false);
  });

  it("is refused twice at once in one unit of work", async () => {
    const { domain, Ask } = await openTill();
    const twice = domain.unitOfWork(async () => {
      const command = new Ask({ answer: 1 });
      await Promise.all([1, 2].map(() => domain.process(command, { idempotencyKey: "k" })));
    });
    await expect(twice).rejects.toThrow("Shop.Ask.v1 is processed with it at the same time");
    expect(await domain.eventStore.readLast("shop::till:command-k")).toBeUndefined();
  });
});
