import { z } from "zod";

import {
  Aggregate,
  type AggregateOptions,
  apply,
  type Domain,
  DomainEvent,
  ValueObject,
  valueObject,
} from "../../src/index";
import type { AggregateStorage } from "../../src/model/aggregate-storage";
import { type Case, faultsOf, modelOf, wrong } from "./faults-of";

const FIELDS = {
  email: z.string(),
  country: z.string(),
  taxId: z.string().optional(),
  status: z.enum(["NEW", "OLD"]).default("NEW"),
};

function storageOf(options: AggregateOptions | undefined, ...constraints: [object?]): AggregateStorage {
  const { aggregates } = modelOf((domain) => {
    domain.aggregate(options)(class Customer extends Aggregate(FIELDS, ...(constraints as [])) {});
  });
  return [...aggregates.values()][0]?.storage as AggregateStorage;
}

const NOTHING = { keepEventsMs: undefined, indexes: [], unique: [], opening: undefined };

describe("how the aggregates of a class are stored", () => {
  it.each([
    [undefined, { stored: "state", truth: "state" }],
    [{}, { stored: "state", truth: "state" }],
    [{ stored: "state" }, { stored: "state", truth: "state" }],
    [
      { stored: "state", keepEvents: "90d" },
      { stored: "state", truth: "state", keepEventsMs: 7_776_000_000 },
    ],
    [
      { stored: "both", truth: "state" },
      { stored: "both", truth: "state" },
    ],
    [
      { stored: "both", truth: "events" },
      { stored: "both", truth: "events" },
    ],
    [{ stored: "events" }, { stored: "events", truth: "events" }],
    [{ eventSourced: true }, { stored: "events", truth: "events" }],
    [
      { eventSourced: true, stored: "events" },
      { stored: "events", truth: "events" },
    ],
  ] as const)("is said by %j", (options, expected) => {
    expect(storageOf(options)).toEqual({ ...NOTHING, ...expected });
  });

  it("keeps the function that makes an opening event", () => {
    const opening = () => new (class Opened extends DomainEvent({}) {})();
    expect(storageOf({ stored: "events", opening })).toEqual({
      ...NOTHING,
      stored: "events",
      truth: "events",
      opening,
    });
  });
});

describe("the constraints of an aggregate class", () => {
  it("are its indexes, the unique ones among them; a field alone is a list of one", () => {
    const constraints = { unique: ["email", ["country", "taxId"]], indexes: [["status", "country"], "country"] };
    expect(storageOf({}, constraints)).toMatchObject({
      unique: [["email"], ["country", "taxId"]],
      indexes: [
        { fields: ["email"], isUnique: true },
        { fields: ["country", "taxId"], isUnique: true },
        { fields: ["status", "country"], isUnique: false },
        { fields: ["country"], isUnique: false },
      ],
    });
  });

  it("are unique values without an index where it has no table", () => {
    expect(storageOf({ eventSourced: true }, { unique: ["email"] })).toMatchObject({
      unique: [["email"]],
      indexes: [],
    });
  });

  it("belong to every class that is made of the shape", () => {
    const Base = Aggregate(FIELDS, { unique: ["email"] });
    const { aggregates } = modelOf((domain) => {
      domain.aggregate()(class Customer extends Base {});
      domain.aggregate()(class Supplier extends Base {});
    });
    expect([...aggregates.values()].map(({ storage }) => storage.unique)).toEqual([[["email"]], [["email"]]]);
  });
});

const declare = (domain: Domain, options: object, constraints: object = {}) => {
  domain.aggregate(wrong(options))(class Customer extends Aggregate(FIELDS, wrong(constraints)) {});
};

const LISTS = 'a list of fields, or of lists of fields, such as ["email", ["country", "taxId"]]';

const CASES: readonly Case[] = [
  [
    "another way of storing",
    (domain) => declare(domain, { stored: "rows" }),
    ['Customer has a bad option "stored": must be "events", "state" or "both"'],
  ],
  [
    "two ways of storing",
    (domain) => declare(domain, { eventSourced: true, stored: "state", keepEvents: "1d" }),
    ['Customer has the options "eventSourced" and "stored": "state", of which it takes one'],
  ],
  [
    "both without what is right",
    (domain) => declare(domain, { stored: "both" }),
    ['Customer needs the option "truth": "events" or "state", which of the two is right where they differ'],
  ],
  [
    "another truth",
    (domain) => declare(domain, { stored: "both", truth: "rows" }),
    ['Customer has a bad option "truth": must be "events" or "state"'],
  ],
  [
    "options of other ways, of an aggregate that is stored as its state",
    (domain) =>
      declare(domain, { truth: "state", snapshot: { threshold: 5 }, opening: () => undefined, keepEvents: "long" }),
    [
      'Customer has a bad option "keepEvents": must be a duration such as "30s", "15m", "1h" or "2d"',
      'Customer has the option "truth", but it is stored as its state, which is right: it goes with stored: "both"',
      'Customer has the option "snapshot", but it is stored as its state, so that no load folds events',
      'Customer has the option "opening", but it is stored as its state: it goes with stored: "events"',
    ],
  ],
  [
    "options of other ways, of an event-sourced aggregate",
    (domain) => declare(domain, { eventSourced: true, truth: "events", keepEvents: "90d", opening: "Opened" }),
    [
      'Customer has a bad option "opening": must be a function that makes an event',
      'Customer has the option "truth", but it is stored as events alone: it goes with stored: "both"',
      'Customer has the option "keepEvents", but its events are its state: it goes with stored: "state"',
    ],
  ],
  [
    "options of other ways, of an aggregate that is stored as both",
    (domain) =>
      declare(domain, {
        stored: "both",
        truth: "events",
        keepEvents: "90d",
        snapshot: { threshold: 5 },
        opening: () => undefined,
      }),
    [
      'Customer has the option "keepEvents", but all of its events are kept: it goes with stored: "state"',
      'Customer has the option "snapshot", but its loads read its row and fold no events',
      'Customer has the option "opening", but it has its events already: it goes with stored: "events"',
    ],
  ],
  [
    "fields that it has not, that have parts, or that are named twice",
    (domain) => {
      class Money extends ValueObject({ cents: z.number() }) {}
      domain.aggregate()(
        class Order extends Aggregate(
          { total: valueObject(Money), tags: z.array(z.string()), place: z.string() },
          wrong({ unique: ["plaec", "total"], indexes: [["tags", "place"], ["place", "place"], "id"] }),
        ) {},
      );
    },
    [
      'Order: unique ["plaec"] names "plaec", which is no field of it; did you mean "place"?',
      'Order: unique ["total"] names "total", which has parts; keep what is searched for in a field of its own',
      'Order: indexes ["tags", "place"] names "tags", which has parts; keep what is searched for in a field of its own',
      'Order: indexes ["place", "place"] names a field twice',
      'Order: indexes ["id"] names "id", which is no field of it',
    ],
  ],
  [
    "an index that is declared twice",
    (domain) => declare(domain, {}, { unique: ["email", ["email"]], indexes: ["email", "country"] }),
    ['Customer: unique ["email"] is declared twice', 'Customer: indexes ["email"] is declared twice'],
  ],
  [
    "indexes without a table",
    (domain) => declare(domain, { eventSourced: true }, { indexes: ["email"] }),
    ["Customer declares indexes, but it is stored as events alone, so that it has no table"],
  ],
  [
    "constraints that are no lists, and unknown ones",
    (domain) => {
      declare(domain, {}, { unique: "email", indexes: [5, []], uniqe: ["email"] });
    },
    [
      'Customer declares an unknown constraint "uniqe"; did you mean "unique"?',
      `Customer declares unique as "email": it must be ${LISTS}`,
      `Customer declares indexes with 5: it must be ${LISTS}`,
      `Customer declares indexes with an array: it must be ${LISTS}`,
    ],
  ],
  [
    "constraints that are no object",
    (domain) => declare(domain, {}, ["email"]),
    ['Customer declares an array as constraints: write { unique: ["email"] } behind its fields'],
  ],
];

describe("the storage of aggregates", () => {
  it.each(CASES)("is refused with %s", async (_, declaration, faults) => {
    expect(await faultsOf(declaration)).toEqual(faults);
  });

  it("is refused where another domain stores the class in another way", async () => {
    class Customer extends Aggregate({}) {}
    await faultsOf((domain) => domain.aggregate()(Customer));
    expect(await faultsOf((domain) => domain.aggregate({ eventSourced: true })(Customer))).toEqual([
      "Customer is declared twice, with other options: no two domains can store its aggregates in two ways",
    ]);
  });
});

describe("an open aggregate", () => {
  const events = (domain: Domain, options: AggregateOptions) => {
    @domain.event({ partOf: "Customer" })
    class Joined extends DomainEvent({}) {}
    @domain.event({ partOf: "Customer" })
    class Left extends DomainEvent({}) {}
    @domain.aggregate(options)
    class Customer extends Aggregate({ isGone: z.boolean().default(false) }) {
      @apply(Left)
      onLeft(_event: Left): void {
        this.isGone = true;
      }
    }
    return [Joined, Customer];
  };

  it.each([{}, { stored: "both", truth: "state" }] as const)(
    "needs no @apply method for its events: %j",
    async (options) => {
      expect(await faultsOf((domain) => events(domain, options))).toEqual([]);
    },
  );

  it("needs them where its events are the truth", async () => {
    expect(await faultsOf((domain) => events(domain, { stored: "both", truth: "events" }))).toEqual([
      "Customer has no @apply method for its event Joined",
    ]);
  });

  it("must not fold events of others", async () => {
    const declaration = (domain: Domain) => {
      class Paid extends DomainEvent({}) {}
      @domain.aggregate()
      class Customer extends Aggregate({}) {
        @apply(Paid)
        onPaid(_event: Paid): void {}
      }
      return Customer;
    };
    expect(await faultsOf(declaration)).toEqual([
      "Customer.onPaid applies Paid, which is not a registered event of Customer",
    ]);
  });

  it("must not keep state in private fields, which no row holds; a getter may keep what it has worked out", async () => {
    const declaration = (domain: Domain) => {
      @domain.aggregate()
      class Customer extends Aggregate({ name: z.string().default("") }) {
        // biome-ignore lint/correctness/noUnusedPrivateClassMembers: a field that is only written is the fault
        #visits = 0;
        #initials: string | undefined;

        visit(): void {
          this.#visits++;
        }

        get initials(): string {
          this.#initials ??= this.name.slice(0, 1);
          return this.#initials;
        }
      }
      return Customer;
    };
    expect(await faultsOf(declaration)).toEqual([
      "Customer.visit writes the private field #visits, which no row can hold; declare it in Aggregate({…})",
    ]);
  });

  it("must not have fields besides its shape, or defaults that differ each time", async () => {
    const declaration = (domain: Domain) => {
      @domain.aggregate()
      class Customer extends Aggregate({ joined: z.date().default(() => new Date()), code: z.number().default(0) }) {
        visits = 0;

        constructor() {
          super();
          this.code = Math.random();
        }
      }
      return Customer;
    };
    expect(await faultsOf(declaration)).toEqual([
      'Customer has a default for "joined" that differs each time; assign it in the method that makes the aggregate',
      'Customer has the field "visits" outside of its shape, so it is never stored; declare it in Aggregate({…})',
      'Customer sets "code" to a value that differs each time it is made; assign it in the method that makes the aggregate',
    ]);
  });
});
