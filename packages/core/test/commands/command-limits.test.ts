import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { CommandAbortedError, DeadlineExceededError, ExpectedVersionError, MemoryEventStore } from "../../src/index";
import { all, openTill } from "./till";

const never = () => new Promise<never>(() => undefined);

describe("a command with a limit", () => {
  it("is given up while its handler waits, with nothing stored then or later", async () => {
    const { domain, hooks, tills, Pay } = await openTill();
    let release = () => {};
    let finished: Promise<void> = Promise.resolve();
    hooks.before = () => {
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      finished = released.then(() => pause(5));
      return released;
    };
    const given = domain.process(new Pay({ tillId: "1", amount: 5 }), { timeoutMs: 10 });
    await expect(given).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: "Cannot finish Shop.Pay.v1: its 10 ms passed; nothing was stored",
      details: { command: "Shop.Pay.v1", limit: "its 10 ms" },
    });
    await expect(given).rejects.toBeInstanceOf(DeadlineExceededError);
    release();
    await finished;
    expect(await tills.exists("1")).toBe(false);
  });

  it("is given up by its signal, whose reason is the cause", async () => {
    const { domain, hooks, tills, runs, Pay } = await openTill();
    const controller = new AbortController();
    hooks.before = () => {
      controller.abort(new Error("the customer left"));
      return never();
    };
    const given = domain.process(new Pay({ tillId: "1", amount: 5 }), { signal: controller.signal });
    await expect(given).rejects.toMatchObject({
      code: "COMMAND_ABORTED",
      message: "Cannot finish Shop.Pay.v1: its signal was aborted (the customer left); nothing was stored",
      cause: new Error("the customer left"),
    });
    await expect(given).rejects.toBeInstanceOf(CommandAbortedError);
    expect(await tills.exists("1")).toBe(false);
    expect(runs[0]?.signal.reason).toBeInstanceOf(CommandAbortedError);
  });

  it("does not run when it is over before it begins", async () => {
    const { domain, runs, Pay } = await openTill();
    const command = new Pay({ tillId: "1", amount: 5 });
    await expect(domain.process(command, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "COMMAND_ABORTED",
    });
    await expect(domain.process(command, { timeoutMs: 0 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await expect(domain.process(command, { deadline: new Date("2020-01-01T00:00:00Z") })).rejects.toMatchObject({
      message: "Cannot finish Shop.Pay.v1: its deadline 2020-01-01T00:00:00.000Z passed; nothing was stored",
    });
    expect(runs).toEqual([]);
  });

  it("is given up before its commit when its handler computed for too long", async () => {
    const { domain, hooks, tills, Pay } = await openTill();
    hooks.before = () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
    };
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }), { timeoutMs: 10 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    expect(await tills.exists("1")).toBe(false);
  });

  it("stands once its commit has begun", async () => {
    const eventStore = new MemoryEventStore();
    const controller = new AbortController();
    const append = eventStore.log.append.bind(eventStore.log);
    eventStore.log.append = async (requests) => {
      controller.abort();
      await pause(5);
      return await append(requests);
    };
    const { domain, tills, Pay } = await openTill({ eventStore });
    expect(await domain.process(new Pay({ tillId: "1", amount: 5 }), { signal: controller.signal })).toBe(5);
    expect((await tills.get("1")).sum).toBe(5);
  });

  it("is given up between two attempts, after a commit that failed", async () => {
    const eventStore = new MemoryEventStore();
    const controller = new AbortController();
    const { domain, runs, Pay } = await openTill({ eventStore });
    eventStore.log.append = async () => {
      if (runs.length > 1) controller.abort();
      throw new ExpectedVersionError({ stream: "shop::till-1", expected: -1, actual: 0 });
    };
    const given = domain.process(new Pay({ tillId: "1", amount: 5 }), { signal: controller.signal, retries: 1_000 });
    await expect(given).rejects.toMatchObject({ code: "COMMAND_ABORTED" });
    expect(runs[0]?.attempt).toBe(2);
  });

  it("may have time left", async () => {
    const { domain, runs, Pay } = await openTill();
    const inAYear = new Date(Date.now() + 366 * 86_400_000);
    expect(await domain.process(new Pay({ tillId: "1", amount: 5 }), { deadline: inAYear })).toBe(5);
    expect(await domain.process(new Pay({ tillId: "1", amount: 5 }), { timeoutMs: 60_000 })).toBe(10);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it("leaves no timer and no listener behind", async () => {
    const { domain, hooks, Pay } = await openTill();
    const { signal } = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    await domain.process(new Pay({ tillId: "1", amount: 5 }), { signal, timeoutMs: 60_000 });
    hooks.before = () => {
      throw new Error("no");
    };
    await domain.process(new Pay({ tillId: "1", amount: 5 }), { signal, timeoutMs: 60_000 }).catch(() => undefined);
    expect([getEventListeners(signal, "abort").length, timers()]).toEqual([0, before]);
  });

  it("hands its signal on to the commands that are processed inside of it", async () => {
    const { domain, hooks, runs, tills, Pay } = await openTill();
    const controller = new AbortController();
    let inner: Promise<unknown> = Promise.resolve();
    hooks.before = async () => {
      hooks.before = () => undefined;
      await domain.process(new Pay({ tillId: "2", amount: 5 }));
      controller.abort();
      inner = domain.process(new Pay({ tillId: "3", amount: 5 }));
      inner.catch(() => undefined);
      await inner;
    };
    await expect(
      domain.process(new Pay({ tillId: "1", amount: 5 }), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: "COMMAND_ABORTED" });
    await expect(inner).rejects.toMatchObject({ code: "COMMAND_ABORTED" });
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect([await tills.exists("1"), await tills.exists("2")]).toEqual([false, false]);
  });

  it("that is given up inside another one leaves that one unable to commit", async () => {
    const { domain, hooks, tills, Pay } = await openTill();
    hooks.before = async () => {
      hooks.before = never;
      await domain.process(new Pay({ tillId: "2", amount: 5 }), { timeoutMs: 5 }).catch(() => undefined);
    };
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }))).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    expect(await tills.exists("1")).toBe(false);
  });

  it.each([
    [{ timeoutMs: -1 }, "timeoutMs must be a number of at least 0, found -1"],
    [{ timeoutMs: Number.NaN }, "timeoutMs must be a number of at least 0, found NaN"],
    [{ deadline: new Date(Number.NaN) }, "deadline must be a valid Date"],
    [{ timeoutMs: 5, deadline: new Date() }, "give either timeoutMs or deadline"],
    [{ signal: {} as never }, "signal must be an AbortSignal"],
  ])("refuses %p", async (options, fault) => {
    const { domain, Pay } = await openTill();
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }), options)).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: `Cannot process Shop.Pay.v1: ${fault}`,
    });
  });
});

describe("a command without limit", () => {
  it("tells its handler of a signal that nobody aborts, and of itself", async () => {
    const { domain, runs, Pay } = await openTill();
    await domain.process(new Pay({ tillId: "1", amount: 5 }), { correlationId: "c" });
    const [event] = await all(domain.eventStore.readAll());
    const [context] = runs;
    expect([context?.type, context?.correlationId, context?.commandId, context?.attempt]).toEqual([
      "Shop.Pay.v1",
      "c",
      event?.metadata.causationId,
      1,
    ]);
    expect([context?.signal.aborted, context?.idempotencyKey]).toEqual([false, undefined]);
  });
});
