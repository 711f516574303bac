import {
  CommandCancelledError,
  CommandExpiredError,
  CommandFailedError,
  CommandPendingError,
  DomainError,
  ExpectedVersionError,
  IncorrectUsageError,
  ObjectNotFoundError,
  StoreUnavailableError,
  ValidationError,
} from "../../../src/index";
import { openShop, TillClosedError } from "./shop";

describe("process with asynchronous: true", () => {
  it("stores the command and returns; a server carries it out once, and its result is kept", async () => {
    const { domain, Pay, runs, events } = await openShop();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    expect(runs).toEqual([]);
    expect(await job.status()).toMatchObject({
      id: job.id,
      state: "waiting",
      attempts: 0,
      lane: "default",
      priority: 0,
    });
    await domain.catchUp();
    await domain.catchUp();
    expect(await job.result()).toEqual({ at: new Date(0), sum: 5n });
    expect(runs).toHaveLength(1);
    const [paid] = await events();
    expect(paid?.metadata).toMatchObject({ causationId: job.id, correlationId: job.id, commandType: "Shop.Pay.v1" });
    expect(await job.status()).toMatchObject({ state: "done", attempts: 0, finishedAt: expect.any(Date) });
    await domain.close();
  });

  it("is carried out by a server without being asked", async () => {
    const { domain, Pay } = await openShop({ config: { server: { embedded: true } } });
    const jobs = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        domain.process(new Pay({ tillId: `t-${n % 3}`, amount: 1 }), { asynchronous: true }),
      ),
    );
    const sums = await Promise.all(jobs.map(async (job) => Number((await job.result()).sum)));
    expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => Math.floor(n / 3) + 1));
    await domain.close();
  });

  it("is announced to other processes where this one does not carry it out", async () => {
    for (const embedded of [false, true]) {
      const { domain, Pay, eventStore } = await openShop({ config: { server: { embedded } } });
      const announce = jest.fn();
      Object.assign(eventStore.log, { announce });
      const pay = () => new Pay({ tillId: "a", amount: 1 });
      await domain.process(pay(), { asynchronous: true });
      await domain.unitOfWork(async () => void (await domain.schedule(pay(), { after: "1h" })));
      expect(announce).toHaveBeenCalledTimes(embedded ? 0 : 2);
      await domain.close();
    }
  });

  it("is the default of a class that says so, and of a domain; its caller wins", async () => {
    const { domain, Pay, Ask } = await openShop({
      config: { server: { embedded: false }, processing: { commands: "async" } },
    });
    const job = await domain.process(new Ask({ answer: { is: 42 } }));
    expect(await domain.process(new Ask({ answer: "now" }), { asynchronous: false })).toBe("now");
    const paid = (await domain.process(new Pay({ tillId: "a", amount: 5 }))) as unknown as typeof job;
    await domain.catchUp();
    expect(await job.result()).toEqual({ is: 42 });
    expect(await paid.result()).toMatchObject({ sum: 5n });
    await domain.close();
  });

  it("settles a command that appends nothing", async () => {
    const { domain, Ask, queue } = await openShop();
    const job = await domain.process(new Ask({ answer: undefined }));
    await domain.catchUp();
    expect(await job.result()).toBeUndefined();
    expect(await queue.find(job.id)).toMatchObject({ state: "done", outcome: "{}" });
    await domain.close();
  });

  it("carries a key out once, and gives the others the first result", async () => {
    const { domain, Pay, events } = await openShop();
    const pay = () => domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true, idempotencyKey: "k" });
    const jobs = [await pay(), await pay()];
    await domain.catchUp();
    for (const job of jobs) expect(await job.result()).toEqual({ at: new Date(0), sum: 5n });
    expect((await events()).filter(({ type }) => type === "Shop.Paid.v1")).toHaveLength(1);
    await domain.close();
  });

  it("runs enrichers where the command is put into the queue, and middleware where it is carried out", async () => {
    const notes: string[] = [];
    let who = "ann";
    const { domain, Pay, events } = await openShop({}, (shop) => {
      shop.enrichCommands(() => ({ user: who }));
      shop.use(async (command, next, context) => {
        notes.push(`${command.constructor.name} ${context.commandId}`);
        return await next();
      });
    });
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true, correlationId: "c-1" });
    who = "bob";
    expect(notes).toEqual([]);
    await domain.catchUp();
    expect(notes).toEqual([`Pay ${job.id}`]);
    const [paid] = await events();
    expect(paid?.metadata).toMatchObject({ correlationId: "c-1", extensions: { user: "ann" } });
    await domain.close();
  });

  it("refuses options that do not go with it, and lanes that no server has", async () => {
    const { domain, Pay, Ask } = await openShop({
      config: { server: { embedded: false, lanes: { bulk: { concurrency: 1 } } } },
    });
    const pay = new Pay({ tillId: "a", amount: 5 });
    const later = (options: object) => domain.process(pay, { asynchronous: true, ...options });
    await expect(later({ timeoutMs: 5 })).rejects.toThrow(
      'Cannot process Shop.Pay.v1 later with "timeoutMs": give timeoutMs to result() of the handle',
    );
    await expect(later({ waitFor: [] })).rejects.toThrow('later with "waitFor"');
    await expect(later({ lane: "bulg" })).rejects.toThrow(
      'Cannot process Shop.Pay.v1 later: no lane is called "bulg"; did you mean "bulk"?',
    );
    await expect(later({ priority: 0.5 })).rejects.toThrow(IncorrectUsageError);
    await expect(later({ deadline: new Date(Number.NaN) })).rejects.toThrow(IncorrectUsageError);
    await expect(later({ idempotencyKey: "" })).rejects.toThrow(ValidationError);
    await expect(domain.process(pay, { priority: 1 })).rejects.toThrow(
      'Cannot process Shop.Pay.v1 at once with "priority": it is for commands that run later, { asynchronous: true }',
    );
    await domain.process(new Ask({ answer: 1 }), { priority: 1, lane: "bulk" });
    await domain.close();
  });

  it("is stored with the unit of work that it is called in, or not at all", async () => {
    const { domain, Pay, Ask, queue } = await openShop();
    let inside: { id: string } | undefined;
    await expect(
      domain.unitOfWork(async () => {
        const job = await domain.process(new Ask({ answer: 1 }));
        inside = job;
        await expect(job.result()).rejects.toThrow("in a unit of work");
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await queue.list({ limit: 10 })).toEqual([]);
    await expect(domain.commandHandle(inside!.id).status()).rejects.toThrow(ObjectNotFoundError);
    const job = await domain.unitOfWork(async () => {
      await domain.process(new Pay({ tillId: "a", amount: 1 }), { asynchronous: false });
      const handle = await domain.process(new Ask({ answer: 1 }));
      expect(await queue.find(handle.id)).toBeUndefined();
      return handle;
    });
    expect(await job.status()).toMatchObject({ state: "waiting" });
    await domain.close();
  });
});

describe("the result of a command that runs later", () => {
  it("is the refusal of the domain, as it was stored", async () => {
    const { domain, Pay, hooks, logged, runs } = await openShop();
    hooks.before = (_, till) => {
      throw till === "a" ? new TillClosedError(till) : new ValidationError({ amount: ["too much"] });
    };
    const [first, second] = [
      await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true }),
      await domain.process(new Pay({ tillId: "b", amount: 5 }), { asynchronous: true }),
    ];
    await domain.catchUp();
    const refused = await first.result().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({
      name: "TillClosedError",
      code: "TILL_CLOSED",
      message: "Till a is closed",
      details: { till: "a" },
    });
    const invalid = await second.result().catch((error: unknown) => error);
    expect(invalid).toBeInstanceOf(ValidationError);
    expect(invalid).toMatchObject({ messages: { amount: ["too much"] }, statusCode: 422 });
    expect(await first.status()).toMatchObject({ state: "refused", attempts: 0 });
    expect(runs).toHaveLength(2);
    expect(logged).toEqual([]);
    await domain.close();
  });

  it("is a CommandFailedError once a technical failure was repeated as often as [processing] says", async () => {
    const { domain, Pay, hooks, logged, runs } = await openShop({
      config: { server: { embedded: false }, processing: { retry: { attempts: 2 } } },
    });
    hooks.before = () => {
      throw new TypeError("x is undefined");
    };
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    expect(await domain.catchUp()).toMatchObject({
      parked: [],
      parkedCommands: [{ id: job.id, type: "Shop.Pay.v1", state: "parked", error: { message: "x is undefined" } }],
    });
    expect(await domain.catchUp()).toEqual({ parked: [] });
    expect(runs).toHaveLength(3);
    await expect(job.result()).rejects.toThrow(CommandFailedError);
    await expect(job.result()).rejects.toThrow("x is undefined");
    expect(await job.status()).toMatchObject({ state: "parked", attempts: 3, error: { name: "TypeError" } });
    expect(logged.at(-1)).toContain("is parked: x is undefined");
    hooks.before = () => undefined;
    await domain.retryCommand(job.id);
    await domain.catchUp();
    expect(await job.result()).toMatchObject({ sum: 5n });
    await domain.close();
  });

  it("is a CommandExpiredError where the deadline passes in the queue: it is not carried out", async () => {
    const { domain, Pay, runs } = await openShop();
    const deadline = new Date(Date.now() - 1);
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true, deadline });
    await domain.catchUp();
    await expect(job.result()).rejects.toThrow(CommandExpiredError);
    await expect(job.result()).rejects.toMatchObject({
      code: "COMMAND_EXPIRED",
      details: { deadline: deadline.toISOString() },
    });
    expect(await job.status()).toMatchObject({ state: "expired" });
    expect(runs).toEqual([]);
    await domain.close();
  });

  it("is a CommandCancelledError after it was cancelled; one that is done is not cancelled", async () => {
    const { domain, Ask, runs } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    expect(await job.cancel()).toBe(true);
    expect(await job.cancel()).toBe(false);
    await domain.catchUp();
    expect(runs).toEqual([]);
    await expect(job.result()).rejects.toThrow(CommandCancelledError);
    const done = await domain.process(new Ask({ answer: 1 }));
    await domain.catchUp();
    expect(await done.cancel()).toBe(false);
    await domain.close();
  });

  it("does not come any more once the domain is closed", async () => {
    const { domain, Ask } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    const result = job.result();
    await Promise.all([expect(result).rejects.toThrow('Domain "shop" is closing'), domain.close()]);
  });

  it("does not come in time, or not at all", async () => {
    const { domain, Ask } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    await expect(job.result({ timeoutMs: 0 })).rejects.toThrow(CommandPendingError);
    await expect(job.result({ timeoutMs: 0 })).rejects.toThrow("run what is left with domain.catchUp()");
    await expect(job.result({ signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    await expect(domain.commandHandle("unknown").result()).rejects.toThrow(ObjectNotFoundError);
    await domain.close();
  });
});

describe("a command of the queue", () => {
  it("is carried out again after lost races and outages, which spend no attempt", async () => {
    const { domain, Pay, hooks, events } = await openShop();
    const failures = [
      new StoreUnavailableError({ attempted: "Cannot read", store: "memory", reason: "down" }),
      new ExpectedVersionError({ stream: "s", expected: 0, actual: 1 }),
    ];
    hooks.before = () => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
    };
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    await domain.catchUp();
    expect(await job.status()).toMatchObject({ state: "done", attempts: 0 });
    expect(await events()).toHaveLength(1);
    await domain.close();
  });

  it("is parked where it does not fit its class any more", async () => {
    const { domain, eventStore, logged } = await openShop();
    const data = JSON.stringify({
      command: { tillId: 5 },
      metadata: { causationId: "x", correlationId: "x" },
      keepsResult: true,
    });
    const entry = { id: "x", lane: "default", type: "Shop.Pay.v1", priority: 0, number: 0, data, due: { afterMs: 0 } };
    await eventStore.operations!.flush([{ kind: "enqueue", entry }]);
    await domain.catchUp();
    expect(await domain.commandHandle("x").status()).toMatchObject({ state: "parked", attempts: 1 });
    expect(logged[0]).toContain("Shop.Pay.v1 does not fit its class any more");
    await domain.close();
  });

  it("is parked once it has ended several workers", async () => {
    const { domain, Ask, queue, runs } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    const claim = { worker: "w", lanes: ["default"], limit: 1, oldest: 0, claimMs: 0 };
    for (let n = 0; n < 5; n++) {
      expect(await queue.claim({ ...claim, claimMs: 5 })).toHaveLength(1);
      if (n > 0) expect(await queue.extend({ worker: "w", ids: [job.id], claimMs: 0, begins: true })).toEqual([job.id]);
      else await queue.extend({ worker: "w", ids: [job.id], claimMs: 0 });
    }
    await domain.catchUp();
    expect(await job.status()).toMatchObject({ state: "parked", attempts: 0 });
    await expect(job.result()).rejects.toThrow("4 workers had begun it again and ended, or lost it");
    expect(runs).toEqual([]);
    await domain.close();
  });

  it("is carried out however many workers ended that only had it in hand", async () => {
    const { domain, Ask, queue } = await openShop();
    const job = await domain.process(new Ask({ answer: 1 }));
    const claim = { worker: "w", lanes: ["default"], limit: 1, oldest: 0, claimMs: 0 };
    for (let n = 0; n < 50; n++) expect(await queue.claim(claim)).toHaveLength(1);
    await domain.catchUp();
    expect(await job.status()).toMatchObject({ state: "done", attempts: 0 });
    expect(await queue.find(job.id)).toMatchObject({ claims: 51, begins: 0 });
    await domain.close();
  });

  it("is not committed by a worker that has lost it", async () => {
    const { domain, Pay, queue, hooks, events } = await openShop();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    hooks.before = async () => {
      const [entry] = await queue.list({ limit: 1 });
      await queue.release(entry!.claimedBy!, [job.id]);
      await queue.claim({ worker: "other", lanes: ["default"], limit: 1, oldest: 0, claimMs: 60_000 });
    };
    await domain.catchUp();
    expect(await events()).toEqual([]);
    expect(await queue.find(job.id)).toMatchObject({ state: "waiting", claimedBy: "other" });
    await domain.close();
  });

  it("is done that was committed, though the answer was lost", async () => {
    const { domain, Pay, eventStore, events, runs } = await openShop();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    const { log } = eventStore;
    const append = log.append.bind(log);
    let isLost = false;
    jest.spyOn(log, "append").mockImplementation(async (requests, options?) => {
      const appended = await append(requests, options);
      if (isLost) return appended;
      isLost = true;
      throw new StoreUnavailableError({
        attempted: "Cannot append to",
        store: "memory",
        reason: "the answer was lost",
      });
    });
    await domain.catchUp();
    expect(await job.result()).toMatchObject({ sum: 5n });
    expect(await events()).toHaveLength(1);
    expect(runs).toHaveLength(1);
    await domain.close();
  });

  it("ends within the time that a server has, or is given back", async () => {
    const { domain, Pay, hooks, queue } = await openShop({
      config: { server: { embedded: false, shutdown: "1s" } },
    });
    const begun = new Promise<void>((resolve) => {
      hooks.before = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const server = await domain.serve();
    const job = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    await begun;
    await server.close();
    expect(server.givenUp).toEqual(["commands that run later"]);
    const { claimedBy, state } = (await queue.find(job.id))!;
    expect([claimedBy, state]).toEqual([undefined, "waiting"]);
    await domain.close();
  });
});

describe("the end of a domain", () => {
  it("waits for the commands of the queue that are in hand, and begins no others", async () => {
    const { domain, eventStore, Pay, hooks, runs } = await openShop({
      config: { server: { embedded: true, lanes: { default: { concurrency: 1 } } } },
    });
    let goOn: () => void = () => undefined;
    hooks.before = () => new Promise<void>((resolve) => (goOn = resolve));
    for (const tillId of ["a", "b"]) await domain.process(new Pay({ tillId, amount: 5 }), { asynchronous: true });
    while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = domain.close();
    goOn();
    await closed;
    const states = (await eventStore.operations!.commandQueue.list({ limit: 2 })).map(({ state }) => state);
    expect(states.sort()).toEqual(["done", "waiting"]);
    expect(runs).toHaveLength(1);
  });
});

describe("the priority of commands", () => {
  it("lets urgent ones overtake, and bulk still move", async () => {
    const { domain, Ask, queue } = await openShop();
    for (let n = 0; n < 8; n++) await domain.process(new Ask({ answer: `bulk ${n}` }), { priority: 0 });
    for (let n = 0; n < 8; n++) await domain.process(new Ask({ answer: `urgent ${n}` }), { priority: 5 });
    const claimed = await queue.claim({ worker: "w", lanes: ["default"], limit: 8, oldest: 2, claimMs: 1 });
    expect(claimed.filter(({ priority }) => priority === 0)).toHaveLength(2);
    await domain.close();
  });
});
