import { Aggregate, apply, Domain, DomainEvent, MemoryEventStore } from "../../src/index";
import { type Case, faultsOf } from "./faults-of";

const CASES: readonly Case[] = [
  [
    "two events with the same stored type",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.event({ partOf: "Till", name: "Filled" })
      class Refilled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        @apply(Refilled)
        onFilled(_event: object): void {}
      }
      return Till;
    },
    ["2 events are stored as Fidelis.Filled.v1; give one another name"],
  ],
];

describe("the names of stored types", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});

describe("a renamed event", () => {
  it("is read under each name that it had, and stored under its own", async () => {
    const domain = new Domain("fidelis", { root: "/", eventStore: new MemoryEventStore() });

    @domain.event({ partOf: "Account", name: "Opened", formerly: ["AccountCreated", "Created"] })
    class AccountOpened extends DomainEvent({}) {}

    @domain.aggregate({ eventSourced: true })
    class Account extends Aggregate({}) {
      @apply(AccountOpened)
      onOpened(): void {}
    }
    await domain.init();
    const events = ["Created", "AccountCreated", "Opened"].map((name) => ({ type: `Fidelis.${name}.v1`, data: {} }));
    await domain.eventStore.append([{ stream: "fidelis::account-1", events }]);
    await domain.repositoryFor(Account).update("1", (account) => account.raise(new AccountOpened()));
    expect((await domain.repositoryFor(Account).get("1")).version).toBe(3);
    expect((await domain.eventStore.readLast("fidelis::account-1"))?.type).toBe("Fidelis.Opened.v1");
  });

  it("cannot have been what another event is or was called, nor what it is called itself", async () => {
    const faults = await faultsOf((domain) => {
      @domain.event({ partOf: "Account", formerly: ["Closed", "Created", "Opened"] })
      class Opened extends DomainEvent({}) {}
      @domain.event({ partOf: "Account", formerly: ["Created"] })
      class Closed extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Account extends Aggregate({}) {
        @apply(Opened)
        @apply(Closed)
        onEither(): void {}
      }
      return Account;
    });
    expect(faults).toEqual([
      "Opened was formerly Closed, which is another event's name",
      "Opened was formerly Opened, which is its name now",
      "Opened and Closed were both formerly Created",
    ]);
  });
});

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
