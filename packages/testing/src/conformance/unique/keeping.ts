import { deepEqual, doesNotMatch, equal, rejects } from "node:assert/strict";

import type { EventLog } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { emailTaken, openCustomers as openStored, type Storing, storedEvents } from "./customers-under-test";

/** What unique constraints promise, however aggregates are stored. */
export function keeping(at: StoreUnderTest, storing: Storing): void {
  const { it } = testRunner();
  const openCustomers: typeof openStored = (adapter, options) => openStored(adapter, { storing, ...options });
  /** Of several rows that are stored at once, a unique index does not tell which one it refuses. */
  const ofSeveral = (id: string) => emailTaken("eventSourced" in storing ? id : undefined);

  it("refuse the value of another aggregate, and store nothing of the save", async () => {
    const { domain, register } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await rejects(register("c-2", "ann@x"), emailTaken("c-2"));
    deepEqual(await storedEvents(domain), ["conformance::customer-c-1 Conformance.Registered.v1"]);
  });

  it("name the aggregate and the fields in the refusal, and no value", async () => {
    const { register } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    const refusal = await register("c-2", "ann@x").catch((error: unknown) => error as Error);
    equal(refusal?.message, 'Cannot save Customer "c-2": another Customer has the same email, which must be unique');
    equal(refusal?.cause, undefined);
    doesNotMatch(JSON.stringify(refusal), /ann@x/);
  });

  it("refuse a change to the value of another aggregate, and leave both as they were", async () => {
    const { register, move, emails } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await register("c-2", "bob@x");
    await rejects(move("c-2", "ann@x"), emailTaken("c-2"));
    deepEqual(await emails("c-1", "c-2"), ["ann@x", "bob@x"]);
    await rejects(register("c-3", "bob@x"), emailTaken("c-3"));
  });

  it("free a value that an aggregate gives up", async () => {
    const { register, move, emails } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await move("c-1", "ann@y");
    await register("c-2", "ann@x");
    await rejects(register("c-3", "ann@y"), emailTaken("c-3"));
    await move("c-1", null);
    await register("c-3", "ann@y");
    deepEqual(await emails("c-1", "c-2", "c-3"), [null, "ann@x", "ann@y"]);
  });

  it("keep the value of an aggregate that changes otherwise", async () => {
    const { register, customers } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await customers.update("c-1", (customer) => customer.greet());
    await customers.update("c-1", (customer) => customer.tax("NL", "1"));
    await rejects(register("c-2", "ann@x"), emailTaken("c-2"));
  });

  it("keep the value of an aggregate that gives it up and takes it again in one save", async () => {
    const { register, customers } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await customers.update("c-1", (customer) => {
      customer.moveTo("ann@y");
      customer.moveTo("ann@x");
    });
    await rejects(register("c-2", "ann@x"), emailTaken("c-2"));
    await register("c-3", "ann@y");
  });

  it("follow one instance through several saves", async () => {
    const { Customer, customers, register } = await openCustomers(at.adapter);
    const customer = Customer.register("c-1", "a@x");
    await customers.add(customer);
    for (const email of ["b@x", "c@x", "a@x", "d@x"]) {
      customer.moveTo(email);
      await customers.add(customer);
    }
    for (const [index, email] of ["a@x", "b@x", "c@x"].entries()) await register(`o-${index}`, email);
    await rejects(register("o-3", "d@x"), emailTaken("o-3"));
  });

  for (const order of [
    ["c-1", "c-2"],
    ["c-2", "c-1"],
  ])
    it(`let an aggregate take in one unit of work what another one gives up, added ${order.join(" before ")}`, async () => {
      const { domain, register, customers, emails } = await openCustomers(at.adapter);
      await register("c-1", "ann@x");
      await register("c-2", "bob@x");
      const taken = { "c-1": "ann@y", "c-2": "ann@x" } as Readonly<Record<string, string>>;
      await domain.unitOfWork(async () => {
        for (const id of order) {
          const customer = await customers.get(id);
          customer.moveTo(taken[id]!);
          await customers.add(customer);
        }
      });
      deepEqual(await emails("c-1", "c-2"), ["ann@y", "ann@x"]);
      await register("c-3", "bob@x");
      await rejects(register("c-4", "ann@x"), emailTaken("c-4"));
      await rejects(register("c-4", "ann@y"), emailTaken("c-4"));
    });

  it("let two aggregates exchange their values in one unit of work", async () => {
    const { domain, register, customers, move, emails } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await register("c-2", "bob@x");
    await domain.unitOfWork(async () => {
      for (const [id, email] of [
        ["c-1", "bob@x"],
        ["c-2", "ann@x"],
      ] as const) {
        const customer = await customers.get(id);
        customer.moveTo(email);
        await customers.add(customer);
      }
    });
    deepEqual(await emails("c-1", "c-2"), ["bob@x", "ann@x"]);
    await rejects(move("c-1", "ann@x"), emailTaken("c-1"));
    await move("c-2", "ann@y");
    await move("c-1", "ann@x");
    deepEqual(await emails("c-1", "c-2"), ["ann@x", "ann@y"]);
  });

  it("refuse two aggregates of one unit of work with the same value, and store neither", async () => {
    const { domain, Customer, customers, register } = await openCustomers(at.adapter);
    const both = domain.unitOfWork(async () => {
      await customers.add(Customer.register("c-1", "ann@x"));
      await customers.add(Customer.register("c-2", "ann@x"));
    });
    await rejects(both, ofSeveral("c-2"));
    deepEqual(await storedEvents(domain), []);
    await register("c-3", "ann@x");
  });

  it("refuse a unit of work as a whole", async () => {
    const { domain, Customer, customers, register, emails } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    const unit = domain.unitOfWork(async () => {
      await customers.add(Customer.register("c-2", "bob@x"));
      await customers.add(Customer.register("c-3", "ann@x"));
    });
    await rejects(unit, ofSeveral("c-3"));
    deepEqual(await emails("c-1", "c-2", "c-3"), ["ann@x", undefined, undefined]);
    await register("c-4", "bob@x");
  });

  it("let any number of aggregates have no value", async () => {
    const { register, customers, Customer } = await openCustomers(at.adapter);
    for (const id of ["c-1", "c-2", "c-3"]) await register(id, null);
    for (const id of ["d-1", "d-2"]) {
      const customer = Customer.register(id, null);
      customer.tax("NL", undefined);
      await customers.add(customer);
    }
    deepEqual((await customers.get("d-2")).country, "NL");
  });

  it("compare the fields of a list together", async () => {
    const { customers, Customer } = await openCustomers(at.adapter);
    const tax = async (id: string, country: string, taxId: string) => {
      const customer = Customer.register(id, null);
      customer.tax(country, taxId);
      await customers.add(customer);
    };
    await tax("c-1", "NL", "1");
    await tax("c-2", "NL", "2");
    await tax("c-3", "BE", "1");
    await tax("c-4", "NL,1", "");
    const details = { aggregate: "Customer", fields: ["country", "taxId"], id: "c-5" };
    await rejects(tax("c-5", "BE", "1"), { code: "UNIQUE_VIOLATION", details });
    await customers.update("c-3", (customer) => customer.tax("BE", "2"));
    await tax("c-5", "BE", "1");
  });

  it("compare texts as they are", async () => {
    const { register } = await openCustomers(at.adapter);
    const texts = ["ann@x", "Ann@x", "ann@x ", "änn@x", "a\u0308nn@x", "", "null", '"]', "#"];
    for (const [index, text] of texts.entries()) await register(`c-${index}`, text);
    for (const [index, text] of texts.entries()) await rejects(register(`d-${index}`, text), emailTaken(`d-${index}`));
  });

  it("compare long texts to their end", async () => {
    const { register } = await openCustomers(at.adapter);
    const long = "0123456789".repeat(10_000);
    await register("c-1", `${long}a`);
    await register("c-2", `${long}b`);
    await rejects(register("c-3", `${long}a`), emailTaken("c-3"));
  });

  it("let a command that was refused be processed again with another value", async () => {
    const { process, runs, emails } = await openCustomers(at.adapter);
    await process("c-1", "ann@x");
    await rejects(process("c-2", "ann@x"), emailTaken("c-2"));
    equal(runs.count, 2);
    equal(await process("c-2", "bob@x"), "c-2");
    deepEqual(await emails("c-1", "c-2"), ["ann@x", "bob@x"]);
  });

  it("leave the idempotency key of a refused command unused", async () => {
    const { process, move, runs } = await openCustomers(at.adapter);
    await process("c-1", "ann@x");
    await rejects(process("c-2", "ann@x", { idempotencyKey: "k" }), emailTaken("c-2"));
    await move("c-1", "ann@y");
    equal(await process("c-2", "ann@x", { idempotencyKey: "k" }), "c-2");
    equal(await process("c-2", "ann@x", { idempotencyKey: "k" }), "c-2");
    equal(runs.count, 3);
  });

  it("record facts of saves that are stored, and of no others", async () => {
    const { domain, register, Customer } = await openCustomers(at.adapter, { factEvents: true });
    await register("c-1", "ann@x");
    await rejects(register("c-2", "ann@x"), emailTaken("c-2"));
    const facts = domain.factsFor(Customer);
    deepEqual([(await facts.latest("c-1"))?.state.email, await facts.latest("c-2")], ["ann@x", undefined]);
  });

  it("refuse at once beside an inline projection, whose rows stay as they were", async () => {
    let appends = 0;
    const append: EventLog["append"] = async (...args) => {
      appends++;
      return await at.adapter.log.append(...args);
    };
    const { register, changes } = await openCustomers(at.adapter, { withChanges: true, store: { log: { append } } });
    await register("c-1", "ann@x");
    appends = 0;
    await rejects(register("c-2", "ann@x"), emailTaken("c-2"));
    deepEqual([await changes(), appends], [1, 1]);
  });
}
