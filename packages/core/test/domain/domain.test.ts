import { Domain } from "@tidemark/core";

import { domainsOf } from "../../src/domain/domain";
import { bank } from "../fixtures/bank";

describe("the bank of the README", () => {
  it("opens an account, deposits into it and loads it", async () => {
    const { domain, Account, OpenAccount, MakeDeposit } = bank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit: 1000 }),
    );
    await domain.process(new MakeDeposit({ accountId: id, amount: 100 }));
    const account = await domain.repositoryFor(Account).get(id);
    expect({ balance: account.balance, version: account.version }).toEqual({ balance: 1100, version: 1 });
    await domain.close();
  });
});

it("names what was registered, before it runs", () => {
  const { domain, Account, AccountOpened, MakeDeposit, DepositMade, WithdrawalMade, OpenAccount } = bank();
  expect([...domain.aggregates]).toEqual([["Account", Account]]);
  expect([...domain.events]).toEqual([
    ["AccountOpened", AccountOpened],
    ["DepositMade", DepositMade],
    ["WithdrawalMade", WithdrawalMade],
  ]);
  expect([...domain.commands]).toEqual([
    ["OpenAccount", OpenAccount],
    ["MakeDeposit", MakeDeposit],
  ]);
});

describe("domainsOf", () => {
  it("lists the domains that have registered a class, each once", () => {
    const { domain, Account, AccountOpened } = bank();
    const branch = new Domain("branch").register(Account).register(Account);
    expect(domainsOf(Account)).toEqual([domain, branch]);
    expect(domainsOf(AccountOpened)).toEqual([domain]);
    expect(domainsOf(class Unknown {})).toEqual([]);
  });
});
