import { Aggregate, apply, Domain, DomainEvent } from "../../src/index";

describe("the type of an aggregate's facts", () => {
  it("cannot be what an event is stored as", async () => {
    const domain = new Domain("fidelis", { root: "/", config: {} });

    @domain.event({ partOf: "Account", formerly: ["LedgerFact"] })
    class AccountFact extends DomainEvent({}) {}

    @domain.aggregate({ eventSourced: true, factEvents: true })
    class Account extends Aggregate({}) {
      @apply(AccountFact)
      onFact(): void {}
    }
    domain.aggregate({ eventSourced: true, factEvents: true, name: "Ledger" })(class Book extends Aggregate({}) {});
    domain.aggregate({ eventSourced: true, factEvents: "yes" as never })(class Till extends Aggregate({}) {});
    expect(Account).toBeDefined();
    await expect(domain.init()).rejects.toMatchObject({
      faults: [
        'Till has a bad option "factEvents": must be true or false',
        "Account records facts as Fidelis.AccountFact, which is what the event AccountFact is stored as",
        "Ledger records facts as Fidelis.LedgerFact, which is what the event AccountFact is stored as",
      ],
    });
  });
});
