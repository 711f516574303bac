import { Aggregate, apply, Domain, DomainEvent, MemoryEventStore } from "../../src/index";

async function faultsOf(declare: (domain: Domain) => void): Promise<readonly string[]> {
  const domain = new Domain("fidelis", { root: "/", config: {} });
  declare(domain);
  const error: unknown = await domain.init().catch((reason: unknown) => reason);
  return (error as { faults?: readonly string[] } | undefined)?.faults ?? [];
}

/** Options as a program without type checks would write them. */
const wrong = (options: object) => options as never;

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

describe("the options of events", () => {
  it("are checked", async () => {
    const faults = await faultsOf((domain) => {
      const options = { partOf: "Account", version: 1.5, formerly: "Created", deprecated: "" };
      const Opened = class Opened extends DomainEvent({}) {};
      domain.event(wrong(options))(Opened);
      @domain.aggregate(wrong({ eventSourced: true, skipEvents: [5] }))
      class Account extends Aggregate({}) {
        @apply(Opened)
        onOpened(): void {}
      }
      domain.event(wrong({ partOf: Account, version: 0, formerly: ["not-a-name"] }))(
        class Closed extends DomainEvent({}) {},
      );
    });
    expect(faults).toEqual([
      'Opened has a bad option "version": must be a whole number of at least 1',
      'Opened has a bad option "formerly": must be a list of names, such as ["DepositMade"]',
      'Opened has a bad option "deprecated": must be true, or advice such as "use DepositMade"',
      'Account has a bad option "skipEvents": must be a list of names or stored types, such as ["DepositMade"]',
      'Closed has a bad option "version": must be a whole number of at least 1',
      'Closed has a bad option "formerly": must be a list of names, such as ["DepositMade"]',
      "Account has no @apply method for its event Closed",
    ]);
  });
});
