import {
  AccountSummary,
  CloseAccount,
  CountActiveAccounts,
  domain,
  MakeDeposit,
  MakeWithdrawal,
  OpenAccount,
  RichestAccounts,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";

bankOfItsOwn();

async function open(holderName: string, openingDeposit: number): Promise<string> {
  return await domain.process(new OpenAccount({ accountNumber: `ACC-${holderName}`, holderName, openingDeposit }));
}

describe("the dashboard", () => {
  it("shows the balance, the movements and the reviews of each account", async () => {
    const accountId = await open("Alice", 100);
    await domain.process(new MakeDeposit({ accountId, amount: 20_000 }));
    await domain.process(new MakeWithdrawal({ accountId, amount: 50 }));
    await domain.catchUp();
    expect({ ...(await domain.viewOf(AccountSummary).get(accountId)) }).toEqual({
      accountId,
      accountNumber: "ACC-Alice",
      holderName: "Alice",
      balance: 20_050,
      movements: 2,
      reviews: 1,
      status: "ACTIVE",
    });
  });

  it("lists the richest accounts first, and leaves out closed ones", async () => {
    await open("Alice", 100);
    await open("Bob", 300);
    await open("Carol", 200);
    await domain.process(new CloseAccount({ accountId: await open("Dan", 0) }));
    await domain.catchUp();
    const richest = await domain.dispatch(new RichestAccounts({ count: 2 }));
    expect(richest.map(({ holderName, balance }) => [holderName, balance])).toEqual([
      ["Bob", 300],
      ["Carol", 200],
    ]);
    expect(await domain.dispatch(new CountActiveAccounts({}))).toBe(3);
  });
});
