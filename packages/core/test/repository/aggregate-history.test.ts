import { bank } from "../fixtures/bank";

async function openBank() {
  const elements = bank();
  await elements.domain.init();
  const accounts = elements.domain.repositoryFor(elements.Account);
  const account = elements.Account.open("N-1", "Alice", 10, "1");
  account.deposit(5);
  account.deposit(7);
  await accounts.add(account);
  return { ...elements, accounts };
}

/** Versions with the balances before and after. */
async function balances(steps: AsyncIterable<import("../../src/index").HistoryStep>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { event, changes, state } of steps) {
    const change = changes.find(({ path }) => path === "balance");
    found.push([event.position, change?.before, change?.after, state.balance]);
  }
  return found;
}

describe("history", () => {
  it("gives for each event what it changed, and the state after it", async () => {
    const { accounts } = await openBank();
    expect(await balances(accounts.history("1"))).toEqual([
      [0, 0, 10, 10],
      [1, 10, 15, 15],
      [2, 15, 22, 22],
    ]);
  });

  it("begins and ends where it is told to, by way of a snapshot too", async () => {
    const { accounts, domain, Account } = await openBank();
    await domain.createSnapshot(Account, "1");
    await accounts.update("1", (account) => account.deposit(100));
    const latest = [[3, 22, 122, 122]];
    expect(await balances(accounts.history("1", { from: 3 }))).toEqual(latest);
    expect(await balances(accounts.history("1", { from: 1, to: 1 }))).toEqual([[1, 10, 15, 15]]);
    expect(await balances(accounts.history("1", { from: 4 }))).toEqual([]);
  });

  it("gives nothing for an aggregate without events, and takes only versions", async () => {
    const { accounts } = await openBank();
    expect(await balances(accounts.history("2"))).toEqual([]);
    await expect(balances(accounts.history("1", { from: -1 }))).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
  });

  it("reads streams of many pages", async () => {
    const { accounts } = await openBank();
    await accounts.update("1", (account) => {
      for (let count = 0; count < 1_200; count++) account.deposit(1);
    });
    const steps = await balances(accounts.history("1"));
    expect(steps).toHaveLength(1_203);
    expect(steps.at(-1)).toEqual([1_202, 1_221, 1_222, 1_222]);
  });
});

describe("ids", () => {
  it("go on behind the id where an earlier list ended, which need not exist", async () => {
    const { accounts, Account } = await openBank();
    for (const id of ["2", "3", "5"]) await accounts.add(Account.open("N-1", "Alice", 10, id));
    const after = async (id?: string) => {
      const found: string[] = [];
      for await (const each of accounts.ids(id === undefined ? {} : { after: id })) found.push(each);
      return found;
    };
    expect(await after()).toEqual(["1", "2", "3", "5"]);
    expect(await after("2")).toEqual(["3", "5"]);
    expect(await after("4")).toEqual(["5"]);
    expect(await after("9")).toEqual([]);
  });
});
