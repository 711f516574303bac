import { setTimeout as pause } from "node:timers/promises";

import { bank } from "../fixtures/bank";

async function openBank() {
  const elements = bank();
  await elements.domain.init();
  return { ...elements, accounts: elements.domain.repositoryFor(elements.Account) };
}

describe("a unit of work", () => {
  it("stores several aggregates together when it ends, not before", async () => {
    const { domain, accounts, Account } = await openBank();
    const before = await domain.unitOfWork(async () => {
      await accounts.add(Account.open("N-1", "Alice", 10, "1"));
      await accounts.add(Account.open("N-2", "Bob", 20, "2"));
      const stored: string[] = [];
      for await (const event of domain.eventStore.readAll()) stored.push(event.stream);
      return stored;
    });
    expect(before).toEqual([]);
    expect([(await accounts.get("1")).balance, (await accounts.get("2")).balance]).toEqual([10, 20]);
  });

  it("stores nothing when it throws", async () => {
    const { domain, accounts, Account } = await openBank();
    const work = domain.unitOfWork(async () => {
      await accounts.add(Account.open("N-1", "Alice", 10, "1"));
      await accounts.add(Account.open("N-2", "Bob", 20, "2"));
      throw new Error("the bank is closed");
    });
    await expect(work).rejects.toThrow("the bank is closed");
    expect([await accounts.exists("1"), await accounts.exists("2")]).toEqual([false, false]);
  });

  it("stores nothing of all when one stream moved on", async () => {
    const { domain, accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    const stale = await accounts.get("1");
    await accounts.update("1", (account) => account.deposit(1));
    const work = domain.unitOfWork(async () => {
      await accounts.add(Account.open("N-2", "Bob", 20, "2"));
      stale.deposit(100);
      await accounts.add(stale);
    });
    await expect(work).rejects.toMatchObject({ code: "EXPECTED_VERSION_MISMATCH", stream: "fidelis::account-1" });
    expect([await accounts.exists("2"), (await accounts.get("1")).balance]).toEqual([false, 11]);
  });

  it("gives the same instance twice, also the one just added", async () => {
    const { domain, accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    await domain.unitOfWork(async () => {
      const [one, other] = await Promise.all([accounts.get("1"), accounts.get("1")]);
      expect(one).toBe(other);
      expect(await accounts.get("1", { atVersion: 0 })).not.toBe(one);
      const added = Account.open("N-2", "Bob", 20, "2");
      await accounts.add(added);
      expect([await accounts.get("2"), await accounts.exists("2")]).toEqual([added, true]);
    });
  });

  it("takes no second instance of one aggregate", async () => {
    const { domain, accounts, Account } = await openBank();
    const work = domain.unitOfWork(async () => {
      await accounts.add(Account.open("N-1", "Alice", 10, "1"));
      await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    });
    await expect(work).rejects.toThrow('Cannot add a second instance of Account "1" to one unit of work');
  });

  it("joins the one around it: an inner failure that is caught still stores nothing", async () => {
    const { domain, accounts, Account } = await openBank();
    const work = domain.unitOfWork(async () => {
      await accounts.add(Account.open("N-1", "Alice", 10, "1"));
      await domain
        .unitOfWork(async () => {
          await accounts.add(Account.open("N-2", "Bob", 20, "2"));
          throw new Error("inner");
        })
        .catch(() => undefined);
    });
    await expect(work).rejects.toThrow("inner");
    expect(await accounts.exists("1")).toBe(false);
  });

  it("stores what was raised after the aggregate was added", async () => {
    const { domain, accounts, Account } = await openBank();
    await domain.unitOfWork(async () => {
      const account = Account.open("N-1", "Alice", 10, "1");
      await accounts.add(account);
      account.deposit(5);
    });
    expect((await accounts.get("1")).balance).toBe(15);
  });

  it("stores nothing of an aggregate that refused a change after it was added", async () => {
    const { domain, accounts, Account } = await openBank();
    const work = domain.unitOfWork(async () => {
      const account = Account.open("N-1", "Alice", 10, "1");
      await accounts.add(account);
      expect(() => account.withdraw(100)).toThrow("Insufficient funds");
    });
    await expect(work).rejects.toThrow('Cannot save Account "1": it refused a change');
    expect(await accounts.exists("1")).toBe(false);
  });

  it("tells of an add that nobody waited for, after it has ended", async () => {
    const { domain, accounts, Account } = await openBank();
    let late: Promise<void> = Promise.resolve();
    await domain.unitOfWork(() => {
      late = pause(5).then(() => accounts.add(Account.open("N-1", "Alice", 10, "1")));
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow("its unit of work has ended; await everything that a handler starts");
    expect(await accounts.exists("1")).toBe(false);
  });

  it("is one of 100 that run at once without touching each other", async () => {
    const { domain, accounts, Account } = await openBank();
    const units = Array.from({ length: 100 }, (_, n) =>
      domain.unitOfWork(async () => {
        await accounts.add(Account.open(`N-${n}`, `holder ${n}`, n, `a-${n}`));
        await pause(Math.random() * 5);
        await accounts.add(Account.open(`N-${n}`, `holder ${n}`, n, `b-${n}`));
        await pause(Math.random() * 5);
        if (n % 3 === 0) throw new Error(`unit ${n}`);
      }),
    );
    const outcomes = await Promise.allSettled(units);
    for (const [n, { status }] of outcomes.entries()) {
      expect(status).toBe(n % 3 === 0 ? "rejected" : "fulfilled");
      for (const id of [`a-${n}`, `b-${n}`])
        expect((await accounts.find(id))?.balance).toBe(n % 3 === 0 ? undefined : n);
    }
  });

  it("passes on the body's result", async () => {
    const { domain } = await openBank();
    expect(await domain.unitOfWork(() => 42)).toBe(42);
  });
});
