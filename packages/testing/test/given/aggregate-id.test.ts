import { given } from "@tidemark/testing";

import { bank } from "./fixtures/bank";

const { Account, AccountOpened, DepositMade, InterestPaid, OpenAccount, MakeDeposit, MakeWithdrawal, ...others } =
  bank();
const { Transfer, TransferMade, TransferMoney } = others;

const interest = new InterestPaid({ amount: 5 });
const opened = (accountId: string) => new AccountOpened({ accountId, holder: { name: accountId } });

describe("the aggregate that given events happened to", () => {
  it("is that of the first event's first identifier", async () => {
    const result = await given(Account, opened("a-1"), new DepositMade({ accountId: "a-1", amount: 3 }), interest);
    expect([result.aggregate.id, result.aggregate.balance]).toEqual(["a-1", 8]);
  });

  it("is that of the first command's identifier where no event says it", async () => {
    const result = await given(Account, interest).process(new MakeWithdrawal({ accountId: "a-2", amount: 4 }));
    expect([result.aggregate.id, result.aggregate.balance]).toEqual(["a-2", 1]);
  });

  it("is the one that is said, before all else", async () => {
    const result = await given(Account, opened("a-3")).withId("other");
    expect([result.aggregate.id, result.aggregate.holderName]).toEqual(["other", "a-3"]);
  });

  it("is the one that a command opened, for what happens after it", async () => {
    const result = await given(Account)
      .process(new OpenAccount({ name: "Bob" }))
      .after(interest);
    expect([result.aggregate.id, result.aggregate.balance]).toEqual([result.allEvents.map(idOf)[0], 5]);
  });

  it("is asked for where nothing says it", async () => {
    await expect(given(Account, interest)).rejects.toThrow(
      "Cannot tell which aggregate the given InterestPaid happened to: declare its id as identifier(), or say it with .withId(…)",
    );
  });

  it("is another one for events of another class, each by its own identifier", async () => {
    const funded = [opened("from"), new DepositMade({ accountId: "from", amount: 9 }), opened("to")];
    const result = await given(Transfer, ...funded).process(new TransferMoney({ from: "from", to: "to", amount: 9 }));
    const { id } = result.aggregate;
    expect(result.aggregate.amount).toBe(9);
    expect(result.eventsOf(TransferMade)).toEqual([new TransferMade({ transferId: id, amount: 9 })]);
    expect(result.eventsOf(DepositMade)).toEqual([new DepositMade({ accountId: "to", amount: 9, reference: id })]);
  });

  it("is told in the error where there is none, with the reason", async () => {
    const result = await given(Account).process(new MakeDeposit({ accountId: "a-4", amount: 1 }));
    expect(() => result.aggregate).toThrow(
      /^There is no Account "a-4": nothing has made it, or it was deleted; the last command was rejected: .*a-4/,
    );
    const nothing = await given(Account);
    expect(() => nothing.aggregate).toThrow("There is no Account: nothing has made it, or it was deleted");
  });
});

function idOf(event: object): unknown {
  return (event as { accountId?: unknown }).accountId;
}
