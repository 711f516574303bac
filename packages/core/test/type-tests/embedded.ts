import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  type EntityCollection,
  entity,
  hasMany,
  hasOne,
  identifier,
  invariant,
  ValueObject,
  valueObject,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("fidelis");

@domain.valueObject({ partOf: "Account" })
class Money extends ValueObject({
  currency: z.enum(["EUR", "USD"]),
  amount: z.number(),
  note: z.string().default(""),
}) {
  @invariant.post
  notNegative(): void {
    // @ts-expect-error: a number is no string
    const wrong: string = this.amount;
    // @ts-expect-error: a value object never changes
    this.amount = 5;
    void wrong;
  }

  plus(other: Money): Money {
    return this.with({ amount: this.amount + other.amount });
  }
}

@valueObject({})
class Period extends ValueObject({ from: z.date(), to: z.date().optional() }) {}

@domain.entity({ partOf: "Account" })
class Address extends Entity({ city: z.string() }) {}

@entity({ partOf: Address })
class Signatory extends Entity({
  name: z.string().min(1),
  limit: valueObject(Money).optional(),
  periods: z.array(valueObject(Period)).default([]),
  homes: hasMany(Address),
}) {
  rename(name: string): void {
    this.name = name;
    // @ts-expect-error: an id is given once
    this.id = name;
    // @ts-expect-error: a string is no number
    this.name = 5;
  }
}

class Opened extends DomainEvent({
  accountId: identifier(),
  deposit: valueObject(Money),
  signatory: entity(Signatory),
  more: hasMany(Signatory),
}) {}

@domain.aggregate({ eventSourced: true })
class Account extends Aggregate({
  balance: valueObject(Money),
  cap: valueObject(Money).nullable().default(null),
  address: hasOne(Address),
  signatories: hasMany(Signatory),
}) {
  @apply(Opened)
  onOpened(event: Opened): void {
    this.balance = event.deposit;
    this.signatories.add(event.signatory);
    this.signatories = event.more;
    this.address = undefined;
    this.address = new Address({ city: "Rome" });
    // @ts-expect-error: an instance, not what it is made of
    this.balance = { currency: "EUR", amount: 5, note: "" };
    // @ts-expect-error: of another class
    this.address = event.signatory;
    // @ts-expect-error: of another class
    this.signatories.add(new Address({ city: "Rome" }));
    // @ts-expect-error: a collection, not an array
    this.signatories = [];
  }
}

// What they are made of.
const money = new Money({ currency: "EUR", amount: 5 });
new Period({ from: new Date() });
new Signatory({ name: "Ann" });
new Signatory({ id: "s-1", name: "Ann", limit: money, homes: [{ city: "Rome" }, new Address({ city: "Bonn" })] });
new Signatory({ name: "Ann", limit: { currency: "EUR", amount: 5 }, periods: [{ from: new Date() }] });
new Opened({ accountId: "1", deposit: { currency: "EUR", amount: 5 }, signatory: { name: "Ann" } });
new Opened({ accountId: "1", deposit: money, signatory: new Signatory({ name: "Ann" }), more: [{ name: "Bob" }] });
// @ts-expect-error: a missing field
new Money({ currency: "EUR" });
// @ts-expect-error: no such currency
new Money({ currency: "GBP", amount: 5 });
// @ts-expect-error: a misspelt field
new Money({ currency: "EUR", amuont: 5 });
// @ts-expect-error: a field is required
new Signatory();
// @ts-expect-error: an id is a string
new Signatory({ id: 5, name: "Ann" });
// @ts-expect-error: a wrong value deep inside
new Signatory({ name: "Ann", limit: { currency: "EUR", amount: "5" } });
// @ts-expect-error: a missing field of an entity
new Opened({ accountId: "1", deposit: money, signatory: {} });
// @ts-expect-error: of another class
new Opened({ accountId: "1", deposit: new Period({ from: new Date() }), signatory: { name: "Ann" } });

// What they give.
const [currency, note]: ["EUR" | "USD", string] = [money.currency, money.note];
const sum: Money = money.plus(money).with({ note: "sum" });
const isSame: boolean = money.equals(sum);
const plainAmount: number = money.toJSON().amount;
const opened = new Opened({ accountId: "1", deposit: money, signatory: { name: "Ann" } });
const homes: EntityCollection<Address> = opened.signatory.homes;
opened.deposit.plus(money);
// @ts-expect-error: no such field to change
money.with({ amuont: 5 });
// @ts-expect-error: a wrong value
money.with({ amount: "5" });
// @ts-expect-error: not a method of its values
money.toJSON().plus(money);

const account = Account.createNew();
const added: Signatory = account.signatories.add({ name: "Ann" });
const found: Signatory | undefined = account.signatories.find(({ name }) => name === "Ann");
const names: string[] = account.signatories.map(({ name }) => name);
const ids: string[] = [...account.signatories].map(({ id }) => id);
const city: string | undefined = account.address?.city;
const cap: number | undefined = account.cap?.amount;
const plainName: string = account.signatories.get("s-1").toJSON().name;
account.signatories.get("s-1").homes.get("a-1").city.length;
account.signatories.remove(added);
account.signatories.filter(({ limit }) => limit?.currency === "EUR").length;
// @ts-expect-error: there may be none
account.address.city;
// @ts-expect-error: a missing field
account.signatories.add({ id: "s-1" });
// @ts-expect-error: a misspelt field
account.signatories.add({ nmae: "Ann" });
// @ts-expect-error: an entity of another class
account.signatories.add(new Address({ city: "Rome" }));
// @ts-expect-error: neither an entity nor an id
account.signatories.remove(5);
// @ts-expect-error: a collection is no array
account.signatories.push(added);
// @ts-expect-error: an array is no collection
account.signatories = [added];
// @ts-expect-error: an id stays
added.id = "s-2";
// @ts-expect-error: a value object never changes
money.amount = 6;
// @ts-expect-error: not a field of an entity
account.signatories.get("s-1").nmae;
// @ts-expect-error: an id is a string
account.signatories.get(5);

// @ts-expect-error: an unknown option
domain.entity({ part: "Account" });
// @ts-expect-error: not an entity
domain.entity({ partOf: "Account" })(Money);
// @ts-expect-error: not a value object
domain.valueObject({})(Signatory);
// @ts-expect-error: not a value object
valueObject(Signatory);
// @ts-expect-error: not an entity
hasMany(Money);
// @ts-expect-error: not an entity
hasOne(Money);
void [currency, note, isSame, plainAmount, homes, found, names, ids, city, cap, plainName];
