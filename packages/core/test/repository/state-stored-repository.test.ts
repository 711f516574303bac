import { AsyncResource } from "node:async_hooks";

import { ExpectedVersionError, ObjectNotFoundError, UniqueViolationError, ValidationError } from "../../src/index";
import { type CustomersOptions, openCustomers } from "../fixtures/customers";

async function withAnn(options?: CustomersOptions) {
  const elements = await openCustomers(options);
  await elements.customers.add(elements.Customer.join("ann", "ann@example.org"));
  return elements;
}

async function listed(ids: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const id of ids) found.push(id);
  return found;
}

/** What lies in the log, in its order. */
async function stored({ domain }: Pick<Awaited<ReturnType<typeof openCustomers>>, "domain">): Promise<string[]> {
  const found: string[] = [];
  for await (const { type, stream, position } of domain.eventStore.readAll())
    found.push(`${stream} ${position} ${type}`);
  return found;
}

const MOVED = "shop::customer-ann 0 Shop.CustomerMoved.v1";

describe("add and get", () => {
  it("store the state and give it back, with values of every kind", async () => {
    const { customers, Customer, Address } = await openCustomers();
    const customer = Customer.join("ann", "ann@example.org");
    customer.joined = new Date("2026-02-20T12:00:00Z");
    customer.credit = 12.5;
    customer.tags.push("early");
    customer.addresses.add(new Address({ id: "home", street: "Main Street" }));
    await customers.add(customer);
    const loaded = await customers.get("ann");
    expect(loaded).not.toBe(customer);
    expect(loaded).toBeInstanceOf(Customer);
    expect({ ...loaded }).toEqual({ ...customer });
    expect(loaded.addresses.get("home").street).toBe("Main Street");
    expect([loaded.id, loaded.version, customer.version, loaded.city]).toEqual(["ann", 0, 0, undefined]);
  });

  it("keep null, nothing and defaults apart", async () => {
    const { customers, Customer } = await openCustomers();
    await customers.add(Customer.join("ann", "ann@example.org"));
    const loaded = await customers.get("ann");
    expect([loaded.joined, loaded.city, loaded.credit, loaded.tags]).toEqual([null, undefined, 0, []]);
    expect(loaded.addresses.size).toBe(0);
  });

  it("count the saves in the version, of which events may be none or several", async () => {
    const { customers } = await withAnn();
    await customers.update("ann", (ann) => {
      ann.move("Rome");
      ann.move("Oslo");
    });
    const ann = await customers.update("ann", (one) => {
      one.credit = 5;
    });
    expect([ann.version, (await customers.get("ann")).version]).toEqual([2, 2]);
  });

  it("store events together with the state, whatever version that has", async () => {
    const elements = await withAnn();
    await elements.customers.update("ann", (ann) => ann.move("Rome"));
    await elements.customers.update("ann", (ann) => ann.move("Oslo"));
    expect(await stored(elements)).toEqual([MOVED, "shop::customer-ann 1 Shop.CustomerMoved.v1"]);
    expect((await elements.customers.get("ann")).city).toBe("Oslo");
  });

  it("change and save one instance again and again", async () => {
    const { customers, Customer } = await openCustomers();
    const ann = Customer.join("ann", "ann@example.org");
    for (const credit of [1, 2, 3]) {
      ann.credit = credit;
      await customers.add(ann);
    }
    expect(await customers.get("ann")).toMatchObject({ credit: 3, version: 2 });
  });

  it("store what was changed inside of a list, a date or an entity", async () => {
    const { customers } = await withAnn();
    await customers.update("ann", (ann) => void ann.addresses.add({ id: "home", street: "Main Street" }));
    await customers.update("ann", (ann) => {
      ann.tags.push("late");
      ann.addresses.get("home").street = "Side Street";
    });
    const ann = await customers.get("ann");
    expect([ann.tags, ann.addresses.get("home").street, ann.version]).toEqual([["late"], "Side Street", 2]);
  });

  it("store nothing for an aggregate that is as it was", async () => {
    const { customers } = await withAnn();
    const ann = await customers.update("ann", (one) => {
      one.credit = 7;
      one.credit = 0;
      one.tags.push("x");
      one.tags.pop();
    });
    expect([ann.version, (await customers.get("ann")).version]).toEqual([0, 0]);
  });

  it("refuse an aggregate that another one was faster with, and store nothing of it", async () => {
    const elements = await withAnn();
    const { customers } = elements;
    const [mine, theirs] = [await customers.get("ann"), await customers.get("ann")];
    theirs.credit = 5;
    await customers.add(theirs);
    mine.move("Rome");
    await expect(customers.add(mine)).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
      details: { stream: "shop::customer-ann", expected: 0, actual: 1 },
    });
    expect(await customers.get("ann")).toMatchObject({ credit: 5, city: undefined });
    expect(await stored(elements)).toEqual([]);
  });

  it("refuse a second aggregate with the id of a first one", async () => {
    const { customers, Customer } = await withAnn();
    const other = Customer.join("ann", "other@example.org");
    await expect(customers.add(other)).rejects.toMatchObject({ details: { expected: -1, actual: 0 } });
    expect((await customers.get("ann")).email).toBe("ann@example.org");
  });

  it("refuse a broken invariant when it is added, and a mended state can be added", async () => {
    const elements = await withAnn();
    const ann = await elements.customers.get("ann");
    ann.credit = -1;
    ann.move("Rome");
    await expect(elements.customers.add(ann)).rejects.toMatchObject({ messages: { credit: ["must not be negative"] } });
    expect(await stored(elements)).toEqual([]);
    ann.credit = 1;
    await elements.customers.add(ann);
    expect(await elements.customers.get("ann")).toMatchObject({ credit: 1, city: "Rome" });
  });

  it("refuse text that no store can hold, naming its field", async () => {
    const { customers, Customer } = await openCustomers();
    const ann = Customer.join("ann", "ann@example.org");
    ann.name = "A\0nn";
    await expect(customers.add(ann)).rejects.toThrow(ValidationError);
    await expect(customers.add(ann)).rejects.toMatchObject({
      messages: { name: ["NUL cannot be stored in a string"] },
    });
    expect(await customers.exists("ann")).toBe(false);
  });

  it("refuse a value of a unique field that another aggregate has, by the names of the class and of the field", async () => {
    const { customers, Customer } = await withAnn();
    const adding = customers.add(Customer.join("eve", "ann@example.org"));
    await expect(adding).rejects.toThrow(UniqueViolationError);
    await expect(adding).rejects.toMatchObject({
      details: { aggregate: "Customer", fields: ["email"], id: "eve" },
    });
    expect(await customers.exists("eve")).toBe(false);
  });

  it("say which aggregate there is none of", async () => {
    const { customers } = await openCustomers();
    await expect(customers.get("ann")).rejects.toThrow(ObjectNotFoundError);
    await expect(customers.get("ann")).rejects.toMatchObject({ details: { aggregate: "Customer", id: "ann" } });
    expect(await customers.find("ann")).toBeUndefined();
    await expect(customers.get("")).rejects.toMatchObject({ messages: { id: ["an id has at least 1 character"] } });
  });

  it("take any id that a stream can have", async () => {
    const { customers, Customer } = await openCustomers();
    for (const id of ["a-b:c::d/..%_'\"", "__proto__", "🦊", "اسم", "x".repeat(255)]) {
      await customers.add(Customer.join(id, `${id}@example.org`));
      expect((await customers.get(id)).id).toBe(id);
    }
  });
});

describe("update", () => {
  it("begins again where another writer was faster, with what is there now", async () => {
    const { customers } = await withAnn();
    let attempts = 0;
    const ann = await customers.update("ann", async (one) => {
      if (attempts++ === 0) await customers.update("ann", (other) => other.move("Rome"));
      one.credit += 5;
    });
    expect([attempts, ann.city, ann.credit, ann.version]).toEqual([2, "Rome", 5, 2]);
  });

  it("ends with the conflict where no retries are left", async () => {
    const { customers } = await withAnn();
    const losing = customers.update(
      "ann",
      async (one) => {
        await customers.update("ann", (other) => void other.tags.push("x"));
        one.credit += 5;
      },
      { retries: 1 },
    );
    await expect(losing).rejects.toThrow(ExpectedVersionError);
    expect(await customers.get("ann")).toMatchObject({ credit: 0, tags: ["x", "x"] });
  });

  it("lets many writers through, one after the other", async () => {
    const { customers } = await withAnn();
    const raise = () =>
      customers.update("ann", async (ann) => {
        await new Promise(setImmediate);
        ann.credit += 1;
      });
    await Promise.all(Array.from({ length: 20 }, raise));
    expect(await customers.get("ann")).toMatchObject({ credit: 20, version: 20 });
  });
});

describe("a unit of work", () => {
  it("has one instance of each aggregate, and stores it when it ends", async () => {
    const { customers, domain } = await withAnn();
    await domain.unitOfWork(async () => {
      const ann = await customers.get("ann");
      expect(await customers.get("ann")).toBe(ann);
      ann.credit = 3;
      await customers.add(ann);
      ann.credit = 4;
      await customers.add(ann);
    });
    expect(await customers.get("ann")).toMatchObject({ credit: 4, version: 1 });
  });

  it("commits an event-sourced and a state-stored aggregate together", async () => {
    const { customers, domain, Account, Reward } = await withAnn();
    await domain.process(new Reward({ customerId: "ann", amount: 5 }));
    expect((await customers.get("ann")).credit).toBe(5);
    expect((await domain.repositoryFor(Account).get("ann")).balance).toBe(5);
  });

  it("stores neither of them where one is refused", async () => {
    const elements = await withAnn();
    const { customers, domain, Account, Customer } = elements;
    const accounts = domain.repositoryFor(Account);
    const failing = domain.unitOfWork(async () => {
      const account = Account.createNew({ id: "eve" });
      account.pay(5);
      await accounts.add(account);
      await customers.add(Customer.join("eve", "ann@example.org"));
    });
    await expect(failing).rejects.toThrow(UniqueViolationError);
    expect([await accounts.exists("eve"), await customers.exists("eve"), await stored(elements)]).toEqual([
      false,
      false,
      [],
    ]);
  });

  it("stores no state where a stream has moved on", async () => {
    const { customers, domain, Account } = await withAnn();
    const accounts = domain.repositoryFor(Account);
    const failing = domain.unitOfWork(async () => {
      const account = Account.createNew({ id: "ann" });
      account.pay(5);
      await accounts.add(account);
      const ann = await customers.get("ann");
      ann.credit = 5;
      await customers.add(ann);
      await domain.eventStore.append([
        { stream: "shop::account-ann", events: [{ type: "Shop.Paid.v1", data: { accountId: "ann", amount: 1 } }] },
      ]);
    });
    await expect(failing).rejects.toMatchObject({ stream: "shop::account-ann" });
    expect((await customers.get("ann")).credit).toBe(0);
  });

  it("repeats a command that lost a race for a row", async () => {
    const { customers, domain, Rename, CustomerHandler } = await withAnn();
    const rename = CustomerHandler.prototype.rename;
    const asOthers = AsyncResource.bind(() => customers.update("ann", (ann) => void ann.tags.push("x")));
    let attempts = 0;
    CustomerHandler.prototype.rename = async function (command) {
      await customers.get("ann");
      if (attempts++ < 2) await asOthers();
      await rename.call(this, command);
    };
    await domain.process(new Rename({ customerId: "ann", name: "Anna" }));
    expect([attempts, await customers.get("ann")]).toMatchObject([3, { name: "Anna", tags: ["x", "x"] }]);
  });

  it("fails where an aggregate was changed and not added", async () => {
    const { customers, domain } = await withAnn();
    const forgetting = domain.unitOfWork(async () => {
      const ann = await customers.get("ann");
      ann.credit = 5;
    });
    await expect(forgetting).rejects.toThrow('Customer "ann" was changed and was not added');
  });
});

describe("exists, ids and count", () => {
  it("tell of rows, in the order of ids", async () => {
    const { customers, Customer } = await openCustomers();
    for (const id of ["b", "é", "a", "🦊", "B"]) await customers.add(Customer.join(id, `${id}@example.org`));
    expect(await listed(customers.ids())).toEqual(["B", "a", "b", "é", "🦊"]);
    expect(await listed(customers.ids({ after: "aa" }))).toEqual(["b", "é", "🦊"]);
    expect([await customers.count(), await customers.exists("é"), await customers.exists("c")]).toEqual([
      5,
      true,
      false,
    ]);
  });

  it("read as many pages as there are", async () => {
    const { customers, Customer, domain } = await openCustomers();
    await domain.unitOfWork(async () => {
      for (let n = 0; n < 2_001; n++) await customers.add(Customer.join(`c-${n}`, `${n}@example.org`));
    });
    expect(await listed(customers.ids())).toHaveLength(2_001);
    expect(await customers.count()).toBe(2_001);
  });
});

describe("delete", () => {
  it("takes an aggregate away, by its id or as it was loaded", async () => {
    const { customers, Customer } = await withAnn();
    await customers.add(Customer.join("eve", "eve@example.org"));
    await customers.delete("ann");
    await customers.delete(await customers.get("eve"));
    expect([await customers.exists("ann"), await customers.find("eve"), await customers.count()]).toEqual([
      false,
      undefined,
      0,
    ]);
    await expect(customers.get("ann")).rejects.toThrow(ObjectNotFoundError);
  });

  it("stores events that the aggregate has raised with its deletion", async () => {
    const elements = await withAnn();
    await elements.domain.unitOfWork(async () => {
      const ann = await elements.customers.get("ann");
      ann.leave();
      await elements.customers.delete(ann);
    });
    expect(await stored(elements)).toEqual(["shop::customer-ann 0 Shop.CustomerLeft.v1"]);
    expect(await elements.customers.exists("ann")).toBe(false);
  });

  it("leaves the id and the unique values to be used anew, and the events behind the earlier ones", async () => {
    const elements = await withAnn();
    const { customers, Customer } = elements;
    await customers.update("ann", (ann) => ann.move("Rome"));
    await customers.delete("ann");
    const again = Customer.join("ann", "ann@example.org");
    again.move("Oslo");
    await customers.add(again);
    expect(await customers.get("ann")).toMatchObject({ version: 0, city: "Oslo" });
    expect(await stored(elements)).toEqual([MOVED, "shop::customer-ann 1 Shop.CustomerMoved.v1"]);
  });

  it("is not held up by a state that breaks a rule", async () => {
    const { customers } = await withAnn();
    const ann = await customers.get("ann");
    ann.credit = -1;
    await customers.delete(ann);
    expect(await customers.exists("ann")).toBe(false);
  });

  it("refuses an instance that another writer was faster with, and deletes nothing", async () => {
    const { customers } = await withAnn();
    const ann = await customers.get("ann");
    await customers.update("ann", (other) => other.move("Rome"));
    await expect(customers.delete(ann)).rejects.toMatchObject({ details: { expected: 0, actual: 1 } });
    expect((await customers.get("ann")).city).toBe("Rome");
  });

  it("refuses a save of what others have deleted", async () => {
    const { customers } = await withAnn();
    const ann = await customers.get("ann");
    await customers.delete("ann");
    ann.credit = 5;
    await expect(customers.add(ann)).rejects.toMatchObject({ details: { expected: 0, actual: -1 } });
    expect(await customers.exists("ann")).toBe(false);
  });

  it("refuses what is not there, and what was never stored", async () => {
    const { customers, Customer } = await openCustomers();
    await expect(customers.delete("ann")).rejects.toThrow(ObjectNotFoundError);
    await expect(customers.delete(Customer.join("ann", "a@example.org"))).rejects.toThrow(
      'Cannot delete Customer "ann": it is not stored yet',
    );
    await expect(customers.delete(7 as never)).rejects.toThrow("Cannot delete 7 in the repository of Customer");
  });

  it("hides the aggregate from the unit of work that it is a part of", async () => {
    const { customers, domain } = await withAnn();
    await domain.unitOfWork(async () => {
      const ann = await customers.get("ann");
      await customers.delete(ann);
      expect([await customers.exists("ann"), await customers.find("ann")]).toEqual([false, undefined]);
      await expect(customers.get("ann")).rejects.toThrow(ObjectNotFoundError);
      await expect(customers.add(ann)).rejects.toThrow('Cannot add Customer "ann": this unit of work has deleted it');
      await customers.delete(ann);
    });
    expect(await customers.exists("ann")).toBe(false);
  });

  it("refuses another aggregate with the id in the same unit of work", async () => {
    const { customers, Customer, domain } = await withAnn();
    const replacing = domain.unitOfWork(async () => {
      await customers.delete("ann");
      await customers.add(Customer.join("ann", "other@example.org"));
    });
    await expect(replacing).rejects.toThrow(
      'Cannot add another Customer "ann": this unit of work has deleted the one with this id; add it in the next one',
    );
    expect((await customers.get("ann")).email).toBe("ann@example.org");
  });

  it("takes the place of a save in the same unit of work", async () => {
    const elements = await withAnn();
    const { customers, domain } = elements;
    await domain.unitOfWork(async () => {
      const ann = await customers.get("ann");
      ann.move("Rome");
      await customers.add(ann);
      await customers.delete(ann);
    });
    expect([await customers.exists("ann"), await stored(elements)]).toEqual([false, [MOVED]]);
  });

  it("is refused for aggregates that are stored as their events", async () => {
    const { domain, Account } = await openCustomers();
    await expect(domain.repositoryFor(Account).delete("a")).rejects.toThrow(
      'Cannot delete Account "a": it is stored as its events, which are kept for ever; raise an event that ends it',
    );
  });
});

describe("what needs events to be the truth", () => {
  it("is refused with the reason: earlier states, the history, snapshots", async () => {
    const { customers, domain, Customer } = await withAnn();
    const because = 'it is stored as its state (stored: "state"), and its events cannot rebuild it';
    const refused = `Cannot load an earlier state of Customer "ann": ${because}`;
    await expect(customers.get("ann", { atVersion: 0 })).rejects.toThrow(refused);
    await expect(customers.find("ann", { asOf: new Date() })).rejects.toThrow(refused);
    expect(() => customers.history("ann")).toThrow(`Cannot fold the history of Customer "ann": ${because}`);
    const snapshot =
      "Cannot create a snapshot of Customer: it is stored as its state, and a load reads its row without folding events";
    await expect(domain.createSnapshot(Customer, "ann")).rejects.toThrow(snapshot);
    await expect(domain.createSnapshot(await customers.get("ann"))).rejects.toThrow(snapshot);
    await expect(domain.createSnapshots(Customer)).rejects.toThrow(snapshot);
    const snapshots = domain.snapshotsFor(Customer);
    expect(() => snapshots.verify()).toThrow("Cannot verify snapshots of Customer: it is stored as its state");
    expect(() => snapshots.withTail()).toThrow("Cannot read snapshots with the events after them of Customer");
    expect([await snapshots.get("ann"), await snapshots.deleteAll()]).toEqual([undefined, 0]);
  });

  it("is passed over by snapshots of all aggregates", async () => {
    const { domain, Account } = await withAnn();
    const account = Account.createNew({ id: "a" });
    account.pay(1);
    await domain.repositoryFor(Account).add(account);
    expect(await domain.createAllSnapshots()).toEqual({ Account: { created: 1, unchanged: 0, failed: [] } });
  });
});

describe("facts", () => {
  it("record the state after each save, with events and without", async () => {
    const { domain, customers, Customer } = await withAnn({ factEvents: true });
    await customers.update("ann", (ann) => ann.move("Rome"));
    await customers.update("ann", (ann) => void ann.tags.push("x"));
    await customers.update("ann", () => undefined);
    await customers.delete("ann");
    const found = [];
    for await (const { version, state } of domain.factsFor(Customer).read("ann"))
      found.push([version, state.city, state.tags]);
    expect(found).toEqual([
      [0, undefined, []],
      [1, "Rome", []],
      [2, "Rome", ["x"]],
    ]);
  });
});
