import { Domain } from "@tidemark/core";
import { given } from "@tidemark/testing";

import { bank } from "./fixtures/bank";

describe("the domain of an aggregate class", () => {
  it("has to be said where several domains have registered the class", async () => {
    const { domain, Account, AccountOpened, DepositMade, WithdrawalMade, InterestPaid, MakeDeposit } = bank();
    const branch = new Domain("branch");
    branch.register(Account, AccountOpened, DepositMade, WithdrawalMade, InterestPaid);
    const opened = new AccountOpened({ accountId: "a-1", holder: { name: "Alice" } });
    await expect(given(Account, opened)).rejects.toThrow(
      'Cannot tell the domain of Account: several domains have registered it ("bank", "branch"); say which: given(domain, Account, …)',
    );
    const result = await given(domain, Account, opened).process(new MakeDeposit({ accountId: "a-1", amount: 2 }));
    expect(result.aggregate.balance).toBe(2);
    const elsewhere = await given(branch, Account, opened).process(new MakeDeposit({ accountId: "a-1", amount: 2 }));
    expect(elsewhere.rejectionMessages).toEqual(["Cannot process MakeDeposit: it is not a registered command"]);
  });

  it("has to be said where none has", async () => {
    const { Account } = bank();
    class Unregistered extends Account {}
    await expect(given(Unregistered)).rejects.toThrow(
      "Cannot tell the domain of Unregistered: no domain has registered it; say which: given(domain, Unregistered, …)",
    );
  });

  it("must know the class", async () => {
    const { Account } = bank();
    await expect(given(new Domain("empty"), Account)).rejects.toThrow(
      'Account is not a registered aggregate of domain "empty"',
    );
  });

  it("must be without faults", async () => {
    const { domain, Account, DepositMade } = bank();
    domain.event({ partOf: "Acount" })(class Misplaced extends DepositMade {});
    await expect(given(Account)).rejects.toMatchObject({ code: "INVALID_CONFIGURATION" });
  });
});
