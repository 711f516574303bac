import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openDashboard } from "./dashboard-under-test";
import { plain } from "./plain-rows";

export function inlineRows(at: StoreUnderTest): void {
  const { it } = testRunner();
  const open = (onDeposit?: (amount: number) => void) =>
    openDashboard(at.adapter, { mode: "inline", ...(onDeposit && { onDeposit }) });

  it("show what a save did when it returns", async () => {
    const { domain, open: make, change, Summary, Branch, AccountStates } = await open();
    await make("a-1");
    await make("a-2");
    await change("a-1", (account) => account.deposit(5));
    await change("a-1", (account) => account.tag(["vip"], "a-2"));
    const north = { branch: "north", holder: "Ada", openedAt: new Date(1_700_000_000_000) };
    deepEqual(plain(await domain.viewOf(Summary).all()), [
      { accountId: "a-1", ...north, balance: 5, tags: ["vip"] },
      { accountId: "a-2", ...north, balance: 0, tags: ["vip"] },
    ]);
    deepEqual(plain(await domain.viewOf(Branch).all()), [{ branch: "north", accounts: 2, total: 5 }]);
    deepEqual(plain(await domain.viewOf(AccountStates).all()), [
      { id: "a-1", version: 2, balance: 5, tags: ["vip"] },
      { id: "a-2", version: 0, balance: 0, tags: [] },
    ]);
    await domain.close();
  });

  it("refuse the change whose event a method fails on, and store nothing of it", async () => {
    const {
      domain,
      open: make,
      change,
      accounts,
      Summary,
      Branch,
    } = await open((amount) => {
      if (amount === 13) throw new Error("unlucky");
    });
    await make("a-1");
    await rejects(
      change("a-1", (account) => account.deposit(13)),
      /unlucky/,
    );
    equal((await accounts.get("a-1")).version, 0);
    equal((await domain.viewOf(Summary).get("a-1")).balance, 0);
    equal((await domain.viewOf(Branch).get("north")).total, 0);
    await domain.close();
  });

  it("lose nothing where many streams change one row at the same time", async () => {
    const { domain, open: make, change, Branch } = await open();
    const ids = Array.from({ length: 12 }, (_, index) => `a-${index}`);
    await Promise.all(ids.map((id) => make(id)));
    await Promise.all(ids.map((id, index) => change(id, (account) => account.deposit(index))));
    deepEqual(plain(await domain.viewOf(Branch).all()), [{ branch: "north", accounts: 12, total: 66 }]);
    await domain.close();
  });

  it("fold events that are appended below the aggregates", async () => {
    const { domain, open: make, Summary, Account, AccountStates } = await open();
    await make("a-1");
    const stream = domain.streamFor(Account, "a-1");
    const data = { accountId: "a-1", branch: "north", amount: 7 };
    await domain.eventStore.append([{ stream, events: [{ type: "Fidelis.Deposited.v1", data }] }]);
    const { balance, note } = await domain.viewOf(Summary).get("a-1");
    deepEqual({ balance, note }, { balance: 7, note: null });
    const { version } = await domain.viewOf(AccountStates).get("a-1");
    equal(version, 1);
    await domain.close();
  });

  it("make a row again that was deleted before", async () => {
    const { domain, open: make, change, Summary } = await open();
    await make("a-1");
    await change("a-1", (account) => account.erase());
    equal(await domain.viewOf(Summary).find("a-1"), undefined);
    await change("a-1", (account) => account.reopen("Bob"));
    equal((await domain.viewOf(Summary).get("a-1")).holder, "Bob");
    await domain.close();
  });

  it("find the row that another stream made under the id of a new one", async () => {
    const { domain, open: make, Branch } = await open();
    await make("a-1", "b-1");
    await make("b-1", "b-1");
    deepEqual(plain(await domain.viewOf(Branch).all()), [{ branch: "b-1", accounts: 2, total: 0 }]);
    await domain.close();
  });

  it("hold the changes of all aggregates of a unit of work", async () => {
    const { domain, accounts, Account, Branch, Summary } = await open();
    await domain.unitOfWork(async () => {
      for (const id of ["a-1", "a-2"]) {
        const account = Account.open(id);
        account.deposit(3);
        await accounts.add(account);
      }
    });
    deepEqual(plain(await domain.viewOf(Branch).all()), [{ branch: "north", accounts: 2, total: 6 }]);
    equal(await domain.viewOf(Summary).count(), 2);
    await domain.close();
  });
}
