import { tmpdir } from "node:os";

import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  EntityCollection,
  entity,
  hasMany,
  hasOne,
  IncorrectUsageError,
  ValueObject,
  valueObject,
} from "../../src/index";
import type { AggregateModel } from "../../src/model/aggregate-model";
import { storedState } from "../../src/snapshots/stored-state";
import { stateDifferences } from "../../src/snapshots/upkeep/state-differences";
import {
  Account,
  Address,
  companyAccounts,
  Deposited,
  fullAccount,
  Limit,
  Money,
  Opened,
  Period,
  Signatory,
  SignatoryAdded,
  SignatoryRenamed,
} from "../fixtures/company-account";
import { messagesOf } from "../fixtures/messages-of";

const eur = (amount: number) => new Money({ currency: "EUR", amount });

describe("an aggregate with entities and value objects", () => {
  it.each([
    ["its events", false],
    ["a snapshot", true],
  ])("comes back from %s with real instances at any depth", async (_, withSnapshot) => {
    const { domain, accounts } = await companyAccounts({ config: { snapshot_threshold: 0 } });
    const account = fullAccount("1");
    await accounts.add(account);
    if (withSnapshot) await domain.createSnapshot(account);
    const loaded = await accounts.get("1");
    expect(loaded.toJSON()).toEqual(account.toJSON());
    expect(JSON.parse(JSON.stringify(loaded))).toEqual(JSON.parse(JSON.stringify(account)));
    expect(loaded.balance).toBeInstanceOf(Money);
    expect(loaded.balance.text).toBe("15 EUR");
    expect(loaded.byMonth.m0?.text).toBe("5 EUR");
    expect(loaded.signatories.map(({ id, name }) => [id, name])).toEqual([
      ["Bob", "Bobby"],
      ["Cy", "Cy"],
    ]);
    const limit = loaded.signatories.get("Cy").limits.get("l-1");
    expect(limit).toBeInstanceOf(Limit);
    expect(limit.text).toBe("up to 7 EUR");
    expect(limit.periods[0]).toBeInstanceOf(Period);
    expect(limit.periods[0]?.from).toEqual(new Date(5));
    expect([Object.isFrozen(limit.periods[0]), Object.isFrozen(limit.periods[0]?.tags)]).toEqual([true, true]);
    expect(loaded.address).toBeInstanceOf(Address);
    expect(loaded.address?.since).toEqual(new Date(1));
    await domain.close();
  });

  it("goes on from a snapshot as from its events", async () => {
    const { domain, accounts } = await companyAccounts({ config: { snapshot_threshold: 0 } });
    await accounts.add(fullAccount("1"));
    await domain.createSnapshot(Account, "1");
    await accounts.update("1", (account) => {
      account.raise(new SignatoryRenamed({ signatoryId: "Cy", name: "Cyril" }));
      account.raise(new Deposited({ money: eur(1) }));
    });
    const loaded = await accounts.get("1");
    await domain.snapshotsFor(Account).delete("1");
    expect((await accounts.get("1")).toJSON()).toEqual(loaded.toJSON());
    expect([loaded.signatories.get("Cy").name, loaded.balance.amount]).toEqual(["Cyril", 16]);
    await domain.close();
  });

  it("starts with empty collections of its own", () => {
    const [one, other] = [Account.createNew(), Account.createNew()];
    one.signatories.add({ id: "s-1", name: "Ann" });
    expect([one.signatories.size, other.signatories.size, other.address]).toEqual([1, 0, undefined]);
  });

  it("is stored as plain JSON", async () => {
    const { domain, accounts } = await companyAccounts();
    await accounts.add(fullAccount("1"));
    const account = Account.open("2");
    const daily = { currency: "USD", amount: 1 } as const;
    account.raise(new SignatoryAdded({ accountId: "2", signatory: { id: "Cy", name: "Cy", daily } }));
    await accounts.add(account);
    const added = await domain.eventStore.readLast("company::account-2");
    expect(added?.data).toEqual({
      accountId: "2",
      signatory: { id: "Cy", name: "Cy", daily: { currency: "USD", amount: 1 }, limits: [] },
    });
    const { state } = await domain.createSnapshot(Account, "1");
    expect(state).toEqual({
      balance: { currency: "EUR", amount: 15 },
      byMonth: { m0: { currency: "EUR", amount: 5 } },
      address: { id: "home", city: "Rome", since: "1970-01-01T00:00:00.001Z" },
      signatories: [
        { id: "Bob", name: "Bobby", limits: [] },
        {
          id: "Cy",
          name: "Cy",
          daily: { currency: "USD", amount: 1 },
          limits: [
            {
              id: "l-1",
              money: { currency: "EUR", amount: 7 },
              periods: [{ from: "1970-01-01T00:00:00.005Z", tags: ["a", "b"] }],
            },
          ],
        },
      ],
    });
    await domain.close();
  });

  it("raises events from loaded entities", async () => {
    const { domain, accounts } = await companyAccounts();
    await accounts.add(fullAccount("1"));
    await accounts.update("1", ({ signatories }) =>
      signatories.get("Cy").raise(new SignatoryRenamed({ signatoryId: "Cy", name: "Cyril" })),
    );
    expect((await accounts.get("1")).signatories.get("Cy").name).toBe("Cyril");
    await domain.close();
  });

  it("as of an earlier version has read-only entities", async () => {
    const { domain, accounts } = await companyAccounts();
    await accounts.add(fullAccount("1"));
    const { signatories, address } = await accounts.get("1", { atVersion: 4 });
    expect(signatories.map(({ name }) => name)).toEqual(["Ann", "Bobby", "Cy"]);
    expect(() => signatories.remove("Ann")).toThrow("it is read-only");
    expect(() => signatories.get("Cy").limits.clear()).toThrow("it is read-only");
    expect(() => signatories.get("Ann").rename("Amy")).toThrow(TypeError);
    expect(() => Object.assign(address as object, { city: "Bonn" })).toThrow(TypeError);
    expect(() => signatories.get("Ann").raise(new SignatoryRenamed({ signatoryId: "Ann", name: "Amy" }))).toThrow(
      "it was loaded as of version 4 and is read-only",
    );
    await domain.close();
  });

  it("as of an earlier version is read-only at any depth, and later loads are not", async () => {
    const domain = new Domain("notes", { root: tmpdir() });
    class Page extends Entity({ lines: z.array(z.object({ text: z.string() })) }) {}
    @domain.event({ partOf: "Book" })
    class PageWritten extends DomainEvent({ page: entity(Page) }) {}
    @domain.aggregate({ eventSourced: true })
    class Book extends Aggregate({
      pages: hasMany(Page),
      index: z.record(z.string(), z.array(z.string())).default({}),
    }) {
      @apply(PageWritten)
      onWritten({ page }: PageWritten): void {
        this.pages.add(page);
        this.index[page.id] = page.lines.map(({ text }) => text);
      }
    }
    await domain.init();
    const books = domain.repositoryFor(Book);
    const book = Book.createNew({ id: "1" });
    book.raise(new PageWritten({ page: { id: "p-1", lines: [{ text: "a" }] } }));
    await books.add(book);
    const earlier = await books.get("1", { atVersion: 0 });
    expect(() => earlier.index["p-1"]?.push("b")).toThrow(TypeError);
    expect(() => earlier.pages.get("p-1").lines.push({ text: "b" })).toThrow(TypeError);
    expect(() => Object.assign(earlier.pages.get("p-1").lines[0] as object, { text: "b" })).toThrow(TypeError);
    const current = await books.update("1", (one) =>
      one.raise(new PageWritten({ page: { id: "p-2", lines: [{ text: "b" }] } })),
    );
    expect(current.index).toEqual({ "p-1": ["a"], "p-2": ["b"] });
    await domain.close();
  });

  it("shows by path what a snapshot says otherwise", async () => {
    const { domain, accounts } = await companyAccounts({ config: { snapshot_threshold: 0 } });
    await accounts.add(fullAccount("1"));
    const drifted = await accounts.get("1");
    drifted.signatories.get("Cy").limits.get("l-1").money = eur(8);
    drifted.signatories.get("Bob").name = "Robert";
    const model = { name: "Account", shape: Account.shape } as unknown as AggregateModel;
    const [snapshot, events] = [drifted, await accounts.get("1")].map((account) => storedState(account, model));
    expect(stateDifferences(snapshot, events)).toEqual([
      { path: "signatories[0].name", snapshot: "Robert", events: "Bobby" },
      { path: "signatories[1].limits[0].money.amount", snapshot: 8, events: 7 },
    ]);
    await domain.close();
  });
});

describe("the state after an event", () => {
  it("is checked by the shapes and invariants of its entities, whose paths the messages have", () => {
    const account = Account.open("1", "Ann", "Bob");
    expect(messagesOf(() => account.raise(new SignatoryRenamed({ signatoryId: "Bob", name: "" })))).toEqual({
      "signatories.1.name": ["Too small: expected string to have >=1 characters"],
    });
    const other = Account.open("2", "Ann", "Bob");
    expect(messagesOf(() => other.raise(new SignatoryRenamed({ signatoryId: "Bob", name: " " })))).toEqual({
      "signatories.1.name": ["is blank"],
    });
  });

  class Line extends Entity({ text: z.string() }) {}
  class Changed extends DomainEvent({ how: z.string(), line: entity(Line) }) {}
  const changes: Record<string, (sheet: Sheet, line: Line) => unknown> = {};
  class Sheet extends Aggregate({ lines: hasMany(Line), first: hasOne(Line), price: valueObject(Money).optional() }) {
    @apply(Changed)
    onChanged({ how, line }: Changed): void {
      changes[how]?.(this, line);
    }
  }
  const sheet = (how: string, change: (sheet: Sheet, line: Line) => unknown): (() => void) => {
    changes[how] = change;
    return () => Sheet.createNew().raise(new Changed({ how, line: { id: "l-1", text: "x" } }));
  };

  it("holds instances, not values that look like them", () => {
    const plain = { currency: "EUR", amount: 1 };
    expect(messagesOf(sheet("price", (one) => Object.assign(one, { price: plain })))).toEqual({
      price: ["Invalid input: expected Money, received object"],
    });
    expect(messagesOf(sheet("first", (one) => Object.assign(one, { first: eur(1) })))).toEqual({
      first: ["Invalid input: expected Line, received Money"],
    });
    expect(messagesOf(sheet("lines", (one) => Object.assign(one, { lines: [] })))).toEqual({
      lines: ["Invalid input: expected a collection of Line, received array"],
    });
  });

  it("holds nothing that is outside of an entity's shape", () => {
    expect(messagesOf(sheet("stray", (one, line) => one.lines.add(Object.assign(line, { cache: 1 }))))).toEqual({
      "lines.0.cache": ["is not a field of the shape"],
    });
  });

  it("has entities with the ids that they came with", () => {
    const rename = (one: Sheet, line: Line) => Object.assign(one.lines.add(line), { id: "l-2" });
    expect(messagesOf(sheet("id", rename))).toEqual({ "lines.0.id": ['was "l-1": an entity keeps its id'] });
  });

  it("has each entity once", () => {
    const twice = sheet("twice", (one, line) => {
      one.first = one.lines.add(line);
    });
    expect(twice).toThrow(
      new IncorrectUsageError(
        'Line "l-1" cannot be kept twice: in Sheet it is at lines.0 and at first; keep its id, or a copy: new Line({ ...entity })',
      ),
    );
    const copied = sheet("copy", (one, line) => Object.assign(one, { first: new Line({ ...one.lines.add(line) }) }));
    expect(copied).not.toThrow();
  });

  it("has no entity of another aggregate", () => {
    const shared = new Line({ id: "l-1", text: "x" });
    const keep = sheet("shared", (one) => one.lines.add(shared));
    keep();
    expect(keep).toThrow(
      new IncorrectUsageError(
        'Line "l-1" cannot be kept twice: in Sheet it belongs to another Sheet; keep its id, or a copy: new Line({ ...entity })',
      ),
    );
  });

  it("shares no entity with the event that it came from", () => {
    const event = new SignatoryAdded({ accountId: "1", signatory: { id: "s-1", name: "Ann" } });
    const accounts = ["1", "2"].map((id) => Account.open(id));
    for (const account of accounts) account.raise(event);
    accounts[0]?.raise(new SignatoryRenamed({ signatoryId: "s-1", name: "Amy" }));
    expect(accounts.map(({ signatories }) => signatories.get("s-1").name)).toEqual(["Amy", "Ann"]);
    expect(event.signatory.name).toBe("Ann");
  });
});

describe("an event", () => {
  it("takes live entities as copies, frozen at any depth", () => {
    const account = Account.open("1", "Ann");
    const live = account.signatories.get("Ann");
    live.limits.add({ id: "l-1", money: eur(1) });
    const event = new SignatoryAdded({ accountId: "1", signatory: live });
    live.rename("Amy");
    live.limits.get("l-1").money = eur(2);
    expect(event.signatory).toBeInstanceOf(Signatory);
    expect([event.signatory.name, event.signatory.limits.get("l-1").money.amount]).toEqual(["Ann", 1]);
    expect(Object.isFrozen(event.signatory.limits.get("l-1").periods)).toBe(true);
  });

  it("takes a whole collection", () => {
    const { signatories } = Account.open("1", "Ann", "Bob");
    const event = new Opened({ accountId: "2", deposit: eur(1), signatories });
    expect(event.signatories.map(({ id }) => id)).toEqual(["Ann", "Bob"]);
    expect(event.signatories.get("Ann")).not.toBe(signatories.get("Ann"));
  });

  it("names the path of each value that does not fit", () => {
    const signatories = [{ name: "Ann" }, { name: "", limits: [{ money: { currency: "EUR", amount: -1 } as const }] }];
    expect(messagesOf(() => new Opened({ accountId: "1", deposit: eur(1), signatories }))).toEqual({
      "signatories.1.name": ["Too small: expected string to have >=1 characters"],
      "signatories.1.limits.0.money.amount": ["is negative"],
    });
    const broken = Object.assign(new Signatory({ id: "s-1", name: "Ann" }), { name: 5 });
    expect(messagesOf(() => new SignatoryAdded({ accountId: "1", signatory: broken }))).toEqual({
      "signatory.name": ["Invalid input: expected string, received number"],
    });
  });

  it("takes no two entities with one id in a collection", () => {
    const signatories = [
      { id: "a", name: "Ann" },
      { id: "b", name: "Bob" },
      { id: "a", name: "Amy" },
    ];
    expect(messagesOf(() => new Opened({ accountId: "1", deposit: eur(1), signatories }))).toEqual({
      "signatories.2.id": ['"a" is the id of another Signatory already'],
    });
  });

  it.each([5, "Ann", { id: "a" }, new Map()])("takes no %p for a collection", (signatories) => {
    expect(
      messagesOf(() => new Opened({ accountId: "1", deposit: eur(1), signatories: signatories as never })),
    ).toEqual({
      signatories: [expect.stringContaining("expected a collection of Signatory, received")],
    });
  });

  it("takes instances only where its shape says so", () => {
    class Noted extends DomainEvent({ price: valueObject(Money).optional(), note: z.any() }) {}
    class Remarked extends DomainEvent({ note: z.any() }) {}
    const complaint = "an instance of Money cannot be stored; store its plain values";
    expect(messagesOf(() => new Remarked({ note: { deep: eur(1) } }))).toEqual({ "note.deep": [complaint] });
    expect(messagesOf(() => new Noted({ note: { deep: eur(1) } }))).toEqual({ "note.deep": [complaint] });
    expect(messagesOf(() => new Noted({ note: new EntityCollection(Signatory) }))).toEqual({
      note: ["an instance of EntityCollection cannot be stored; store its plain values"],
    });
    expect(new Noted({ note: { at: new Date(1) }, price: eur(1) }).note).toEqual({ at: new Date(1) });
  });

  it("keeps the keys of an entity's input clean", () => {
    const input = JSON.parse('{"id":"a","name":"Ann","__proto__":{"x":1}}');
    expect(messagesOf(() => new SignatoryAdded({ accountId: "1", signatory: input }))).toEqual({
      "signatory.__proto__": ['the key "__proto__" is not allowed'],
    });
  });

  it("was stored before a field became a value object, and is folded as it is", async () => {
    const { domain, accounts } = await companyAccounts();
    const stream = "company::account-1";
    const opened = { type: "Company.Opened.v1", data: { accountId: "1", deposit: 5, signatories: "none" } };
    await domain.eventStore.append([{ stream, events: [opened] }]);
    expect((await accounts.get("1")).balance).toBe(5);
    await domain.close();
  });
});

describe("fields", () => {
  class Everything extends DomainEvent({
    maybe: valueObject(Money).optional(),
    none: valueObject(Money).nullable(),
    usual: valueObject(Money).prefault({ currency: "EUR", amount: 1 }),
    fixed: valueObject(Money).default(() => eur(2)),
    pair: z.tuple([z.string(), valueObject(Money), z.date()]),
    list: z.array(valueObject(Period)),
    nested: z.object({ deep: z.record(z.string(), valueObject(Money).optional()) }),
    later: z.lazy(() => valueObject(Money)),
    kept: valueObject(Money).readonly(),
    checked: valueObject(Money).refine(({ amount }) => amount < 100, "is too much"),
  }) {}
  const input = () => ({
    none: null,
    pair: ["x", eur(3), new Date(4)] as [string, Money, Date],
    list: [{ from: new Date(5), tags: [] }],
    nested: { deep: { a: { currency: "EUR", amount: 6 } as const } },
    later: eur(7),
    kept: eur(8),
    checked: eur(9),
  });

  it("combine with what zod has", () => {
    const event = new Everything(input());
    const { shape } = Everything;
    const stored = shape.decode(JSON.parse(JSON.stringify(shape.encode({ ...event }))));
    expect(stored).toStrictEqual({ ...event });
    expect(stored).toStrictEqual({
      none: null,
      usual: eur(1),
      fixed: eur(2),
      pair: ["x", eur(3), new Date(4)],
      list: [new Period({ from: new Date(5), tags: [] })],
      nested: { deep: { a: eur(6) } },
      later: eur(7),
      kept: eur(8),
      checked: eur(9),
    });
    expect(messagesOf(() => new Everything({ ...input(), checked: eur(100) }))).toEqual({ checked: ["is too much"] });
  });

  it("are not one of several types", () => {
    const complaint =
      "Money cannot be one of several types, because what is stored would not say which one it is; use z.discriminatedUnion()";
    expect(() => DomainEvent({ price: z.union([z.string(), valueObject(Money)]) })).toThrow(
      `field "price": ${complaint}`,
    );
    expect(() => DomainEvent({ a: z.array(z.union([z.object({ m: valueObject(Money) }), z.string()])) })).toThrow(
      `field "a[]": ${complaint}`,
    );
  });

  it.each([
    ["valueObject", valueObject as (type: unknown) => unknown, "ValueObject({…})"],
    ["entity", entity as (type: unknown) => unknown, "Entity({…})"],
    ["hasOne", hasOne as (type: unknown) => unknown, "Entity({…})"],
    ["hasMany", hasMany as (type: unknown) => unknown, "Entity({…})"],
  ])("%s() takes a class of its kind", (name, field, extend) => {
    class Plain {}
    const Other = name === "valueObject" ? Signatory : Money;
    for (const type of [Plain, Other])
      expect(() => field(type)).toThrow(`${name}() takes a class that extends ${extend}, not the class ${type.name}`);
  });

  it.each([
    ["valueObject", valueObject as (type: unknown) => unknown, "ValueObject({…})"],
    ["entity", entity as (type: unknown) => unknown, "Entity({…})"],
    ["hasMany", hasMany as (type: unknown) => unknown, "Entity({…})"],
  ])("%s() says when a class is not defined yet", (name, field, extend) => {
    expect(() => field(undefined)).toThrow(
      `${name}() takes a class that extends ${extend}, not undefined: the class is not defined yet, as in a circle of imports`,
    );
  });

  it("hold a value object with a rule that came later as it was stored", () => {
    const stored = Deposited.shape.decode({ money: { currency: "EUR", amount: -5 } }) as Deposited;
    expect(stored.money.text).toBe("-5 EUR");
  });
});

describe("the fingerprint", () => {
  const of = (fields: z.ZodRawShape) => Aggregate(fields).shape.fingerprint;

  it("changes with a field deep inside of an entity", () => {
    const account = (amount: z.ZodType) => {
      class Sum extends ValueObject({ amount }) {}
      class Cap extends Entity({ sum: valueObject(Sum) }) {}
      class Person extends Entity({ caps: hasMany(Cap) }) {}
      return of({ people: hasMany(Person) });
    };
    expect(account(z.number())).toBe(account(z.number()));
    expect(account(z.number())).not.toBe(account(z.bigint()));
  });

  it("distinguishes one from many", () => {
    expect(of({ people: hasOne(Address) })).not.toBe(of({ people: hasMany(Address) }));
  });

  it("does not depend on limits and names of classes", () => {
    const of1 = of({ a: hasOne(class A extends Entity({ name: z.string().max(5) }) {}) });
    expect(of1).toBe(of({ a: hasOne(class B extends Entity({ name: z.string() }) {}) }));
  });
});
