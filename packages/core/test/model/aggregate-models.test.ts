import { z } from "zod";

import { Aggregate, apply, DomainEvent } from "../../src/index";
import { type Case, faultsOf, sound } from "./faults-of";

const CASES: readonly Case[] = [
  [
    "two @apply for one event",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        onFilled(_event: Filled): void {}
        @apply
        alsoOnFilled(_event: Filled): void {}
      }
      return Till;
    },
    ["Till applies Filled twice, in onFilled and in alsoOnFilled"],
  ],
  [
    "an event without @apply",
    (domain) => {
      const { Account } = sound(domain);
      domain.event({ partOf: Account })(class Closed extends DomainEvent({}) {});
    },
    ["Account has no @apply method for its event Closed"],
  ],
  [
    "@apply for an event that is not registered, or belongs to another aggregate",
    (domain) => {
      const { Opened } = sound(domain);
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        onFilled(_event: Filled): void {}
        @apply(Opened)
        onOpened(_event: InstanceType<typeof Opened>): void {}
      }
      return Till;
    },
    [
      "Till.onFilled applies Filled, which is not a registered event of Till",
      "Till.onOpened applies Opened, which is part of Account: an event is part of one aggregate, so declare an event for each",
    ],
  ],
  [
    "a constructor that fails",
    (domain) => {
      class Till extends Aggregate({}) {
        constructor() {
          super();
          throw new Error("no coins");
        }
      }
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["Till cannot be made without arguments: no coins"],
  ],
  [
    "a field outside of the shape",
    (domain) => {
      class Till extends Aggregate({ cents: z.number().default(0) }) {
        drawer = "closed";
      }
      domain.aggregate({ eventSourced: true })(Till);
    },
    ['Till has the field "drawer" outside of its shape, so it is never stored; declare it in Aggregate({…})'],
  ],
  [
    "a default that reads the clock or draws a random id",
    (domain) => {
      class Till extends Aggregate({
        at: z.date().default(() => new Date()),
        ms: z.number().default(() => Date.now()),
        id2: z.string().default(() => String(Math.random())),
        nested: z.object({ at: z.date().default(() => new Date()) }).prefault({}),
        fixed: z.date().default(new Date(0)),
      }) {}
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["at", "ms", "id2", "nested"].map(
      (field) => `Till has a default for "${field}" that differs each time; carry the value in an event`,
    ),
  ],
  [
    "a constructor or an initialiser that reads the clock or draws a random value",
    (domain) => {
      class Till extends Aggregate({ at: z.date(), ms: z.number(), code: z.string(), fixed: z.number() }) {
        constructor() {
          super();
          Object.assign(this, { at: new Date(), ms: Date.now(), code: String(Math.random()), fixed: 7 });
        }
      }
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["at", "ms", "code"].map(
      (field) => `Till sets "${field}" to a value that differs each time it is made; carry the value in an event`,
    ),
  ],
  [
    "an @apply method that two aggregates inherit",
    (domain) => {
      class Closed extends DomainEvent({}) {}
      domain.event({ partOf: "Till" })(Closed);
      const base = () => {
        class Closable extends Aggregate({ cents: z.number().default(0) }) {
          onClosed(_event: Closed): void {}
        }
        apply(Closed)(Closable.prototype, "onClosed", Object.getOwnPropertyDescriptor(Closable.prototype, "onClosed")!);
        return Closable;
      };
      const Closable = base();
      domain.aggregate({ eventSourced: true })(class Till extends Closable {});
      domain.aggregate({ eventSourced: true })(class Safe extends Closable {});
    },
    [
      "Safe.onClosed applies Closed, which is part of Till: an event is part of one aggregate, so declare an event for each",
    ],
  ],
  [
    "@apply methods that write private fields",
    (domain) => {
      class Paid extends DomainEvent({ cents: z.number() }) {}
      domain.event({ partOf: "Till" })(Paid);
      class Till extends Aggregate({ cents: z.number().default(0) }) {
        #count = 0;
        get count() {
          return this.#count;
        }
        onPaid({ cents }: Paid): void {
          this.cents += cents;
          this.#count++;
        }
      }
      apply(Paid)(Till.prototype, "onPaid", Object.getOwnPropertyDescriptor(Till.prototype, "onPaid")!);
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["Till.onPaid writes the private field #count, which no snapshot can hold; declare it in Aggregate({…})"],
  ],
  [
    "two aggregates with the same streams",
    (domain) => {
      domain.aggregate({ eventSourced: true })(class User extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true })(class user extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true, name: "HTTPClient" })(class First extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true })(class HttpClient extends Aggregate({}) {});
    },
    [
      "User and user share the streams fidelis::user-…; give one another name",
      "HTTPClient and HttpClient share the streams fidelis::http_client-…; give one another name",
    ],
  ],
];

describe("the compilation of aggregates", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
