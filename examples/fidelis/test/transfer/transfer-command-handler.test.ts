import { ExpectedVersionError } from "@tidemark/core";
import { given } from "@tidemark/testing";

import {
  Account,
  AccountOpened,
  CloseAccount,
  domain,
  OpenAccount,
  Transfer,
  TransferFailed,
  TransferMoney,
  TransferStarted,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";
import { storedTypes } from "../fixtures/stored-events";

bankOfItsOwn();

const open = (accountNumber: string, openingDeposit: number) =>
  domain.process<string>(new OpenAccount({ accountNumber, holderName: "Alice", openingDeposit }));

const balances = async (...ids: string[]) =>
  Promise.all(ids.map(async (id) => (await domain.repositoryFor(Account).get(id)).balance));

describe("TransferMoney", () => {
  it("takes from one account, gives to the other and completes the transfer", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    const id = await domain.process<string>(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 30 }));
    expect(await balances(from, to)).toEqual([70, 35]);
    const transfer = await domain.repositoryFor(Transfer).get(id);
    expect({ ...transfer }).toEqual({ fromAccountId: from, toAccountId: to, amount: 30, status: "COMPLETED" });
  });

  it("names the transfer in both accounts' events, which have one cause", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    const id = await domain.process<string>(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 30 }));
    const withdrawn = await domain.eventStore.readLast(domain.streamFor(Account, from));
    const deposited = await domain.eventStore.readLast(domain.streamFor(Account, to));
    expect([withdrawn?.data.reference, deposited?.data.reference]).toEqual([id, id]);
    expect(withdrawn?.metadata).toEqual(deposited?.metadata);
  });

  it("fails for want of funds, says so, and leaves both accounts as they were", async () => {
    const account = (accountId: string, openingDeposit: number) =>
      new AccountOpened({ accountId, accountNumber: accountId, holderName: "Alice", openingDeposit });
    const transfer = new TransferMoney({ fromAccountId: "A", toAccountId: "B", amount: 30 });
    const result = await given(Transfer, account("A", 10), account("B", 5)).process(transfer);
    const { id: transferId } = result.aggregate;
    expect(result.events).toEqual([
      new TransferStarted({ transferId, fromAccountId: "A", toAccountId: "B", amount: 30 }),
      new TransferFailed({ transferId, reason: "Insufficient funds in account A" }),
    ]);
    expect(result.aggregate.status).toBe("FAILED");
  });

  it.each([
    { closed: "A", funds: { A: 0, B: 50 } },
    { closed: "B", funds: { A: 50, B: 0 } },
  ])("fails when account $closed is closed", async ({ closed, funds }) => {
    const from = await open("A", funds.A);
    const to = await open("B", funds.B);
    await domain.process(new CloseAccount({ accountId: closed === "A" ? from : to }));
    const id = await domain.process<string>(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 30 }));
    expect(await domain.repositoryFor(Transfer).get(id)).toMatchObject({
      status: "FAILED",
      reason: `Account ${closed} is closed`,
    });
    expect(await balances(from, to)).toEqual([funds.A, funds.B]);
  });

  it("refuses an amount that is not positive, and a transfer to the same account, and stores neither", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    await expect(
      domain.process(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 0 })),
    ).rejects.toMatchObject({ messages: { amount: ["Transfer amount must be positive"] } });
    await expect(
      domain.process(new TransferMoney({ fromAccountId: from, toAccountId: from, amount: 1 })),
    ).rejects.toMatchObject({ messages: { toAccountId: ["Cannot transfer to the same account"] } });
    expect(await storedTypes()).toEqual(["AccountOpened", "AccountOpened"]);
  });

  it("stores nothing of itself when the unit of work that it joined fails later", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    const failing = domain.unitOfWork(async () => {
      await domain.process(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 30 }));
      throw new Error("the power is out");
    });
    await expect(failing).rejects.toThrow("the power is out");
    expect(await balances(from, to)).toEqual([100, 5]);
    expect(await storedTypes()).toEqual(["AccountOpened", "AccountOpened"]);
  });

  it("stores nothing when one of the accounts moved on meanwhile", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    const stream = domain.streamFor(Account, to);
    const interrupted = domain.unitOfWork(async () => {
      await domain.process(new TransferMoney({ fromAccountId: from, toAccountId: to, amount: 30 }));
      const deposit = { type: "Fidelis.DepositMade.v1", data: { accountId: to, amount: 1 } };
      await domain.eventStore.append([{ stream, expectedVersion: 0, events: [deposit] }]);
    });
    await expect(interrupted).rejects.toBeInstanceOf(ExpectedVersionError);
    expect(await balances(from, to)).toEqual([100, 6]);
    expect(await storedTypes()).toEqual(["AccountOpened", "AccountOpened", "DepositMade"]);
  });

  it("neither makes nor loses money when twenty cross at once", async () => {
    const a = await open("A", 100);
    const b = await open("B", 100);
    const transfer = (fromAccountId: string, toAccountId: string) =>
      domain.process(new TransferMoney({ fromAccountId, toAccountId, amount: 7 }));
    await Promise.allSettled(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? transfer(a, b) : transfer(b, a))));
    const [ofA = 0, ofB = 0] = await balances(a, b);
    expect(ofA + ofB).toBe(200);
    const types = await storedTypes();
    const count = (name: string) => types.filter((type) => type === name).length;
    expect(count("TransferCompleted")).toBeGreaterThan(0);
    expect([count("WithdrawalMade"), count("DepositMade")]).toEqual([
      count("TransferCompleted"),
      count("TransferCompleted"),
    ]);
  });
});
