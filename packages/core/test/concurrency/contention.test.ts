import { AsyncResource } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

import { Command, type ConfigInput, handle, identifier, MemoryEventStore } from "../../src/index";
import { CallCount } from "../aggregate-cache/call-count";
import { bank } from "../fixtures/bank";

const LOOPS = 16;
const COMMANDS_EACH = 15;
const COMMANDS = LOOPS * COMMANDS_EACH;

/** An application with commands that withdraw, transfer and look, and gates that their handlers wait at. */
async function application(config: ConfigInput = {}, memory = new MemoryEventStore()) {
  const calls = new CallCount(memory);
  const { domain, Account } = bank({ eventStore: calls.store, config: { snapshot_threshold: 0, ...config } });
  const runs = { withdraw: 0, transfer: 0, look: 0 };
  /** Awaited by a handler between its loads and its changes. */
  const gates = { withdraw: async (_amount: number) => {}, look: async () => {} };

  @domain.command({ partOf: Account })
  class Withdraw extends Command({ accountId: identifier(), amount: z.number() }) {}
  @domain.command({ partOf: Account })
  class Transfer extends Command({ from: identifier(), to: identifier(), amount: z.number() }) {}
  @domain.command({ partOf: Account })
  class Look extends Command({ accountId: identifier() }) {}

  @domain.commandHandler({ partOf: Account })
  class Handlers {
    @handle(Withdraw)
    async withdraw({ accountId, amount }: Withdraw): Promise<void> {
      const accounts = domain.repositoryFor(Account);
      const account = await accounts.get(accountId);
      runs.withdraw++;
      await gates.withdraw(amount);
      if (amount > 0) account.withdraw(amount);
      await accounts.add(account);
    }

    @handle(Transfer)
    async transfer({ from, to, amount }: Transfer): Promise<void> {
      runs.transfer++;
      const accounts = domain.repositoryFor(Account);
      const [source, target] = [await accounts.get(from), await accounts.get(to)];
      source.withdraw(amount);
      target.deposit(amount);
      await accounts.add(source);
      await accounts.add(target);
    }

    @handle(Look)
    async look({ accountId }: Look): Promise<number> {
      runs.look++;
      const account = await domain.repositoryFor(Account).get(accountId);
      await gates.look();
      return account.balance;
    }
  }
  void Handlers;

  await domain.init();
  const accounts = domain.repositoryFor(Account);
  const open = (...ids: readonly string[]) =>
    Promise.all(ids.map((id) => accounts.add(Account.open(`ACC-${id}`, "Alice", 1_000_000, id))));
  const withdraw = (accountId: string, amount = 1) => domain.process(new Withdraw({ accountId, amount }));
  const transfer = (from: string, to: string) => domain.process(new Transfer({ from, to, amount: 1 }));
  const look = (accountId: string) => domain.process(new Look({ accountId })) as Promise<number>;
  const balance = async (id: string) => (await accounts.get(id)).balance;
  /** Shows the domain that withdrawals meet each other. */
  const meet = async (id: string) => {
    await open(id);
    await round(() => withdraw(id), 2, 1);
    runs.withdraw = 0;
    calls.clear();
  };
  return { domain, accounts, calls, runs, gates, open, withdraw, transfer, look, balance, meet };
}

async function round(work: () => Promise<unknown>, loops = LOOPS, each = COMMANDS_EACH): Promise<void> {
  const loop = async () => {
    for (let count = 0; count < each; count++) await work();
  };
  await Promise.all(Array.from({ length: loops }, loop));
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("240 commands of 16 loops on one account", () => {
  it("meet in their first attempts only, and the next 240 never", async () => {
    const { open, withdraw, runs, balance, domain } = await application();
    await open("1");
    await round(() => withdraw("1"));
    expect(runs.withdraw).toBe(COMMANDS + LOOPS - 1);
    runs.withdraw = 0;
    await round(() => withdraw("1"));
    expect([runs.withdraw, await balance("1")]).toEqual([COMMANDS, 1_000_000 - 2 * COMMANDS]);
    await domain.close();
  });

  it("hand the account over: one load from the store for 100 of them", async () => {
    const { meet, withdraw, calls, domain } = await application();
    await meet("1");
    await round(() => withdraw("1"));
    const appends = calls.made.filter((call) => call === "append");
    const loads = calls.made.filter((call) => call === "load");
    // The first one did not wait, so it has nothing to hand over; the second one loads, and so does each hundredth after it.
    expect([appends.length, loads.length, calls.made.length]).toEqual([COMMANDS, 4, COMMANDS + 4]);
    await domain.close();
  });

  it("leave nothing behind: the next command loads the account", async () => {
    const { meet, withdraw, calls, domain } = await application();
    await meet("1");
    await round(() => withdraw("1"));
    calls.clear();
    await withdraw("1");
    expect([calls.made, domain.cacheStats()]).toEqual([["load", "append"], undefined]);
    await domain.close();
  });

  it("as updates meet in their first attempts only, and hand the account over as well", async () => {
    const { open, accounts, calls, balance, domain } = await application();
    await open("1");
    let attempts = 0;
    const update = () =>
      accounts.update("1", async (account) => {
        attempts++;
        // Without a wait between load and append nobody meets in memory.
        await undefined;
        account.withdraw(1);
      });
    await round(update);
    expect(attempts).toBe(COMMANDS + LOOPS - 1);
    attempts = 0;
    calls.clear();
    await round(update);
    expect([attempts, await balance("1")]).toEqual([COMMANDS, 1_000_000 - 2 * COMMANDS]);
    expect(calls.made.filter((call) => call === "load").length).toBeLessThanOrEqual(5);
    await domain.close();
  });

  it("ask the store each time where they must not be repeated", async () => {
    const { meet, withdraw, calls, domain } = await application({ commands: { retries: 0 } });
    await meet("1").catch(() => undefined);
    calls.clear();
    await Promise.allSettled(Array.from({ length: 5 }, () => withdraw("1")));
    expect(calls.made.filter((call) => call === "load")).toHaveLength(5);
    await domain.close();
  });
});

describe("what a writer hands over, once another process has written", () => {
  /** Two applications on one store; a withdrawal of one of them that waits in line meets a deposit of the other. */
  async function twoApplications(amount: number) {
    const memory = new MemoryEventStore();
    const [one, other] = [await application({}, memory), await application({}, memory)];
    await one.meet("1");
    const deposit = AsyncResource.bind(() => other.accounts.update("1", (account) => account.deposit(1_000_000)));
    let hasDeposited = false;
    one.gates.withdraw = async (withdrawn) => {
      if (withdrawn !== amount || hasDeposited) return;
      hasDeposited = true;
      await deposit();
    };
    const close = () => Promise.all([one.domain.close(), other.domain.close()]);
    return { ...one, close };
  }

  it("is no reason to refuse a command: it is carried out on what there is", async () => {
    const { withdraw, balance, runs, close } = await twoApplications(1_500_000);
    const amounts = [1, 1, 1, 1_500_000, 1, 1];
    await Promise.all(amounts.map((amount) => withdraw("1", amount)));
    expect([await balance("1"), runs.withdraw]).toEqual([2_000_000 - 2 - 1_500_000 - 5, amounts.length + 1]);
    await close();
  });

  it("costs one attempt, and not one of each writer in line", async () => {
    const { withdraw, balance, runs, close } = await twoApplications(2);
    const amounts = [1, 1, 1, 2, 1, 1, 1, 1, 1, 1];
    await Promise.all(amounts.map((amount) => withdraw("1", amount)));
    expect([await balance("1"), runs.withdraw]).toEqual([2_000_000 - 2 - 11, amounts.length + 1]);
    await close();
  });
});

describe("a turn before any race", () => {
  it("holds nobody up for longer than the patience", async () => {
    const { meet, withdraw, gates, balance, domain } = await application();
    await meet("1");
    const slow = gate();
    let isFirst = true;
    gates.withdraw = async () => {
      if (!isFirst) return;
      isFirst = false;
      await slow.opened;
    };
    const never = withdraw("1");
    await Promise.all(Array.from({ length: 5 }, () => withdraw("1")));
    expect(await balance("1")).toBe(1_000_000 - 2 - 5);
    slow.open();
    await never;
    expect(await balance("1")).toBe(1_000_000 - 2 - 6);
    await domain.close();
  });

  it("is not taken by a command that only reads, which neither waits nor holds anybody up", async () => {
    const { meet, withdraw, look, gates, domain } = await application();
    await meet("1");
    const slow = gate();
    gates.look = () => slow.opened;
    const looking = look("1");
    const began = performance.now();
    await withdraw("1");
    await Promise.all([withdraw("1"), withdraw("1")]);
    expect(performance.now() - began).toBeLessThan(150);
    const busy = gate();
    gates.withdraw = () => busy.opened;
    const writing = withdraw("1");
    gates.look = async () => {};
    expect(await look("1")).toBe(1_000_000 - 2 - 3);
    busy.open();
    slow.open();
    expect(await looking).toBe(1_000_000 - 2);
    await writing;
    await domain.close();
  });

  it("is not taken any more by a command of a type that has stopped to write", async () => {
    const { meet, withdraw, runs, gates, domain } = await application();
    await meet("1");
    await withdraw("1", 0);
    const slow = gate();
    gates.withdraw = () => slow.opened;
    const both = [withdraw("1", 0), withdraw("1", 0)];
    await pause(1);
    expect(runs.withdraw).toBe(3);
    slow.open();
    await Promise.all(both);
    await domain.close();
  });

  it("delays no other aggregate", async () => {
    const { meet, open, withdraw, gates, domain } = await application();
    await meet("1");
    await open("2");
    const slow = gate();
    gates.withdraw = () => slow.opened;
    const one = withdraw("1");
    gates.withdraw = async () => {};
    await withdraw("2");
    slow.open();
    await one;
    await domain.close();
  });

  it("blocks nobody where two aggregates are changed in opposite orders", async () => {
    const { open, transfer, balance, runs, domain } = await application({ commands: { retries: 50 } });
    await open("1", "2");
    const there = async () => round(() => transfer("1", "2"), 8, 10);
    const back = async () => round(() => transfer("2", "1"), 8, 10);
    for (let rounds = 0; rounds < 2; rounds++) {
      const began = performance.now();
      await Promise.all([there(), back()]);
      expect(performance.now() - began).toBeLessThan(4_000);
    }
    expect([await balance("1"), await balance("2")]).toEqual([1_000_000, 1_000_000]);
    expect(runs.transfer).toBeLessThan(2 * 160 + 2 * 160);
    await domain.close();
  });
});
