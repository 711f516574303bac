import { setTimeout as pause } from "node:timers/promises";

import { DeadlineExceededError, MemoryEventStore } from "../../src/index";
import { openTill } from "../commands/till";
import { openBranch } from "./branch";
import { type Failure, failingFirst, type LeavingStore } from "./leaving-store";

/** Lets every call fail until `back` is called. */
function leave(store: LeavingStore, failure: Failure = "before") {
  store.fails = () => failure;
  return { back: () => (store.fails = () => undefined) };
}

async function openedAccount(options?: Parameters<typeof openBranch>[0]) {
  const branch = await openBranch(options);
  await branch.domain.process(new branch.Open({ accountId: "a", name: "Ann" }));
  branch.store.calls.length = 0;
  return branch;
}

describe("a command", () => {
  it("that arrives while the store is away succeeds when it is back, and is stored once", async () => {
    const { domain, store, Deposit, stored, logged } = await openedAccount();
    const { back } = leave(store);
    const commands = [1, 2, 3].map((amount) => domain.process(new Deposit({ accountId: "a", amount })));
    await pause(150);
    back();
    expect((await Promise.all(commands)).sort((a, b) => a - b).at(-1)).toBe(6);
    expect([...(await stored())].sort()).toEqual(["a 1", "a 2", "a 3"]);
    expect(logged.map((line) => line.replace(/\d+ ms/, "# ms"))).toEqual([
      expect.stringMatching(/^The event store \(.*\) cannot be reached: calls wait for it, each for # ms at most\. /),
      expect.stringMatching(/can be reached again, after # ms: [1-9]\d* calls had to wait$/),
    ]);
    await domain.close();
  });

  it.each(["before", "lost", "after"] as const)(
    "whose append fails once and again (%s) is stored once",
    async (when) => {
      const { domain, store, Deposit, stored, accounts } = await openedAccount();
      failingFirst(store, "log.append", when, when);
      expect(await domain.process(new Deposit({ accountId: "a", amount: 5 }))).toBe(5);
      // Its version is right: the next command is no conflict.
      store.calls.length = 0;
      expect(await domain.process(new Deposit({ accountId: "a", amount: 7 }))).toBe(12);
      expect(store.calls.filter((method) => method === "log.append")).toHaveLength(1);
      expect([await stored(), (await accounts.get("a")).version]).toEqual([["a 5", "a 7"], 2]);
      await domain.close();
    },
  );

  it("with a unique name has it once, though the answer of its append was lost", async () => {
    const { domain, store, Open } = await openBranch();
    failingFirst(store, "log.append", "after");
    await domain.process(new Open({ accountId: "a", name: "Ann" }));
    await expect(domain.process(new Open({ accountId: "b", name: "Ann" }))).rejects.toMatchObject({
      code: "UNIQUE_VIOLATION",
    });
    await domain.close();
  });

  it("is not repeated after a conflict but by its own retry, and counts that of others", async () => {
    const { domain, store, Deposit, stored, Account } = await openedAccount({
      config: { cache: { max_aggregates: 0 } },
    });
    const stream = domain.streamFor(Account, "a");
    const other = { id: "other", type: "Branch.Deposited.v1", time: 1, metadata: "{}" };
    const data = JSON.stringify({ accountId: "a", amount: 100 });
    let appends = 0;
    store.fails = (method) => {
      if (method !== "log.append" || ++appends > 1) return undefined;
      // Somebody else is stored while the answer of the first attempt, which was not, is lost.
      const ref = { stream, category: "branch::account" };
      void store.memory.log.append([{ ...ref, messages: [{ ...other, data }] }]);
      return "lost";
    };
    expect(await domain.process(new Deposit({ accountId: "a", amount: 5 }))).toBe(105);
    expect([await stored(), appends]).toEqual([["a 100", "a 5"], 3]);
    await domain.close();
  });

  it("is given up at its deadline, with nothing stored then or later", async () => {
    const { domain, store, Deposit, stored } = await openedAccount({ patienceMs: 60_000 });
    const { back } = leave(store);
    const command = domain.process(new Deposit({ accountId: "a", amount: 5 }), { timeoutMs: 120 });
    await expect(command).rejects.toThrow(DeadlineExceededError);
    back();
    await pause(200);
    expect(await stored()).toEqual([]);
    await domain.close();
  });

  it("whose commit is under way at its deadline fails with the last error of the store, and is not repeated then", async () => {
    const { domain, store, Deposit, stored } = await openedAccount({ patienceMs: 60_000 });
    let appends = 0;
    store.fails = (method) => {
      if (method !== "log.append") return undefined;
      appends++;
      return "before";
    };
    const command = domain.process(new Deposit({ accountId: "a", amount: 5 }), { timeoutMs: 250, idempotencyKey: "k" });
    await expect(command).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", mayHaveHappened: false });
    const made = appends;
    store.fails = () => undefined;
    await pause(300);
    expect([appends, await stored()]).toEqual([made, []]);
    expect(await domain.process(new Deposit({ accountId: "a", amount: 5 }), { idempotencyKey: "k" })).toBe(5);
    await domain.close();
  });

  it("is given up by its signal", async () => {
    const { domain, store, Deposit } = await openedAccount({ patienceMs: 60_000 });
    leave(store);
    const caller = new AbortController();
    const command = domain.process(new Deposit({ accountId: "a", amount: 5 }), { signal: caller.signal });
    setTimeout(() => caller.abort(), 80);
    await expect(command).rejects.toMatchObject({ code: "COMMAND_ABORTED" });
    store.fails = () => undefined;
    await domain.close();
  });

  it("is not repeated where repeating cannot help", async () => {
    const { domain, store, Deposit, logged } = await openedAccount();
    leave(store, "lasting");
    await expect(domain.process(new Deposit({ accountId: "a", amount: 5 }))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      isLasting: true,
    });
    // Once with a snapshot and once without: whatever is wrong with snapshots, the events may be there.
    expect([store.calls, logged]).toEqual([["load", "load"], [expect.stringContaining("not used")]]);
    store.fails = () => undefined;
    await domain.close();
  });

  it("fails with the error of the store when the patience is over", async () => {
    const { domain, store, Deposit, logged } = await openedAccount({
      patienceMs: 120,
      config: { cache: { max_aggregates: 0 } },
    });
    const { back } = leave(store);
    await expect(domain.process(new Deposit({ accountId: "a", amount: 5 }))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect(new Set(store.calls)).toEqual(new Set(["load"]));
    expect(logged).toEqual([expect.stringContaining("cannot be reached"), expect.stringContaining("have failed")]);
    back();
    expect(await domain.process(new Deposit({ accountId: "a", amount: 5 }))).toBe(5);
    await domain.close();
  });

  it("fails at once on a store that says nothing of repetitions", async () => {
    const eventStore = new MemoryEventStore();
    const { domain, Pay } = await openTill({ eventStore });
    const append = jest.spyOn(eventStore.log, "append").mockRejectedValue(Object.assign(new Error("away")));
    await expect(domain.process(new Pay({ tillId: "1", amount: 1 }))).rejects.toThrow("away");
    expect(append).toHaveBeenCalledTimes(1);
    await domain.close();
  });

  it("that changes a row alone is never carried out twice, nor reported as a conflict: where nobody knows, that is said", async () => {
    for (const when of ["before", "lost", "after"] as const) {
      const { domain, store, Raise, Rule } = await openBranch();
      await domain.process(new Raise({ ruleId: "r", by: 1 }));
      failingFirst(store, "operations.flush", when);
      const raised = domain.process(new Raise({ ruleId: "r", by: 10 }));
      if (when === "after")
        await expect(raised).rejects.toMatchObject({
          code: "STORE_UNAVAILABLE",
          mayHaveHappened: true,
          message: expect.stringContaining("whether the first attempt was stored is not known"),
        });
      else await raised;
      expect([when, (await domain.repositoryFor(Rule).get("r")).limit]).toEqual([when, 11]);
      await domain.close();
    }
  });

  it("that changes a row alone is certain with an idempotency key", async () => {
    const { domain, store, Raise, Rule } = await openBranch();
    failingFirst(store, "log.append", "after");
    await domain.process(new Raise({ ruleId: "r", by: 10 }), { idempotencyKey: "once" });
    await domain.process(new Raise({ ruleId: "r", by: 10 }), { idempotencyKey: "once" });
    expect((await domain.repositoryFor(Rule).get("r")).limit).toBe(10);
    await domain.close();
  });

  it("makes no use of cached aggregates before the store has confirmed them: another server may have taken over", async () => {
    const { domain, store, Deposit } = await openedAccount({ config: { cache: { max_aggregates: 100 } } });
    await domain.process(new Deposit({ accountId: "a", amount: 1 }));
    failingFirst(store, "log.append", "after");
    await domain.process(new Deposit({ accountId: "a", amount: 1 }));
    store.calls.length = 0;
    await domain.process(new Deposit({ accountId: "a", amount: 1 }));
    await domain.process(new Deposit({ accountId: "a", amount: 1 }));
    expect(store.calls).toEqual(["log.loadPage", "log.append", "log.append"]);
    await domain.close();
  });

  it("that is put into the queue is there once", async () => {
    for (const when of ["before", "after"] as const) {
      const { domain, store, Deposit, stored } = await openedAccount();
      failingFirst(store, "operations.flush", when);
      const job = await domain.process(new Deposit({ accountId: "a", amount: 5 }), { asynchronous: true });
      await domain.catchUp();
      expect([await job.result(), (await stored()).filter((one) => one === "a 5")]).toEqual([5, ["a 5"]]);
      await domain.close();
    }
  });

  it("is waited for by close()", async () => {
    const { domain, store, Deposit, stored } = await openedAccount();
    const { back } = leave(store);
    const command = domain.process(new Deposit({ accountId: "a", amount: 5 }));
    const closed = domain.close();
    await pause(60);
    back();
    expect([await command, await closed, await stored()]).toEqual([5, undefined, ["a 5"]]);
  });
});

describe("what reads", () => {
  it("goes on when the store is back: loads, queries, views, events, lists", async () => {
    const { domain, store, Total, Balance, accounts, Deposit, Bonus } = await openedAccount();
    await domain.process(new Deposit({ accountId: "a", amount: 5 }));
    await domain.catchUp();
    const reads = [
      () => accounts.get("a"),
      () => domain.dispatch(new Total({})),
      () => domain.viewOf(Balance).get("a"),
      () => domain.eventStore.readLast("branch::account-a"),
      () => domain.timers(),
      () => domain.processOf(Bonus, "a"),
      () => domain.projections(),
      async () => (await domain.events({}).next()).value,
    ];
    for (const read of reads) {
      const { back } = leave(store);
      const answer = read();
      setTimeout(back, 30);
      expect(await answer).toBeDefined();
    }
    await domain.close();
  });

  it("follows events across an outage, and misses none", async () => {
    const { domain, store, Deposit, Account } = await openedAccount();
    const events = domain.events({ of: [Account], follow: true });
    await events.next();
    const { back } = leave(store);
    const next = events.next();
    await pause(60);
    back();
    await domain.process(new Deposit({ accountId: "a", amount: 5 }));
    expect((await next).value).toMatchObject({ event: { amount: 5 } });
    await events.return();
    await domain.close();
  });

  it("waits for a projection across an outage", async () => {
    const { domain, store, Deposit, Balance } = await openedAccount({ config: { server: { embedded: true } } });
    let isAway = false;
    store.fails = (method) => {
      if (method === "log.append") {
        isAway = true;
        setTimeout(() => (isAway = false), 200);
        return undefined;
      }
      return isAway ? "before" : undefined;
    };
    await domain.process(new Deposit({ accountId: "a", amount: 5 }), { waitFor: [Balance] });
    expect(isAway).toBe(false);
    await domain.close();
  });

  it("says that the wait is over where the store does not come back in time: the command is committed", async () => {
    const { domain, store, Deposit, Balance, stored } = await openedAccount();
    let isAway = false;
    store.fails = (method) => {
      if (method !== "log.append") return isAway ? "before" : undefined;
      isAway = true;
      return undefined;
    };
    const options = { waitFor: [Balance], waitTimeoutMs: 100 };
    await expect(domain.process(new Deposit({ accountId: "a", amount: 5 }), options)).rejects.toMatchObject({
      code: "WAIT_FAILED",
      details: { reason: "timed out", explanation: "the store could not be reached within 100 ms" },
    });
    expect(await stored()).toEqual(["a 5"]);
    store.fails = () => undefined;
    await domain.close();
  });

  it("gives up when the domain closes", async () => {
    const { domain, store } = await openedAccount({ patienceMs: 60_000 });
    leave(store);
    const next = domain.events({}).next();
    next.catch(() => undefined);
    await pause(30);
    await domain.close();
    await expect(next).rejects.toThrow(/is closing|went away/);
  });
});

describe("a server", () => {
  it("goes on after an outage longer than its leases: projections, handlers, process managers, commands that run later", async () => {
    const { domain, store, Open, Deposit, letters, stored, Balance, Bonus } = await openedAccount({
      config: { subscriptions: { lease: "1s" } },
    });
    const server = await domain.serve();
    await pause(100);
    const { back } = leave(store);
    const opened = domain.process(new Open({ accountId: "b", name: "Bob" }));
    const job = domain.process(new Deposit({ accountId: "a", amount: 3 }), { asynchronous: true });
    await pause(2_500);
    back();
    await opened;
    await (await job).result();
    await domain.process(new Deposit({ accountId: "b", amount: 4 }), { waitFor: [Balance, Bonus] });
    while ((await stored()).length < 4) await pause(20);
    await domain.catchUp();
    expect([...(await stored())].sort()).toEqual(["a 1000", "a 3", "b 1000", "b 4"]);
    expect([...new Set(letters)].sort()).toEqual(["Ann", "Bob"]);
    expect((await domain.viewOf(Balance).get("b"))?.balance).toBe(1_004);
    expect(server.running).toHaveLength(3);
    await server.close();
    await domain.close();
  });

  it("starts while the store is away", async () => {
    const { domain, store, letters } = await openedAccount();
    const { back } = leave(store);
    const starting = domain.serve();
    await pause(100);
    back();
    const server = await starting;
    await domain.catchUp();
    expect(letters).toEqual(["Ann"]);
    await server.close();
    await domain.close();
  });
});

describe("a rebuild", () => {
  it("goes on after an outage, whatever it was at", async () => {
    const { domain, store, Deposit, Balance } = await openedAccount();
    for (let amount = 1; amount <= 5; amount++) await domain.process(new Deposit({ accountId: "a", amount }));
    await domain.catchUp();
    let calls = 0;
    // Claims, and the switch of the tables, are repeated where they were not sent.
    const spoiled = ["subscriptions.claim", "readModels.switchTable", "log.announce"];
    store.fails = (method) => {
      if (++calls % 3 !== 0) return undefined;
      return spoiled.includes(method) || calls % 2 === 0 ? "before" : "after";
    };
    await domain.rebuildProjection(Balance);
    store.fails = () => undefined;
    expect((await domain.viewOf(Balance).get("a"))?.balance).toBe(1_015);
    await domain.close();
  });

  it("is cut off by its signal while it waits for the store", async () => {
    const { domain, store, Balance } = await openedAccount({ patienceMs: 60_000 });
    const { back } = leave(store);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await expect(domain.rebuildProjection(Balance, { signal: stop.signal })).rejects.toThrow();
    back();
    await domain.close();
  });
});
