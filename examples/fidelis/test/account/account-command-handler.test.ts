import { ObjectNotFoundError, ValidationError } from "@tidemark/core";
import { given } from "@tidemark/testing";

import {
  Account,
  AccountClosed,
  AccountOpened,
  CloseAccount,
  DepositMade,
  domain,
  MakeDeposit,
  MakeWithdrawal,
  OpenAccount,
  WithdrawalMade,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";
import { storedTypes } from "../fixtures/stored-events";

const accountId = "acc-1";

const opened = (openingDeposit = 1000) =>
  new AccountOpened({ accountId, accountNumber: "ACC-001", holderName: "Alice", openingDeposit });

describe("OpenAccount", () => {
  bankOfItsOwn();

  const alice = (openingDeposit = 1000) =>
    domain.process<string>(new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit }));

  it("opens an active account with its opening deposit and returns its id", async () => {
    const id = await alice();
    const account = await domain.repositoryFor(Account).get(id);
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
    const result = await given(Account, opened()).process(
      new MakeDeposit({ accountId, amount: 100, reference: "salary" }),
    );
    expect(result.events).toEqual([new DepositMade({ accountId, amount: 100, reference: "salary" })]);
    expect(result.aggregate).toMatchObject({ balance: 1100, version: 1 });
  });

  it.each([0, -5])("refuses an amount of %p", async (amount) => {
    const result = await given(Account, opened()).process(new MakeDeposit({ accountId, amount }));
    expect(result.rejection).toMatchObject({ messages: { amount: ["Deposit amount must be positive"] } });
    expect(result.events).toEqual([]);
  });

  it("finds no account of an unknown id", async () => {
    const result = await given(Account).process(new MakeDeposit({ accountId: "nobody", amount: 1 }));
    expect(result.rejection).toBeInstanceOf(ObjectNotFoundError);
  });
});

describe("MakeWithdrawal", () => {
  it("takes from the balance, down to nothing", async () => {
    const result = await given(Account, opened(80)).process(new MakeWithdrawal({ accountId, amount: 80 }));
    expect(result.events).toEqual([new WithdrawalMade({ accountId, amount: 80 })]);
    expect(result.aggregate).toMatchObject({ balance: 0, version: 1 });
  });

  it("refuses more than the balance", async () => {
    const result = await given(Account, opened(80)).process(new MakeWithdrawal({ accountId, amount: 81 }));
    expect(result.rejectionMessages).toEqual(["Insufficient funds: balance cannot be negative"]);
    expect(result.aggregate).toMatchObject({ balance: 80, version: 0 });
  });

  it("refuses an amount of 0", async () => {
    const result = await given(Account, opened()).process(new MakeWithdrawal({ accountId, amount: 0 }));
    expect(result.rejection).toMatchObject({ messages: { amount: ["Withdrawal amount must be positive"] } });
  });
});

describe("CloseAccount", () => {
  const closed = given(Account, opened(0)).process(new CloseAccount({ accountId }));

  it("closes an account without balance", async () => {
    const { events, aggregate } = await closed;
    expect(events).toEqual([new AccountClosed({ accountId })]);
    expect(aggregate).toMatchObject({ status: "CLOSED", version: 1 });
  });

  it("refuses to close an account that still has money, which stays active", async () => {
    const result = await given(Account, opened(10)).process(new CloseAccount({ accountId }));
    expect(result.rejection).toMatchObject({ messages: { status: ["Cannot close account with non-zero balance"] } });
    expect(result.aggregate).toMatchObject({ status: "ACTIVE", version: 0 });
  });

  it.each([
    new MakeDeposit({ accountId, amount: 1 }),
    new MakeWithdrawal({ accountId, amount: 1 }),
    new CloseAccount({ accountId }),
  ])("leaves an account that takes no further command: %o", async (command) => {
    const result = await closed.process(command);
    expect(result.rejection).toMatchObject({ messages: { status: ["Account is closed"] } });
    expect(result.allEvents).toEqual([new AccountClosed({ accountId })]);
  });
});

describe("a command", () => {
  it("is refused when it is made with a value of another type", () => {
    const amount: unknown = "100";
    expect(() => new MakeDeposit({ accountId: "acc-1", amount: amount as number })).toThrow(ValidationError);
  });
});
