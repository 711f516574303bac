import { ObjectNotFoundError, ValidationError } from "@tidemark/core";

import { Account, CloseAccount, domain, MakeDeposit, MakeWithdrawal, OpenAccount } from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";
import { storedTypes } from "../fixtures/stored-events";

bankOfItsOwn();

const alice = (openingDeposit = 1000) =>
  domain.process<string>(new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit }));

const load = (id: string) => domain.repositoryFor(Account).get(id);

describe("OpenAccount", () => {
  it("opens an active account with its opening deposit and returns its id", async () => {
    const id = await alice();
    const account = await load(id);
    expect({ ...account, id: account.id, version: account.version }).toEqual({
      id,
      version: 0,
      accountNumber: "ACC-001",
      holderName: "Alice",
      balance: 1000,
      status: "ACTIVE",
    });
  });

  it("refuses an account number of more than 20 characters and stores nothing", async () => {
    const accountNumber = "A".repeat(21);
    await expect(
      domain.process(new OpenAccount({ accountNumber, holderName: "Alice", openingDeposit: 0 })),
    ).rejects.toMatchObject({ messages: { accountNumber: [expect.stringContaining("20")] } });
    expect(await storedTypes()).toEqual([]);
  });

  it("refuses a negative opening deposit and stores nothing", async () => {
    await expect(alice(-1)).rejects.toMatchObject({
      messages: { balance: ["Insufficient funds: balance cannot be negative"] },
    });
    expect(await storedTypes()).toEqual([]);
  });
});

describe("MakeDeposit", () => {
  it("adds to the balance and keeps the reference with the event", async () => {
    const id = await alice();
    await domain.process(new MakeDeposit({ accountId: id, amount: 100, reference: "salary" }));
    expect(await load(id)).toMatchObject({ balance: 1100, version: 1 });
    const event = await domain.eventStore.readLast(domain.streamFor(Account, id));
    expect(event?.data).toEqual({ accountId: id, amount: 100, reference: "salary" });
  });

  it.each([0, -5])("refuses an amount of %p and stores nothing", async (amount) => {
    const id = await alice();
    await expect(domain.process(new MakeDeposit({ accountId: id, amount }))).rejects.toMatchObject({
      messages: { amount: ["Deposit amount must be positive"] },
    });
    expect(await storedTypes()).toEqual(["AccountOpened"]);
  });

  it("finds no account of an unknown id", async () => {
    await expect(domain.process(new MakeDeposit({ accountId: "nobody", amount: 1 }))).rejects.toBeInstanceOf(
      ObjectNotFoundError,
    );
  });
});

describe("MakeWithdrawal", () => {
  it("takes from the balance, down to nothing", async () => {
    const id = await alice(80);
    await domain.process(new MakeWithdrawal({ accountId: id, amount: 80 }));
    expect(await load(id)).toMatchObject({ balance: 0, version: 1 });
  });

  it("refuses more than the balance and stores nothing", async () => {
    const id = await alice(80);
    await expect(domain.process(new MakeWithdrawal({ accountId: id, amount: 81 }))).rejects.toMatchObject({
      messages: { balance: ["Insufficient funds: balance cannot be negative"] },
    });
    expect(await load(id)).toMatchObject({ balance: 80, version: 0 });
  });

  it("refuses an amount of 0", async () => {
    const id = await alice();
    await expect(domain.process(new MakeWithdrawal({ accountId: id, amount: 0 }))).rejects.toMatchObject({
      messages: { amount: ["Withdrawal amount must be positive"] },
    });
  });
});

describe("CloseAccount", () => {
  it("closes an account without balance", async () => {
    const id = await alice(0);
    await domain.process(new CloseAccount({ accountId: id }));
    expect(await load(id)).toMatchObject({ status: "CLOSED", version: 1 });
  });

  it("refuses to close an account that still has money, which stays active", async () => {
    const id = await alice(10);
    await expect(domain.process(new CloseAccount({ accountId: id }))).rejects.toMatchObject({
      messages: { status: ["Cannot close account with non-zero balance"] },
    });
    expect(await load(id)).toMatchObject({ status: "ACTIVE", version: 0 });
  });

  it("leaves an account that takes no further command", async () => {
    const id = await alice(0);
    await domain.process(new CloseAccount({ accountId: id }));
    const closed = { messages: { status: ["Account is closed"] } };
    await expect(domain.process(new MakeDeposit({ accountId: id, amount: 1 }))).rejects.toMatchObject(closed);
    await expect(domain.process(new MakeWithdrawal({ accountId: id, amount: 1 }))).rejects.toMatchObject(closed);
    await expect(domain.process(new CloseAccount({ accountId: id }))).rejects.toMatchObject(closed);
    expect(await storedTypes()).toEqual(["AccountOpened", "AccountClosed"]);
  });
});

describe("a command", () => {
  it("is refused when it is made with a value of another type", () => {
    const amount: unknown = "100";
    expect(() => new MakeDeposit({ accountId: "acc-1", amount: amount as number })).toThrow(ValidationError);
  });
});
