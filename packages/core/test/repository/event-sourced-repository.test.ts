import { lifeOf } from "../../src/elements/aggregate-root";
import { ValidationError } from "../../src/index";
import { bank } from "../fixtures/bank";

async function openBank() {
  const elements = bank();
  await elements.domain.init();
  const accounts = elements.domain.repositoryFor(elements.Account);
  return { ...elements, accounts };
}

describe("get", () => {
  it("says which aggregate there is none of", async () => {
    const { accounts } = await openBank();
    await expect(accounts.get("acc-1")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: 'There is no Account with id "acc-1"',
      details: { aggregate: "Account", id: "acc-1" },
    });
  });

  it("refuses an id that no store could hold, before it asks one", async () => {
    const { accounts } = await openBank();
    await expect(accounts.get("")).rejects.toMatchObject({ messages: { id: ["an id has at least 1 character"] } });
    await expect(accounts.get(7 as never)).rejects.toMatchObject({
      messages: { id: ["an id is a string, not number"] },
    });
  });

  it("gives another instance each time outside a unit of work", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    expect(await accounts.get("1")).not.toBe(await accounts.get("1"));
  });
});

describe("find and exists", () => {
  it("tell without an error whether there is one", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    expect([await accounts.exists("1"), await accounts.exists("2")]).toEqual([true, false]);
    expect([(await accounts.find("1"))?.balance, await accounts.find("2")]).toEqual([10, undefined]);
  });
});

describe("add", () => {
  it("saves a new aggregate under its own id, whatever that is", async () => {
    const { accounts, Account } = await openBank();
    for (const id of ["a-b:c::d/..%_'\"", "__proto__", "fact-1", "snapshot-1", "🦊", "اسم", "x".repeat(255)]) {
      await accounts.add(Account.open("N-1", "Alice", 10, id));
      expect((await accounts.get(id)).id).toBe(id);
    }
  });

  it("refuses to save over another writer's events, and saves nothing", async () => {
    const { accounts, Account, domain } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    const [mine, theirs] = [await accounts.get("1"), await accounts.get("1")];
    theirs.deposit(5);
    await accounts.add(theirs);
    mine.deposit(7);
    mine.deposit(8);
    await expect(accounts.add(mine)).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
      stream: "fidelis::account-1",
      expected: 0,
      actual: 1,
    });
    expect((await accounts.get("1")).balance).toBe(15);
    expect(domain.streamFor(Account, "1")).toBe("fidelis::account-1");
  });

  it("refuses a second aggregate with the id of a first one", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    await expect(accounts.add(Account.open("N-2", "Bob", 20, "1"))).rejects.toThrow(
      "expected no such stream yet, but its version is 0",
    );
    expect((await accounts.get("1")).holderName).toBe("Alice");
  });

  it("goes on with the same instance", async () => {
    const { accounts, Account } = await openBank();
    const account = Account.open("N-1", "Alice", 10, "1");
    await accounts.add(account);
    account.deposit(5);
    expect(account.version).toBe(1);
    await accounts.add(account);
    await accounts.add(account);
    expect((await accounts.get("1")).version).toBe(1);
  });

  it("refuses an aggregate that refused a change", async () => {
    const { accounts, Account } = await openBank();
    const account = Account.open("N-1", "Alice", 10, "1");
    expect(() => account.withdraw(11)).toThrow("Insufficient funds");
    await expect(accounts.add(account)).rejects.toEqual(
      expect.objectContaining({ code: "INCORRECT_USAGE", details: {}, cause: expect.any(ValidationError) }),
    );
    await expect(accounts.add(account)).rejects.toThrow(
      'Cannot save Account "1": it refused a change (balance: Insufficient funds',
    );
    expect(await accounts.exists("1")).toBe(false);
  });

  it("is what save() points to", async () => {
    const { accounts, Account } = await openBank();
    const save = accounts.save as unknown as (aggregate: object) => void;
    expect(() => save.call(accounts, Account.createNew())).toThrow(
      "The repository of Account has no save(): call add(aggregate), which saves it",
    );
  });

  it("refuses what is not its aggregate", async () => {
    const { accounts } = await openBank();
    await expect(accounts.add({ id: "1" } as never)).rejects.toThrow(
      "Cannot add an instance of Object to the repository of Account",
    );
    await expect(accounts.add(Object as never)).rejects.toThrow(
      "Cannot add the class Object to the repository of Account",
    );
    await expect(accounts.add(bank().Account.open("N-1", "Alice", 10) as never)).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
  });

  it("can be repeated after a store that failed, and stores the events once", async () => {
    const { accounts, Account, domain } = await openBank();
    const account = Account.open("N-1", "Alice", 10, "1");
    await accounts.add(account);
    account.deposit(5);
    // The acknowledgement is lost: the events are stored, their writer does not know.
    const { pendingIds } = await lostAcknowledgement(accounts, account);
    await accounts.add(account);
    const ids: string[] = [];
    for await (const event of domain.eventStore.read("fidelis::account-1")) ids.push(event.id);
    expect(ids.slice(1)).toEqual(pendingIds);
    expect((await accounts.get("1")).balance).toBe(15);
  });
});

describe("update", () => {
  it("loads, changes, saves and gives the aggregate", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    const account = await accounts.update("1", (loaded) => loaded.deposit(5));
    expect([account.balance, (await accounts.get("1")).balance]).toEqual([15, 15]);
  });

  it("waits for a change that is asynchronous", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 10, "1"));
    await accounts.update("1", async (account) => {
      await Promise.resolve();
      account.deposit(5);
    });
    expect((await accounts.get("1")).balance).toBe(15);
  });

  it("loses none of 64 concurrent changes", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 0, "1"));
    await Promise.all(
      Array.from({ length: 64 }, () => accounts.update("1", (account) => account.deposit(1), { retries: 1_000 })),
    );
    const { balance, version } = await accounts.get("1");
    expect({ balance, version }).toEqual({ balance: 64, version: 64 });
  });

  it("gives up after its budget of retries, with the conflict", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 0, "1"));
    let attempts = 0;
    const alwaysLate = async (account: { deposit(amount: number): void }) => {
      attempts++;
      const other = await accounts.get("1");
      other.deposit(1);
      await accounts.add(other);
      account.deposit(100);
    };
    await expect(accounts.update("1", alwaysLate, { retries: 2 })).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
    });
    expect([attempts, (await accounts.get("1")).balance]).toEqual([3, 3]);
  });

  it("passes on what the change throws, without a retry", async () => {
    const { accounts, Account } = await openBank();
    await accounts.add(Account.open("N-1", "Alice", 0, "1"));
    await expect(accounts.update("1", (account) => account.deposit(-1))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect((await accounts.get("1")).version).toBe(0);
  });
});

describe("earlier states", () => {
  async function history() {
    const elements = await openBank();
    const { accounts, Account, domain } = elements;
    const stream = "fidelis::account-1";
    const opened = { accountId: "1", accountNumber: "N-1", holderName: "Alice", openingDeposit: 100 };
    const events = [0, 1, 2, 3].map((hour) => ({
      type: hour === 0 ? "Fidelis.AccountOpened.v1" : "Fidelis.DepositMade.v1",
      data: hour === 0 ? opened : { accountId: "1", amount: hour },
      time: new Date(Date.UTC(2026, 1, 20, 12 + hour)),
    }));
    await domain.eventStore.append([{ stream, expectedVersion: -1, events }]);
    return { accounts, Account };
  }

  it("are those after the event at a version", async () => {
    const { accounts } = await history();
    const account = await accounts.get("1", { atVersion: 2 });
    expect([account.balance, account.version, account.isTemporal]).toEqual([103, 2, true]);
  });

  it("are those at a moment, the event of that moment included", async () => {
    const { accounts } = await history();
    expect((await accounts.get("1", { asOf: new Date("2026-02-20T13:00:00Z") })).balance).toBe(101);
    expect((await accounts.get("1", { asOf: new Date("2026-02-20T13:59:59Z") })).balance).toBe(101);
    expect((await accounts.get("1", { asOf: new Date("2030-01-01") })).balance).toBe(106);
  });

  it("past the end or before the beginning are not found, and the error names the latest version", async () => {
    const { accounts } = await history();
    await expect(accounts.get("1", { atVersion: 4 })).rejects.toThrow(
      'There is no Account with id "1" at version 4: its latest version is 3',
    );
    await expect(accounts.get("1", { asOf: new Date("2026-02-20T11:59:59Z") })).rejects.toThrow(
      'There is no Account with id "1" as of 2026-02-20T11:59:59.000Z: its latest version is 3',
    );
    await expect(accounts.get("2", { atVersion: 0 })).rejects.toThrow(/^There is no Account with id "2"$/);
    expect(await accounts.find("1", { atVersion: 4 })).toBeUndefined();
  });

  it("are read-only", async () => {
    const { accounts } = await history();
    const account = await accounts.get("1", { atVersion: 1 });
    expect(() => account.deposit(5)).toThrow(
      'Cannot change Account "1": it was loaded as of version 1 and is read-only',
    );
    await expect(accounts.add(account)).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    expect(() => Object.assign(account, { balance: 5 })).toThrow(
      'Cannot assign balance of Account "1": it was loaded as of version 1 and is read-only',
    );
    expect(account.balance).toBe(101);
  });

  it.each([
    [{ atVersion: 1, asOf: new Date() }, "Give either atVersion or asOf"],
    [{}, "Give either atVersion or asOf"],
    [{ atVersion: -1 }, "atVersion must be a whole number of at least 0, found -1"],
    [{ atVersion: 1.5 }, "atVersion must be a whole number of at least 0, found 1.5"],
    [{ asOf: new Date(Number.NaN) }, "asOf must be a valid Date"],
  ])("are refused for %j", async (options, message) => {
    const { accounts } = await history();
    await expect(accounts.get("1", options as never)).rejects.toThrow(message);
  });

  it("are neither in the identity map nor taken from it", async () => {
    const { accounts, Account } = await history();
    const current = await accounts.get("1");
    const earlier = await accounts.get("1", { atVersion: 3 });
    expect(earlier).not.toBe(current);
    expect(earlier).toBeInstanceOf(Account);
  });
});

describe("ids and count", () => {
  it("name every aggregate once, in the order of their bytes, over pages", async () => {
    const { accounts, domain } = await openBank();
    const opened = { accountId: "1", accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 };
    const ids = Array.from({ length: 2_500 }, (_, n) => `acc-${String(n).padStart(4, "0")}`);
    await domain.eventStore.append(
      ids.map((id) => ({
        stream: `fidelis::account-${id}`,
        events: [{ type: "Fidelis.AccountOpened.v1", data: opened }],
      })),
    );
    const listed: string[] = [];
    for await (const id of accounts.ids()) listed.push(id);
    expect(listed).toEqual(ids);
    expect(await accounts.count()).toBe(2_500);
  });
});

/** Stores the pending events behind the aggregate's back, as an append does whose answer is lost. */
async function lostAcknowledgement(accounts: { add(account: never): Promise<void> }, account: object) {
  const life = lifeOf(account as never);
  const pending = [...life.pending];
  await accounts.add(account as never);
  const pendingIds = [life.lastEventId];
  Object.assign(life, { pending, pendingIds: [...pendingIds] });
  return { pendingIds };
}
