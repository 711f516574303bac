import { z } from "zod";

import {
  Aggregate,
  type Decimal,
  decimal,
  Entity,
  hasMany,
  type Page,
  type Repository,
  type SelectedAggregates,
  status,
  ValueObject,
  valueObject,
} from "../../src/index";

class Address extends ValueObject({ city: z.string() }) {}
class Contact extends Entity({ phone: z.string() }) {}

class Customer extends Aggregate({
  name: z.string(),
  email: z.string().optional(),
  visits: z.number().default(0),
  state: status({ transitions: { ACTIVE: ["CLOSED"], CLOSED: [] } }),
  isVip: z.boolean(),
  since: z.date().nullable(),
  credit: decimal(),
  points: z.bigint(),
  address: valueObject(Address),
  contacts: hasMany(Contact),
  tags: z.array(z.string()),
}) {
  readonly greeting = "Hello";

  get label(): string {
    return `${this.name} ${this.version}`;
  }

  rename(name: string): void {
    this.name = name;
  }
}

class Supplier extends Aggregate({ name: z.string() }) {}

declare const suppliers: Repository<Supplier>;
declare const customers: Repository<Customer>;
declare const selected: SelectedAggregates<Customer>;
declare const credit: Decimal;

export const sound: SelectedAggregates<Customer> = customers
  .where("name", "startsWith", "A")
  .where("id", ">", "c-1")
  .where("id", "in", ["c-1", "c-2"])
  .where("email", "=", undefined)
  .where("email", "in", [null, "ada@example.org"])
  .where("visits", ">=", 5)
  .where("state", "=", "ACTIVE")
  .where("isVip", "!=", true)
  .where("since", "<", new Date())
  .where("since", "=", null)
  .where("credit", "<=", credit)
  .where("points", ">", 5n)
  .where("address", "!=", null)
  .where("tags", "=", null)
  .where("contacts", "!=", undefined)
  .orderBy("visits", "desc")
  .orderBy("id")
  .limit(5);

export const ordered: SelectedAggregates<Customer> = customers.orderBy("name", "desc");
export const limited: SelectedAggregates<Customer> = customers.limit(5);
export const all: Promise<readonly Customer[]> = customers.all();
export const first: Promise<Customer | undefined> = sound.first();
export const page: Promise<Page<Customer>> = customers.page({ size: 10 });
export const streamed: AsyncIterable<Customer> = sound.stream();
export const counted: Promise<number> = sound.count();

// @ts-expect-error there is no such field
customers.where("nam", "=", "Ada");
// @ts-expect-error a getter is not stored
customers.where("label", "=", "Ada 1");
// @ts-expect-error a field of the class alone is not stored
customers.where("greeting", "=", "Hello");
// @ts-expect-error a method is not stored
customers.where("rename", "!=", null);
// @ts-expect-error the version is not a field
customers.where("version", ">", 1);
// @ts-expect-error a number is compared with numbers
customers.where("visits", "=", "5");
// @ts-expect-error only texts start with something
customers.where("visits", "startsWith", 5);
// @ts-expect-error the status has no such value
customers.where("state", "=", "OPEN");
// @ts-expect-error a field that is always there is never null
customers.where("name", "=", null);
// @ts-expect-error booleans have no order
customers.where("isVip", "<", true);
// @ts-expect-error dates are compared with dates
customers.where("since", "<", "2020");
// @ts-expect-error a list takes a list of values
customers.where("id", "in", "c-1");
// @ts-expect-error there is no such operator
customers.where("name", "like", "A%");
// @ts-expect-error a value object is JSON in the store, which is compared with null only
customers.where("address", "=", new Address({ city: "Rome" }));
// @ts-expect-error entities are JSON in the store, which has no order
customers.where("contacts", ">", []);
// @ts-expect-error there is no such field
customers.orderBy("label");
// @ts-expect-error there is no such direction
customers.orderBy("name", "down");
// @ts-expect-error the same holds for what was selected
selected.where("nam", "=", "Ada");
// @ts-expect-error the same holds for what was selected
selected.orderBy("label");
// @ts-expect-error a selection of suppliers gives no customers
export const others: Promise<readonly Customer[]> = suppliers.all();
