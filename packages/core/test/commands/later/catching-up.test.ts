import { openShop } from "./shop";

describe("catchUp", () => {
  it("does what commands put into the queue while they run, until nothing is left", async () => {
    const { domain, Ask, runs, hooks } = await openShop();
    hooks.before = async () => {
      if (runs.length < 50) await domain.process(new Ask({ answer: runs.length }));
    };
    await domain.process(new Ask({ answer: 0 }));
    await domain.catchUp();
    expect(runs).toHaveLength(50);
    await domain.close();
  });

  it("waits for what a server of this process has in hand", async () => {
    const { domain, Pay, hooks, runs } = await openShop();
    let goOn: () => void = () => undefined;
    hooks.before = () => new Promise<void>((resolve) => (goOn = resolve));
    await using _server = await domain.serve();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    let isCaughtUp = false;
    const caughtUp = domain.catchUp().then(() => (isCaughtUp = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isCaughtUp).toBe(false);
    goOn();
    await caughtUp;
    expect(await job.status()).toMatchObject({ state: "done" });
    await domain.close();
  });

  it("repeats failures without pauses, also those of a server of this process", async () => {
    const { domain, Pay, hooks, runs } = await openShop({
      config: { server: { embedded: false }, processing: { retry: { attempts: 2, first: "1h" } } },
    });
    let goOn: () => void = () => undefined;
    hooks.before = async () => {
      if (runs.length === 1) await new Promise<void>((resolve) => (goOn = resolve));
      throw new TypeError("x is undefined");
    };
    await using _server = await domain.serve();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const caughtUp = domain.catchUp();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await caughtUp;
    expect(await job.status()).toMatchObject({ state: "parked", attempts: 3 });
    await domain.close();
  });

  it("notices commands that go on putting each other into the queue, and names them", async () => {
    const { domain, Ask, hooks } = await openShop();
    hooks.before = async () => void (await domain.process(new Ask({ answer: 1 })));
    await domain.process(new Ask({ answer: 0 }));
    await expect(domain.catchUp()).rejects.toThrow(
      "Cannot catch up: Shop.Ask.v1 goes on with what it has caused itself, 20001 times one after the other",
    );
    await domain.close();
  }, 120_000);
});

describe("a finished command", () => {
  it("is kept as long as [processing] keep_results says", async () => {
    const { domain, Ask, queue } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    const waiting = await domain.schedule(new Ask({ answer: 1 }), { after: "1d" });
    await domain.catchUp();
    expect(await queue.forget(Date.now() - 60_000, 10)).toBe(0);
    expect(await job.status()).toMatchObject({ state: "done" });
    expect(await queue.forget(Date.now() + 60_000, 10)).toBe(1);
    expect(await queue.find(job.id)).toBeUndefined();
    expect(await waiting.status()).toMatchObject({ state: "waiting" });
    await domain.close();
  });
});
