import { Aggregate, type AggregateOptions, aggregate, apply, Domain, DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("shop");

@domain.event({ partOf: "Customer" })
class Moved extends DomainEvent({ customerId: identifier(), city: z.string() }) {}

// How aggregates are stored.
@domain.aggregate()
class Plain extends Aggregate({}) {}
@aggregate()
class Marked extends Aggregate({}) {}
@domain.aggregate({ stored: "state", keepEvents: "90d", schemaVersion: 2, factEvents: true, skipEvents: ["Left"] })
class Kept extends Aggregate({}) {}
@domain.aggregate({ stored: "both", truth: "events", name: "Till" })
class Both extends Aggregate({}) {}
@domain.aggregate({
  stored: "events",
  snapshot: { threshold: 5 },
  opening: ({ city }) => new Moved({ customerId: "c", city }),
})
class Converted extends Aggregate({}) {}
const options: readonly AggregateOptions[] = [
  {},
  { eventSourced: true },
  { eventSourced: true, stored: "events" },
  { stored: "both", truth: "state" },
];

// @ts-expect-error: another way
@domain.aggregate({ stored: "rows" })
class Rows extends Aggregate({}) {}
// @ts-expect-error: both needs what is right
@domain.aggregate({ stored: "both" })
class Undecided extends Aggregate({}) {}
// @ts-expect-error: a truth goes with both
@domain.aggregate({ stored: "state", truth: "state" })
class Sure extends Aggregate({}) {}
// @ts-expect-error: two ways
@domain.aggregate({ eventSourced: true, stored: "state" })
class Twofold extends Aggregate({}) {}
// @ts-expect-error: its events are its state
@domain.aggregate({ eventSourced: true, keepEvents: "90d" })
class Forgetful extends Aggregate({}) {}
// @ts-expect-error: all of its events are kept
@domain.aggregate({ stored: "both", truth: "state", keepEvents: "90d" })
class Hoarding extends Aggregate({}) {}
// @ts-expect-error: its loads fold no events
@domain.aggregate({ stored: "state", snapshot: { threshold: 5 } })
class Photographed extends Aggregate({}) {}
// @ts-expect-error: nothing that makes an event
@domain.aggregate({ stored: "events", opening: () => 5 })
class Closed extends Aggregate({}) {}
// @ts-expect-error: decorators are called
@domain.aggregate
class Bare extends Aggregate({}) {}

// Constraints name the fields of the shape.
@domain.aggregate()
class Customer extends Aggregate(
  { email: z.string(), country: z.string(), taxId: z.string().optional(), city: z.string().default("") },
  { unique: ["email", ["country", "taxId"]], indexes: [["city", "country"], "city"] },
) {
  moveTo(city: string): void {
    this.city = city;
    this.raise(new Moved({ customerId: this.id, city }));
  }

  @apply(Moved)
  onMoved({ city }: Moved): void {
    this.city = city;
  }
}
const FIELDS = { email: z.string() };
const UNIQUE = { unique: ["email"] } as const;
class Shared extends Aggregate(FIELDS, UNIQUE) {}
class Without extends Aggregate(FIELDS, {}) {}
// @ts-expect-error: a misspelt field
Aggregate({ email: z.string() }, { unique: ["emial"] });
// @ts-expect-error: a misspelt field of a list
Aggregate({ email: z.string(), city: z.string() }, { unique: [["city", "emial"]] });
// @ts-expect-error: a misspelt field of an index
Aggregate({ email: z.string() }, { indexes: ["emial"] });
// @ts-expect-error: the id is unique as it is
Aggregate({ email: z.string() }, { unique: ["id"] });
// @ts-expect-error: a misspelt constraint
Aggregate({ email: z.string() }, { uniqe: ["email"] });
// @ts-expect-error: no list
Aggregate({ email: z.string() }, { unique: "email" });

// Fields have their types.
const customer = Customer.createNew();
customer.city = "Oslo";
customer.taxId = "5";
delete customer.taxId;
const email: string = customer.email;
// @ts-expect-error: another type
customer.city = 5;
// @ts-expect-error: not a field
customer.town = "Oslo";
// @ts-expect-error: the id never changes
customer.id = "c-2";
// @ts-expect-error: not an event
customer.raise({ city: "Oslo" });

export {
  Bare,
  Both,
  Closed,
  Converted,
  email,
  Forgetful,
  Hoarding,
  Kept,
  Marked,
  options,
  Photographed,
  Plain,
  Rows,
  Shared,
  Sure,
  Twofold,
  Undecided,
  Without,
};
