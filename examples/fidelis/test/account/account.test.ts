import { Domain } from "@tidemark/core";

import {
  Account,
  AccountClosed,
  AccountOpened,
  DepositMade,
  domain,
  MakeDeposit,
  OpenAccount,
  WithdrawalMade,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";

bankOfItsOwn();

async function aliceWithSevenDeposits(): Promise<string> {
  const id = await domain.process<string>(
    new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit: 1000 }),
  );
  for (let deposit = 1; deposit <= 7; deposit++) await domain.process(new MakeDeposit({ accountId: id, amount: 100 }));
  return id;
}

describe("an account with one opening and seven deposits, at the threshold of five", () => {
  it("has a balance of 1700 at version 7", async () => {
    const account = await domain.repositoryFor(Account).get(await aliceWithSevenDeposits());
    expect({ balance: account.balance, version: account.version }).toEqual({ balance: 1700, version: 7 });
  });

  it("has one snapshot, at version 4, of the state after the fourth deposit", async () => {
    const id = await aliceWithSevenDeposits();
    const snapshots = await domain.snapshotsFor(Account).list(id);
    expect(snapshots).toMatchObject([
      {
        version: 4,
        aggregateId: id,
        state: { accountNumber: "ACC-001", holderName: "Alice", balance: 1400, status: "ACTIVE" },
        metadata: { createdBy: "tidemark", reason: "threshold" },
      },
    ]);
  });

  it("loads the same with its snapshot and, in a bank that makes none, without", async () => {
    const id = await aliceWithSevenDeposits();
    await using manual = new Domain("fidelis", { config: { snapshots: { mode: "manual" } } });
    manual.register(Account, AccountOpened, DepositMade, WithdrawalMade, AccountClosed);
    await manual.init();
    const accounts = manual.repositoryFor(Account);
    const fromSnapshot = await accounts.get(id);
    await manual.snapshotsFor(Account).delete(id);
    const fromEvents = await accounts.get(id);
    expect(fromEvents).toEqual(fromSnapshot);
    expect(await manual.snapshotsFor(Account).exists(id)).toBe(false);
  });

  it("keeps its earlier states", async () => {
    const accounts = domain.repositoryFor(Account);
    const account = await accounts.get(await aliceWithSevenDeposits(), { atVersion: 2 });
    expect({ balance: account.balance, isTemporal: account.isTemporal }).toEqual({ balance: 1200, isTemporal: true });
  });
});
