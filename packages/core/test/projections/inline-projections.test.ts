import { IncorrectUsageError, MemoryEventStore } from "../../src/index";
import { dashboard } from "./dashboard";

describe("inline projections", () => {
  it("show a row when the save returns", async () => {
    const { domain, open, change, Summary, Branch, AccountStates } = dashboard({ mode: "inline" });
    await domain.init();
    await open("a-1");
    await open("a-2");
    await change("a-1", (account) => account.deposit(5));
    await change("a-1", (account) => account.tag(["vip"], "a-2"));
    const openedAt = new Date(1_700_000_000_000);
    const north = { branch: "north", holder: "Ada", openedAt };
    expect(await domain.viewOf(Summary).all()).toEqual([
      { accountId: "a-1", ...north, balance: 5, tags: ["vip"] },
      { accountId: "a-2", ...north, balance: 0, tags: ["vip"] },
    ]);
    expect(await domain.viewOf(Branch).all()).toEqual([{ branch: "north", accounts: 2, total: 5 }]);
    expect(await domain.viewOf(AccountStates).all()).toEqual([
      { id: "a-1", version: 2, balance: 5, tags: ["vip"] },
      { id: "a-2", version: 0, balance: 0, tags: [] },
    ]);
    await domain.close();
  });

  it("refuse the command whose event a method fails on, and store nothing of it", async () => {
    const onDeposit = (amount: number) => {
      if (amount === 13) throw new Error("unlucky");
    };
    const { domain, open, change, accounts, Summary, Branch } = dashboard({ mode: "inline", onDeposit });
    await domain.init();
    await open("a-1");
    await expect(change("a-1", (account) => account.deposit(13))).rejects.toThrow("unlucky");
    expect((await accounts().get("a-1")).version).toBe(0);
    expect(await domain.viewOf(Summary).get("a-1")).toMatchObject({ balance: 0 });
    expect(await domain.viewOf(Branch).get("north")).toMatchObject({ total: 0 });
    await domain.close();
  });

  it("lose nothing where many commands change one row at the same time", async () => {
    const { domain, open, change, Branch } = dashboard({ mode: "inline" });
    await domain.init();
    const ids = Array.from({ length: 20 }, (_, index) => `a-${index}`);
    await Promise.all(ids.map((id) => open(id)));
    await Promise.all(ids.map((id, index) => change(id, (account) => account.deposit(index))));
    expect(await domain.viewOf(Branch).get("north")).toMatchObject({ accounts: 20, total: 190 });
    await domain.close();
  });

  it("fold events that are appended below the aggregates", async () => {
    const { domain, open, Summary, Account, AccountStates } = dashboard({ mode: "inline" });
    await domain.init();
    await open("a-1");
    const stream = domain.streamFor(Account, "a-1");
    const data = { accountId: "a-1", branch: "north", amount: 7 };
    await domain.eventStore.append([{ stream, events: [{ type: "Fidelis.Deposited.v1", data }] }]);
    expect(await domain.viewOf(Summary).get("a-1")).toMatchObject({ balance: 7, note: null });
    expect(await domain.viewOf(AccountStates).get("a-1")).toMatchObject({ version: 1, balance: 7 });
    await domain.close();
  });

  it("make a row again that was deleted before", async () => {
    const { domain, open, change, Summary } = dashboard({ mode: "inline" });
    await domain.init();
    await open("a-1");
    await change("a-1", (account) => account.erase());
    expect(await domain.viewOf(Summary).find("a-1")).toBeUndefined();
    await change("a-1", (account) => account.reopen("Bob"));
    expect(await domain.viewOf(Summary).get("a-1")).toMatchObject({ holder: "Bob" });
    await domain.close();
  });

  it("are there for a row that other streams have made before", async () => {
    const { domain, open, Branch, Opened, Account } = dashboard({ mode: "inline" });
    await domain.init();
    await open("a-1", "b-1");
    const stream = domain.streamFor(Account, "b-1");
    const data = { accountId: "b-1", branch: "b-1", holder: "Bob", at: new Date(0).toISOString() };
    await domain.eventStore.append([{ stream, expectedVersion: -1, events: [{ type: "Fidelis.Opened.v1", data }] }]);
    expect(await domain.viewOf(Branch).get("b-1")).toMatchObject({ accounts: 2 });
    expect(Opened).toBeDefined();
    await domain.close();
  });

  it("take over what an async projection has not folded yet, and hand over again", async () => {
    const eventStore = new MemoryEventStore();
    const before = dashboard({ eventStore });
    await before.domain.init();
    await before.open("a-1");
    await before.change("a-1", (account) => account.deposit(5));
    expect(await before.domain.viewOf(before.Summary).count()).toBe(0);
    await before.domain.close();

    const inline = dashboard({ eventStore, mode: "inline" });
    await inline.domain.init();
    expect(await inline.domain.viewOf(inline.Summary).get("a-1")).toMatchObject({ balance: 5 });
    await inline.change("a-1", (account) => account.deposit(6));
    await inline.domain.close();

    const after = dashboard({ eventStore });
    await after.domain.init();
    const [{ position } = { position: -1 }] = eventStore.operations.subscriptions.checkpoints("Summary.v1") as never[];
    expect(position).toBe(3);
    expect(await after.domain.viewOf(after.Summary).get("a-1")).toMatchObject({ balance: 11 });
    await after.domain.close();
  });

  it("refuse a query handler that writes", async () => {
    const { domain, Writing } = dashboard({ mode: "inline" });
    await domain.init();
    const refusal =
      "The handler of query Writing cannot write: it only reads; process commands where the query is dispatched";
    for (const by of ["unit", "add", "append"] as const) {
      const answer = domain.dispatch(new Writing({ by }));
      await expect(answer).rejects.toThrow(refusal);
      await expect(answer).rejects.toBeInstanceOf(IncorrectUsageError);
    }
    await domain.close();
  });

  it("answer queries with what the query declares", async () => {
    const { domain, open, change, Rich } = dashboard({ mode: "inline" });
    await domain.init();
    for (const [index, id] of ["a-1", "a-2", "a-3"].entries()) {
      await open(id);
      await change(id, (account) => account.deposit(10 * index));
    }
    expect(await domain.dispatch(new Rich({ min: 10 }))).toEqual([
      { accountId: "a-3", balance: 20 },
      { accountId: "a-2", balance: 10 },
    ]);
    await domain.close();
  });

  it("tell a watch of each commit that changes its result", async () => {
    const { domain, open, change, Rich } = dashboard({ mode: "inline" });
    await domain.init();
    await open("a-1");
    const watch = domain.watch(new Rich({ min: 10 }));
    expect(await watch.next()).toEqual({ done: false, value: [] });
    const second = watch.next();
    await change("a-1", (account) => account.deposit(1));
    await change("a-1", (account) => account.deposit(10));
    expect(await second).toEqual({ done: false, value: [{ accountId: "a-1", balance: 11 }] });
    await change("a-1", (account) => account.deposit(1));
    await change("a-1", (account) => account.deposit(1));
    expect(await watch.next()).toEqual({ done: false, value: [{ accountId: "a-1", balance: 13 }] });
    const last = watch.next();
    await domain.close();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});
