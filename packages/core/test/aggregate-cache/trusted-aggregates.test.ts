import { z } from "zod";
import { type AppendRequest } from "../../src/adapter";
import { AggregateCache } from "../../src/aggregate-cache/aggregate-cache";
import { CacheCounter } from "../../src/aggregate-cache/cache-counts";
import { TrustedAggregates } from "../../src/aggregate-cache/trusted-aggregates";
import { StaleAttempt } from "../../src/concurrency/stale-attempt";
import {
  Command,
  type ConfigInput,
  type EventStoreAdapter,
  ExpectedVersionError,
  handle,
  identifier,
  MemoryEventStore,
  StoreUnavailableError,
  ValidationError,
} from "../../src/index";
import { bank } from "../fixtures/bank";
import { CallCount } from "./call-count";

/** An application with commands that withdraw, transfer and look, on a store that others write to as well. */
async function application(store: EventStoreAdapter, config: ConfigInput) {
  const calls = new CallCount(store);
  const made = bank({ eventStore: calls.store, config: { snapshot_threshold: 0, ...config } });
  const { domain, Account } = made;
  const seen: number[] = [];
  /** Awaited by a handler after its loads. */
  const between = { loadsAndChanges: async () => {} };

  @domain.command({ partOf: Account })
  class Withdraw extends Command({ accountId: identifier(), amount: z.number() }) {}
  @domain.command({ partOf: Account })
  class Match extends Command({ accountId: identifier(), other: identifier() }) {}
  @domain.command({ partOf: Account })
  class TellBalance extends Command({ accountId: identifier() }) {}
  @domain.command({ partOf: Account })
  class WithdrawOrTell extends Command({ accountId: identifier(), amount: z.number() }) {}

  @domain.commandHandler({ partOf: Account })
  class Handlers {
    @handle(Withdraw)
    async withdraw({ accountId, amount }: Withdraw): Promise<void> {
      const account = await domain.repositoryFor(Account).get(accountId);
      seen.push(account.balance);
      await between.loadsAndChanges();
      account.withdraw(amount);
      await domain.repositoryFor(Account).add(account);
    }

    /** Brings an account to the balance of another one, which it only reads. */
    @handle(Match)
    async match({ accountId, other }: Match): Promise<void> {
      const accounts = domain.repositoryFor(Account);
      const [account, model] = [await accounts.get(accountId), await accounts.get(other)];
      seen.push(model.balance);
      await between.loadsAndChanges();
      if (model.balance > account.balance) account.deposit(model.balance - account.balance);
      await accounts.add(account);
    }

    @handle(TellBalance)
    async tell({ accountId }: TellBalance): Promise<number> {
      return (await domain.repositoryFor(Account).get(accountId)).balance;
    }

    @handle(WithdrawOrTell)
    async withdrawOrTell({ accountId, amount }: WithdrawOrTell): Promise<string> {
      try {
        await domain.process(new Withdraw({ accountId, amount }));
        return "withdrawn";
      } catch {
        return "refused";
      }
    }
  }

  await domain.init();
  const accounts = domain.repositoryFor(Account);
  return { ...made, Withdraw, Match, TellBalance, WithdrawOrTell, Handlers, accounts, calls, seen, between };
}

/** An application with two accounts of 100 that it has in its cache, and another one on the same store. */
async function twoApplications(config: ConfigInput = {}, store = new MemoryEventStore()) {
  const app = await application(store, { cache: { max_aggregates: 10 }, ...config });
  const other = await application(store, {});
  for (const id of ["1", "2"]) {
    await app.accounts.add(app.Account.open(`A-${id}`, "Alice", 100, id));
    await app.accounts.get(id);
  }
  app.calls.clear();
  const balance = async (id: string) => (await other.accounts.get(id)).balance;
  const elsewhere = async (id: string, amount: number) =>
    void (await other.accounts.update(id, (a) => (amount < 0 ? a.withdraw(-amount) : a.deposit(amount))));
  return { ...app, store, elsewhere, balance };
}

describe("a command on a cached aggregate", () => {
  it("asks the store for nothing but the append", async () => {
    const { domain, Withdraw, calls, balance } = await twoApplications();
    for (let n = 0; n < 30; n++) await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    expect(calls.made).toEqual(Array(30).fill("append"));
    expect(await balance("1")).toBe(70);
  });

  it("is carried out on what another process stored, and no event is lost", async () => {
    const { domain, Withdraw, elsewhere, balance, seen } = await twoApplications();
    await elsewhere("1", 7);
    await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    expect([seen, await balance("1")]).toEqual([[100, 107], 106]);
  });

  it("is not refused for a state that is no longer so", async () => {
    const { domain, Withdraw, elsewhere, balance, seen } = await twoApplications();
    await elsewhere("1", 100);
    await domain.process(new Withdraw({ accountId: "1", amount: 150 }));
    expect([seen, await balance("1")]).toEqual([[100, 200], 50]);
  });

  it("is refused for the state that is now so", async () => {
    const { domain, Withdraw, elsewhere, balance } = await twoApplications();
    await elsewhere("1", -80);
    await expect(domain.process(new Withdraw({ accountId: "1", amount: 50 }))).rejects.toThrow(ValidationError);
    expect(await balance("1")).toBe(20);
  });

  it("is refused with its handler's own error, after one look at the store, where the state is current", async () => {
    const { domain, Withdraw, calls, seen } = await twoApplications();
    await expect(domain.process(new Withdraw({ accountId: "1", amount: 101 }))).rejects.toThrow("Insufficient funds");
    expect([seen, calls.made]).toEqual([[100], ["loadPage"]]);
  });

  it("tells what is so now, though it changes nothing", async () => {
    const { domain, TellBalance, elsewhere, calls } = await twoApplications();
    await elsewhere("1", 11);
    expect(await domain.process(new TellBalance({ accountId: "1" }))).toBe(111);
    calls.clear();
    expect(await domain.process(new TellBalance({ accountId: "1" }))).toBe(111);
    expect(calls.made).toEqual(["loadPage"]);
  });

  it("goes by the present state of those that it only reads", async () => {
    const { domain, Match, elsewhere, balance, seen } = await twoApplications();
    await elsewhere("2", 50);
    await domain.process(new Match({ accountId: "1", other: "2" }));
    expect([seen, await balance("1")]).toEqual([[100, 150], 150]);
    await elsewhere("2", -1);
    await elsewhere("2", 1);
    await domain.process(new Match({ accountId: "1", other: "2" }));
    expect([seen.slice(2), await balance("1")]).toEqual([[150, 150], 150]);
  });

  it("takes two trips to the store when it also reads one that it does not change", async () => {
    const { domain, Match, elsewhere, accounts, calls } = await twoApplications();
    await elsewhere("2", 50);
    await accounts.get("2");
    calls.clear();
    await domain.process(new Match({ accountId: "1", other: "2" }));
    expect(calls.made).toEqual(["loadPage", "append"]);
  });

  it("is carried out again when a command inside of it failed for a state that is no longer so", async () => {
    const { domain, WithdrawOrTell, elsewhere, balance } = await twoApplications();
    await elsewhere("1", 100);
    expect(await domain.process(new WithdrawOrTell({ accountId: "1", amount: 150 }))).toBe("withdrawn");
    expect(await balance("1")).toBe(50);
  });

  it("does not lose its retries to a cached state", async () => {
    const { domain, Withdraw, elsewhere, balance, seen, between } = await twoApplications({ commands: { retries: 1 } });
    await elsewhere("1", 1);
    between.loadsAndChanges = async () => {
      if (seen.length === 2) await elsewhere("1", 1);
    };
    await domain.process(new Withdraw({ accountId: "1", amount: 10 }));
    expect([seen, await balance("1")]).toEqual([[100, 101, 102], 92]);
  });

  it("gives up after its retries", async () => {
    const { domain, Withdraw, elsewhere, between, seen } = await twoApplications({ commands: { retries: 2 } });
    between.loadsAndChanges = () => elsewhere("1", 1);
    const withdrawn = domain.process(new Withdraw({ accountId: "1", amount: 10 }));
    await expect(withdrawn).rejects.toThrow(ExpectedVersionError);
    expect(seen).toEqual([100, 101, 102, 103]);
  });

  it("asks the store first where it may not run twice", async () => {
    const { domain, Withdraw, elsewhere, calls, seen } = await twoApplications({ commands: { retries: 0 } });
    await elsewhere("1", 1);
    await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    expect(seen).toEqual([101, 100]);
    expect(calls.made).toEqual(["loadPage", "readStream", "append", "loadPage", "append"]);
  });

  it("is not carried out again after an append whose outcome is unknown", async () => {
    const store = new MemoryEventStore();
    const { domain, Withdraw, balance, seen } = await twoApplications({}, store);
    const append = store.log.append.bind(store.log);
    store.log.append = async (requests: readonly AppendRequest[]) => {
      await append(requests);
      throw new Error("connection lost");
    };
    await expect(domain.process(new Withdraw({ accountId: "1", amount: 1 }))).rejects.toThrow("connection lost");
    store.log.append = append;
    expect([seen, await balance("1")]).toEqual([[100], 99]);
  });

  it("does not refuse anything on a state that it cannot make sure of", async () => {
    const store = new MemoryEventStore();
    const { domain, Withdraw } = await twoApplications({}, store);
    store.log.loadPage = () => {
      throw new StoreUnavailableError({ attempted: "Cannot read", store: "memory", reason: "gone" });
    };
    const withdrawn = domain.process(new Withdraw({ accountId: "1", amount: 101 }));
    await expect(withdrawn).rejects.toThrow(StoreUnavailableError);
  });

  it("asks the store again after that was out of reach", async () => {
    const store = new MemoryEventStore();
    const { domain, Withdraw, accounts, calls } = await twoApplications({}, store);
    const loadPage = store.log.loadPage.bind(store.log);
    store.log.loadPage = () => {
      throw new StoreUnavailableError({ attempted: "Cannot read", store: "memory", reason: "gone" });
    };
    await expect(accounts.get("2")).rejects.toThrow(StoreUnavailableError);
    store.log.loadPage = loadPage;
    calls.clear();
    await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    await domain.process(new Withdraw({ accountId: "1", amount: 1 }));
    expect(calls.made).toEqual(["loadPage", "append", "append"]);
  });

  it("adds up when many run at once", async () => {
    const { domain, Withdraw, balance } = await twoApplications({ commands: { retries: 100 } });
    await Promise.all(Array.from({ length: 40 }, () => domain.process(new Withdraw({ accountId: "1", amount: 1 }))));
    expect(await balance("1")).toBe(60);
  });
});

describe("repository.update on a cached aggregate", () => {
  it("asks the store for nothing but the append", async () => {
    const { accounts, calls, balance } = await twoApplications();
    for (let n = 0; n < 30; n++) await accounts.update("1", (account) => account.withdraw(1));
    expect(calls.made).toEqual(Array(30).fill("append"));
    expect(await balance("1")).toBe(70);
  });

  it("changes what is there now", async () => {
    const { accounts, elsewhere } = await twoApplications();
    await elsewhere("1", 100);
    expect((await accounts.update("1", (account) => account.withdraw(150))).balance).toBe(50);
    await elsewhere("1", -30);
    await expect(accounts.update("1", (account) => account.withdraw(30))).rejects.toThrow(ValidationError);
  });

  it("gives the present state to a change that raises nothing, or that catches its own refusal", async () => {
    const { accounts, elsewhere } = await twoApplications();
    await elsewhere("1", 100);
    expect((await accounts.update("1", () => undefined)).balance).toBe(200);
    await elsewhere("1", 100);
    const updated = await accounts.update("1", (account) => {
      try {
        account.withdraw(250);
      } catch {}
    });
    expect(updated.balance).toBe(50);
  });

  it("asks the store first where it may not try again", async () => {
    const { accounts, elsewhere, calls } = await twoApplications();
    await elsewhere("1", 1);
    const updated = await accounts.update("1", (account) => account.deposit(1), { retries: 0 });
    expect([updated.balance, calls.made]).toEqual([102, ["loadPage", "readStream", "append"]]);
  });
});

it("a unit of work by hand asks the store for each load, since it runs once", async () => {
  const { domain, accounts, elsewhere, calls, balance } = await twoApplications();
  await elsewhere("1", 100);
  await domain.unitOfWork(async () => {
    const account = await accounts.get("1");
    account.withdraw(150);
    await accounts.add(account);
  });
  expect([calls.made, await balance("1")]).toEqual([["loadPage", "readStream", "append"], 50]);
});

it("of two loads at once, the older one has to be current", async () => {
  const store = new MemoryEventStore();
  const ref = { stream: "account-1", category: "account" };
  const message = (position: number) => ({ id: `${position}`, type: "Noted", time: 0, data: "{}", metadata: "{}" });
  await store.log.append([{ ...ref, expectedVersion: -1, messages: [message(0), message(1)] }]);
  const state = { id: "1", snapshotVersion: -1, snapshotTime: 0, state: "{}", tail: "" };
  const at = (version: number) => ({ ...state, version, stateVersion: version, lastEventId: `${version}` });
  for (const versions of [
    [0, 1],
    [1, 0],
  ]) {
    const limits = { maxAggregates: 1, maxBytes: 1_000 };
    const trusted = new TrustedAggregates(store.log, new AggregateCache(limits, new CacheCounter()));
    for (const version of versions) trusted.note(ref, at(version));
    await expect(trusted.confirm([])).rejects.toThrow(StaleAttempt);
  }
});
