import { z } from "zod";

import {
  Aggregate,
  apply,
  type Domain,
  DomainEvent,
  decimal,
  Entity,
  type EventContext,
  hasMany,
  identifier,
  on,
  Projection,
  ProjectionOf,
  ValueObject,
  valueObject,
} from "../../src/index";
import { type Case, faultsOf, modelOf, wrong } from "./faults-of";

/** Accounts with two events, of which the second was stored under another name and version before. */
function accounts(domain: Domain) {
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), holder: z.string(), partners: z.array(z.string()) }) {}
  @domain.event({ partOf: "Account", formerly: ["PaidIn"], version: 2 })
  class Deposited extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
  domain.upcaster({ event: Deposited, from: 1, to: 2 })(
    class DepositedUpcaster {
      upcast(data: Record<string, unknown>) {
        return data;
      }
    },
  );
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ holder: z.string(), balance: z.number().default(0), tags: z.array(z.string()) }) {
    @apply
    opened({ holder }: Opened): void {
      this.holder = holder;
    }
    @apply
    deposited({ amount }: Deposited): void {
      this.balance += amount;
    }
  }
  return { Opened, Deposited, Account };
}

const context = {} as EventContext;

describe("a projection", () => {
  it("has the options of its decorator, or their defaults", () => {
    const { projections } = modelOf((domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({})
      class Plain extends Projection({ holder: z.string().default(""), accountId: identifier() }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      const indexes = [["holder", "balance"], { fields: ["holder"], unique: true }];
      @domain.projection({ name: "Summary", version: 3, mode: "inline", lane: "screens", indexes })
      class Other extends Projection({
        id: identifier(),
        holder: z.string().default(""),
        balance: decimal().nullish(),
      }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return [Plain, Other];
    });
    const options = [...projections.values()].map(({ name, version, mode, lane, key, indexes, sources }) => {
      return { name, version, mode, lane, key, indexes, sources: sources.map((source) => source.name) };
    });
    expect(options).toEqual([
      {
        name: "Plain",
        version: 1,
        mode: "async",
        lane: "default",
        key: "accountId",
        indexes: [],
        sources: ["Account"],
      },
      {
        name: "Summary",
        version: 3,
        mode: "inline",
        lane: "screens",
        key: "id",
        indexes: [
          { fields: ["holder", "balance"], isUnique: false },
          { fields: ["holder"], isUnique: true },
        ],
        sources: ["Account"],
      },
    ]);
  });

  it("does what its methods say, under every type that an event was ever stored as", () => {
    const { projections } = modelOf((domain) => {
      const { Opened, Deposited } = accounts(domain);
      @domain.projection({})
      class Summary extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
        @on(Opened, { creates: true })
        opened(): void {}
        @on(Deposited, { missing: "ignore" })
        deposited(event: InstanceType<typeof Deposited>): void {
          this.balance += event.amount;
        }
        @on(Deposited)
        @on(Opened)
        touched(): void {}
      }
      return Summary;
    });
    const [model] = [...projections.values()];
    const reactions = [...(model?.reactions ?? [])].map(([type, all]) => [
      type,
      all.map(({ place, creates, missing }) => [place, creates, missing]),
    ]);
    const deposited = [
      ["Summary.deposited", false, "ignore"],
      ["Summary.touched", false, "fail"],
    ];
    expect(Object.fromEntries(reactions)).toEqual({
      "Fidelis.Opened.v1": [
        ["Summary.opened", true, "fail"],
        ["Summary.touched", false, "fail"],
      ],
      "Fidelis.Deposited.v1": deposited,
      "Fidelis.Deposited.v2": deposited,
      "Fidelis.PaidIn.v1": deposited,
      "Fidelis.PaidIn.v2": deposited,
    });
    const row = { balance: 5 };
    model?.reactions.get("Fidelis.Deposited.v2")?.[0]?.apply(row, { amount: 10 }, context);
    expect(row).toEqual({ balance: 15 });
  });

  it("may have its methods in a projector, which is given the row", () => {
    const { projections } = modelOf((domain) => {
      const { Deposited } = accounts(domain);
      @domain.projection({ lane: "screens" })
      class Summary extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {}
      @domain.projector({ for: "Summary", lane: "projectors" })
      class SummaryProjector {
        private readonly factor = 2;
        @on(Deposited, { creates: true })
        deposited(event: InstanceType<typeof Deposited>, row: Summary, _context: EventContext): void {
          row.balance += event.amount * this.factor;
        }
      }
      return SummaryProjector;
    });
    const [model] = [...projections.values()];
    expect([model?.name, model?.lane]).toEqual(["Summary", "projectors"]);
    const [reaction] = model?.reactions.get("Fidelis.Deposited.v2") ?? [];
    const row = { balance: 5 };
    reaction?.apply(row, { amount: 10 }, context);
    expect([reaction?.place, row]).toEqual(["SummaryProjector.deposited", { balance: 25 }]);
  });

  it("may keep the states of an aggregate class, all fields or some", () => {
    const { projections } = modelOf((domain) => {
      const { Account } = accounts(domain);
      domain.projection({ of: Account })(class All extends ProjectionOf(Account) {});
      domain.projection({ of: "Account", only: ["balance"], indexes: [["balance", "version"]] })(
        class Balances extends ProjectionOf(Account) {},
      );
    });
    expect(
      [...projections.values()].map(({ name, key, aggregate, reactions, indexes, sources }) => {
        const { model, only } = aggregate ?? {};
        return [name, key, model?.name, only, reactions.size, indexes, sources.map((source) => source.name)];
      }),
    ).toEqual([
      ["All", "id", "Account", ["holder", "balance", "tags"], 0, [], ["Account"]],
      ["Balances", "id", "Account", ["balance"], 0, [{ fields: ["balance", "version"], isUnique: false }], ["Account"]],
    ]);
  });

  it("may hold value objects and fields that are absent or null", async () => {
    class Money extends ValueObject({ amount: decimal(), currency: z.string() }) {}
    const faults = await faultsOf((domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({})
      class Summary extends Projection({
        id: identifier(),
        money: valueObject(Money).nullish(),
        note: z.string().nullish(),
      }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return Summary;
    });
    expect(faults).toEqual([]);
  });
});

const CASES: readonly Case[] = [
  [
    "rows without a key, with one that may be absent, and with class fields",
    (domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({})
      class Keyless extends Projection({ accountId: z.string() }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projection({})
      class Optional extends Projection({ accountId: identifier().optional() }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projection({})
      class Counting extends Projection({ accountId: identifier() }) {
        count = 0;
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return [Keyless, Optional, Counting];
    },
    [
      'Counting has the field "count" outside of its shape, so it is never stored; declare it in Projection({…})',
      "Keyless has no key: declare the field that its rows are found by with identifier()",
      'the key "accountId" of Optional is in every row: declare it with identifier() alone',
    ],
  ],
  [
    "entities and defaults that differ each time in a row",
    (domain) => {
      const { Opened } = accounts(domain);
      class Signatory extends Entity({ name: z.string() }) {}
      @domain.projection({})
      class Summary extends Projection({
        accountId: identifier(),
        signatories: hasMany(Signatory),
        at: z.date().default(() => new Date()),
      }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return Summary;
    },
    [
      'Summary holds entities in "signatories": a row holds plain values and value objects',
      'Summary has a default for "at" that differs each time; carry the value in an event',
    ],
  ],
  [
    "a projection without methods, and one of which no event creates a row",
    (domain) => {
      const { Opened } = accounts(domain);
      domain.projection({})(class Idle extends Projection({ accountId: identifier() }) {});
      @domain.projection({})
      class Summary extends Projection({ accountId: identifier() }) {
        @on(Opened)
        opened(): void {}
      }
      return Summary;
    },
    [
      "Idle has no methods: mark what events do to its rows with @on, or write a projector for it",
      "no event creates a row of Summary: give one @on { creates: true }",
    ],
  ],
  [
    "an event that is not registered",
    (domain) => {
      const { Opened } = accounts(domain);
      class Closed extends DomainEvent({}) {}
      @domain.projection({})
      class Summary extends Projection({ accountId: identifier() }) {
        @on(Opened, { creates: true })
        opened(): void {}
        @on(Closed)
        closed(): void {}
      }
      return Summary;
    },
    ["Summary.closed takes Closed, which is not a registered event"],
  ],
  [
    "keys that an event lacks, or that hold no text",
    (domain) => {
      const { Opened, Deposited } = accounts(domain);
      @domain.projection({})
      class Summary extends Projection({ partners: identifier() }) {
        @on(Opened, { creates: true })
        opened(): void {}
        @on(Deposited, { key: "acountId" as never })
        deposited(): void {}
        @on(Deposited, { key: "amount" as never })
        depositedAgain(): void {}
      }
      return Summary;
    },
    [
      'Summary.opened takes its key from the field "partners" of Opened, which holds no text; give @on a key',
      'Summary.deposited takes its key from the field "acountId", which Deposited lacks; did you mean "accountId"?',
      'Summary.depositedAgain takes its key from the field "amount" of Deposited, which holds no text; give @on a key',
    ],
  ],
  [
    "wrong options of @on",
    (domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({})
      class Summary extends Projection({ accountId: identifier() }) {
        @on(Opened, { creates: true, missing: "ignore" })
        opened(): void {}
        @on(Opened, wrong({ create: true, missing: "skip", key: 5 }))
        openedAgain(): void {}
      }
      return Summary;
    },
    [
      "@on(Opened) on Summary.opened creates the missing row and ignores the event; choose one",
      '@on(Opened) on Summary.openedAgain has an unknown option "create"; did you mean "creates"?',
      '@on(Opened) on Summary.openedAgain has a bad option "missing": must be "ignore"',
      '@on(Opened) on Summary.openedAgain has a bad option "key": must be the name of a field, or a function of the event',
    ],
  ],
  [
    "projectors beside methods, beside another projector, for nothing, and with arguments",
    (domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({})
      class Summary extends Projection({ accountId: identifier() }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projector({ for: Summary })
      class First {
        @on(Opened)
        opened(): void {}
      }
      @domain.projector({ for: Summary })
      class Second {
        @on(Opened)
        opened(): void {}
      }
      @domain.projector({ for: "Sumary" })
      class Third {
        @on(Opened)
        opened(): void {}
      }
      domain.projection({})(class Detail extends Projection({ accountId: identifier() }) {});
      class Needy {
        constructor(readonly clock: () => Date) {}
        opened(): void {}
      }
      on(Opened, { creates: true })(Needy.prototype, "opened", {} as any);
      domain.projector({ for: "Detail" })(Needy as never);
      return [First, Second, Third];
    },
    [
      'Third is for "Sumary", which is not a registered projection; did you mean "Summary"?',
      "Summary has two projectors, First and Second; put their methods into one",
      "Summary has @on methods and the projector First; put all methods into one of the two",
      "Needy takes arguments, which nothing gives it: a projector only folds, so it needs nothing else",
    ],
  ],
  [
    "projections of an aggregate class that do not fit it",
    (domain) => {
      const { Opened, Account } = accounts(domain);
      class Other extends Aggregate({}) {}
      domain.projection({ of: Account })(class Plain extends Projection({ id: identifier() }) {});
      domain.projection({ of: "Acount" })(class Misspelt extends ProjectionOf(Account) {});
      domain.projection({ of: Account })(class Unregistered extends ProjectionOf(Other) {});
      domain.aggregate({ eventSourced: true })(class Till extends Aggregate({}) {});
      domain.projection({ of: "Till" })(class Mixed extends ProjectionOf(Account) {});
      @domain.projection({ of: Account, only: ["balanse"] })
      class Methods extends ProjectionOf(Account) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return Methods;
    },
    [
      'Misspelt keeps the states of "Acount", which is not a registered aggregate; did you mean "Account"?',
      'Plain has the option "of" but does not extend ProjectionOf(…)',
      "Plain has no methods: mark what events do to its rows with @on, or write a projector for it",
      "Unregistered extends ProjectionOf(Other), which is not a registered aggregate",
      'Mixed extends ProjectionOf(Account), but its option "of" is "Till"',
      'Methods keeps only "balanse", which Account has no field for; did you mean "balance"?',
      "@on on Methods.opened does not belong in a class that extends ProjectionOf(…): the aggregate's own @apply methods fold its rows",
    ],
  ],
  [
    "the states of an aggregate class that its events cannot rebuild",
    (domain) => {
      @domain.aggregate()
      class Customer extends Aggregate({ name: z.string() }) {}
      domain.projection({ of: Customer })(class Customers extends ProjectionOf(Customer) {});
      @domain.aggregate({ stored: "both", truth: "state", factEvents: true })
      class Supplier extends Aggregate({ name: z.string() }) {}
      domain.projection({ of: Supplier })(class Suppliers extends ProjectionOf(Supplier) {});
      @domain.aggregate({ stored: "both", truth: "events" })
      class Till extends Aggregate({ name: z.string() }) {}
      domain.projection({ of: Till })(class Tills extends ProjectionOf(Till) {});
    },
    [
      "Customers extends ProjectionOf(Customer), whose events cannot rebuild its state; query its table with repository.where(…), or write a projection with @on methods",
      "Suppliers extends ProjectionOf(Supplier), whose events cannot rebuild its state; query its table with repository.where(…), or write a projection with @on methods",
    ],
  ],
  [
    "the entities of an aggregate class",
    (domain) => {
      class Signatory extends Entity({ name: z.string() }) {}
      class Opened extends DomainEvent({}) {}
      class Company extends Aggregate({ name: z.string().default(""), signatories: hasMany(Signatory) }) {
        @apply(Opened)
        opened(): void {}
      }
      domain.event({ partOf: Company })(Opened);
      domain.aggregate({ eventSourced: true })(Company);
      domain.projection({ of: Company })(class Everything extends ProjectionOf(Company) {});
      domain.projection({ of: Company, only: ["name"] })(class Names extends ProjectionOf(Company) {});
    },
    [
      'Everything would keep the entities in "signatories" of Company, which no row can hold; leave the field out with only: […]',
    ],
  ],
  [
    "indexes of fields that there are not, or that are stored as JSON",
    (domain) => {
      const { Opened } = accounts(domain);
      @domain.projection({ indexes: [["blance"], ["tags"], { fields: ["balance", "balance"], unique: true }] })
      class Summary extends Projection({
        accountId: identifier(),
        balance: z.number().default(0),
        tags: z.array(z.string()).default([]),
      }) {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return Summary;
    },
    [
      'an index of Summary names "blance", which its rows have no field for; did you mean "balance"?',
      'an index of Summary names "tags", which is stored as JSON; keep what is searched for in a field of its own',
      "an index of Summary names a field twice",
    ],
  ],
  [
    "two classes of one version, and names that stand for several versions",
    (domain) => {
      const { Opened } = accounts(domain);
      const rows = () => Projection({ accountId: identifier(), holder: z.string().default("") });
      @domain.projection({ name: "Summary" })
      class SummaryOne extends rows() {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projection({ name: "Summary", version: 1 })
      class SummaryToo extends rows() {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projection({ name: "Holder", version: 3 })
      class HolderThree extends rows() {}
      @domain.projection({ name: "Holder", version: 4 })
      class HolderFour extends rows() {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      @domain.projector({ for: "Holder" })
      class HolderProjector {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      return [SummaryOne, SummaryToo, HolderThree, HolderFour, HolderProjector];
    },
    [
      'HolderProjector is for "Holder", which is the name of HolderThree and of HolderFour; write the class itself',
      "SummaryOne and SummaryToo are both version 1 of Summary; give one another version, or another name",
    ],
  ],
];

it("may be there in several versions", () => {
  const model = modelOf((domain) => {
    const { Opened } = accounts(domain);
    @domain.projection({ name: "Summary" })
    class SummaryOne extends Projection({ accountId: identifier() }) {
      @on(Opened, { creates: true })
      opened(): void {}
    }
    @domain.projection({ version: 2 })
    class Summary extends Projection({ accountId: identifier(), holder: z.string().default("") }) {
      @on(Opened, { creates: true })
      opened(): void {}
    }
    return [SummaryOne, Summary];
  });
  const found = Array.from(model.projections.values(), ({ name, version, type }) => [name, version, type.name]);
  expect(found).toEqual([
    ["Summary", 1, "SummaryOne"],
    ["Summary", 2, "Summary"],
  ]);
});

describe("the compilation of projections", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
