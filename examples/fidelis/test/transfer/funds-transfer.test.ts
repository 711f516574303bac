import { CommandExpiredError, ValidationError } from "@tidemark/core";
import { given, rejected } from "@tidemark/testing";

import {
  Account,
  CloseAccount,
  CompleteTransfer,
  DepositMade,
  domain,
  FailTransfer,
  FundsTransfer,
  MakeDeposit,
  MakeWithdrawal,
  OpenAccount,
  RefundWithdrawal,
  RequestTransfer,
  Transfer,
  TransferCompleted,
  TransferFailed,
  TransferRequested,
  WithdrawalMade,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";
import { storedTypes } from "../fixtures/stored-events";

describe("a transfer by its steps", () => {
  bankOfItsOwn();

  const open = (accountNumber: string, openingDeposit: number) =>
    domain.process(new OpenAccount({ accountNumber, holderName: "Alice", openingDeposit }));

  const balances = async (...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await domain.repositoryFor(Account).get(id)).balance));

  it("takes from one account, gives to the other, and completes", async () => {
    const from = await open("A", 100);
    const to = await open("B", 5);
    const id = await domain.process(new RequestTransfer({ fromAccountId: from, toAccountId: to, amount: 30 }));
    expect(await balances(from, to)).toEqual([100, 5]);
    expect(await domain.catchUp()).toEqual({ parked: [] });
    expect(await balances(from, to)).toEqual([70, 35]);
    expect((await domain.repositoryFor(Transfer).get(id)).status).toBe("COMPLETED");
    expect(await storedTypes()).toEqual([
      "AccountOpened",
      "AccountOpened",
      "TransferRequested",
      "WithdrawalMade",
      "DepositMade",
      "TransferCompleted",
    ]);
  });

  it("fails for want of funds, and takes nothing", async () => {
    const from = await open("A", 10);
    const to = await open("B", 5);
    const id = await domain.process(new RequestTransfer({ fromAccountId: from, toAccountId: to, amount: 30 }));
    await domain.catchUp();
    expect(await balances(from, to)).toEqual([10, 5]);
    expect(await domain.repositoryFor(Transfer).get(id)).toMatchObject({
      status: "FAILED",
      reason: "balance: Insufficient funds: balance cannot be negative",
    });
  });

  it("gives back what a closed account does not take", async () => {
    const from = await open("A", 100);
    const to = await open("B", 0);
    await domain.process(new CloseAccount({ accountId: to }));
    const id = await domain.process(new RequestTransfer({ fromAccountId: from, toAccountId: to, amount: 30 }));
    await domain.catchUp();
    expect(await balances(from, to)).toEqual([100, 0]);
    expect(await domain.repositoryFor(Transfer).get(id)).toMatchObject({
      status: "FAILED",
      reason: "status: Account is closed",
    });
  });

  it("leaves other movements alone, whatever their references", async () => {
    const accountId = await open("A", 100);
    await domain.process(new MakeDeposit({ accountId, amount: 30, reference: "INV-7" }));
    await domain.process(new MakeWithdrawal({ accountId, amount: 30 }));
    expect(await domain.catchUp()).toEqual({ parked: [] });
    expect(await balances(accountId)).toEqual([100]);
  });

  it("neither makes nor loses money when twenty cross at once", async () => {
    const a = await open("A", 100);
    const b = await open("B", 100);
    for (let i = 0; i < 20; i++) {
      const [fromAccountId, toAccountId] = i % 2 === 0 ? [a, b] : [b, a];
      await domain.process(new RequestTransfer({ fromAccountId, toAccountId, amount: 7 }));
    }
    expect(await domain.catchUp()).toEqual({ parked: [] });
    expect(await balances(a, b)).toEqual([100, 100]);
    expect((await storedTypes()).filter((type) => type === "TransferCompleted")).toHaveLength(20);
  });
});

describe("the process of a transfer", () => {
  const transferId = "t-1";
  const requested = new TransferRequested({ transferId, fromAccountId: "a", toAccountId: "b", amount: 30 });
  const withdrawal = new MakeWithdrawal({ accountId: "a", amount: 30, reference: transferId });
  const withdrawn = new WithdrawalMade({ accountId: "a", amount: 30, reference: transferId });
  const deposit = new MakeDeposit({ accountId: "b", amount: 30, reference: transferId });

  it("begins with the withdrawal", async () => {
    const { state, commands } = await given(FundsTransfer, requested);
    expect(state).toEqual({ transferId, fromAccountId: "a", toAccountId: "b", amount: 30 });
    expect(commands).toEqual([withdrawal]);
  });

  it("deposits what was withdrawn", async () => {
    const { commands } = await given(FundsTransfer, requested).when(withdrawn);
    expect(commands).toEqual([deposit]);
  });

  it("completes what was deposited, and ends", async () => {
    const deposited = new DepositMade({ accountId: "b", amount: 30, reference: transferId });
    const end = given(FundsTransfer, requested, withdrawn).when(deposited);
    expect((await end).commands).toEqual([new CompleteTransfer({ transferId })]);
    const { state, completed } = await end.when(new TransferCompleted({ transferId }));
    expect({ state, completed }).toEqual({ state: undefined, completed: true });
  });

  it("fails where the withdrawal comes too late", async () => {
    const late = new CommandExpiredError({
      id: "c-1",
      command: "Fidelis.MakeWithdrawal.v1",
      deadline: "2026-02-20T13:00:00.000Z",
    });
    const { commands } = await given(FundsTransfer, requested).when(rejected(withdrawal, late));
    expect(commands).toEqual([new FailTransfer({ transferId, reason: late.message })]);
  });

  it("refunds what could not be deposited, and fails after that", async () => {
    const closed = new ValidationError({ status: ["Account is closed"] });
    const refunding = given(FundsTransfer, requested, withdrawn).when(rejected(deposit, closed));
    expect((await refunding).commands).toEqual([
      new RefundWithdrawal({ accountId: "a", amount: 30, reference: transferId }),
    ]);
    const refunded = new DepositMade({ accountId: "a", amount: 30, reference: transferId });
    const failing = refunding.when(refunded);
    expect((await failing).commands).toEqual([new FailTransfer({ transferId, reason: "status: Account is closed" })]);
    const { completed } = await failing.when(new TransferFailed({ transferId, reason: "closed" }));
    expect(completed).toBe(true);
  });

  it("is left to an operator where the refund is refused as well", async () => {
    const closed = new ValidationError({ status: ["Account is closed"] });
    const refund = new RefundWithdrawal({ accountId: "a", amount: 30, reference: transferId });
    const stranded = given(FundsTransfer, requested, withdrawn)
      .when(rejected(deposit, closed))
      .when(rejected(refund, closed));
    await expect(stranded).rejects.toThrow("was refused: status: Account is closed");
  });
});
