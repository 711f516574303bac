import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { Decimal } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all, openShop, storedEvents } from "./shop-under-test";

export function storingStates(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("give values of every kind back, in another process too", async () => {
    const { customers, Customer } = await openShop(at.adapter);
    const customer = Customer.join("c-1");
    Object.assign(customer, {
      city: "Zürich 🦊",
      joined: new Date("2026-02-20T12:00:00.123Z"),
      visits: Number.MAX_SAFE_INTEGER,
      rating: 0.1,
      points: 2n ** 80n,
      discount: new Decimal("12.3400"),
      isTrusted: true,
      level: "OLD",
      limit: { amount: new Decimal("1000.50"), since: new Date(0) },
      notes: { "a b": [1, -0.5], "": [] },
    });
    await customers.add(customer);
    const { customers: ofOther } = await openShop(at.adapter);
    const loaded = await ofOther.get("c-1");
    deepEqual(JSON.parse(JSON.stringify(loaded)), JSON.parse(JSON.stringify(customer)));
    deepEqual([loaded.points, loaded.joined, loaded.rating], [2n ** 80n, customer.joined, 0.1]);
    ok(loaded.discount?.equals("12.34"));
    ok(loaded.limit?.amount.equals("1000.5"));
    deepEqual(loaded.limit?.since, new Date(0));
    deepEqual([loaded.version, customer.version], [0, 0]);
  });

  it("keep null, nothing and defaults apart", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("c-1");
    const { joined, city, visits, points, discount, limit, notes } = await customers.get("c-1");
    deepEqual(
      { joined, city, visits, points, discount, limit, notes },
      {
        ...{ joined: null, city: undefined, visits: 0, points: 0n, discount: undefined, limit: undefined, notes: {} },
      },
    );
  });

  it("count saves, whose events lie in the log of the store", async () => {
    const { domain, customers, join } = await openShop(at.adapter);
    await join("c-1");
    await customers.update("c-1", (customer) => {
      customer.move("Rome");
      customer.move("Oslo");
    });
    await customers.update("c-1", (customer) => void customer.visits++);
    const customer = await customers.get("c-1");
    deepEqual([customer.version, customer.city, customer.visits], [2, "Oslo", 1]);
    deepEqual(
      (await storedEvents(domain)).filter((event) => !event.includes(":fact")),
      ["conformance::customer-c-1 0 Conformance.Moved.v1", "conformance::customer-c-1 1 Conformance.Moved.v1"],
    );
  });

  it("store nothing of an aggregate that is as it was", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("c-1");
    await customers.update("c-1", (customer) => {
      customer.notes.x = [1];
      customer.visits = 5;
    });
    await customers.update("c-1", (customer) => {
      customer.notes = { x: [1] };
      customer.visits = 5;
    });
    equal((await customers.get("c-1")).version, 1);
  });

  it("refuse whoever loaded the aggregate before another save, and store nothing of it", async () => {
    const { domain, customers, join } = await openShop(at.adapter);
    await join("c-1");
    const [mine, theirs] = [await customers.get("c-1"), await customers.get("c-1")];
    theirs.visits = 5;
    await customers.add(theirs);
    mine.move("Rome");
    const details = { stream: "conformance::customer-c-1", expected: 0, actual: 1 };
    await rejects(customers.add(mine), { code: "EXPECTED_VERSION_MISMATCH", details });
    mine.visits = 7;
    await rejects(customers.add(mine), { code: "EXPECTED_VERSION_MISMATCH", details });
    const { visits, city } = await customers.get("c-1");
    deepEqual([visits, city], [5, undefined]);
    ok((await storedEvents(domain)).every((event) => event.includes(":fact")));
  });

  it("refuse a second aggregate with an id, and one with the unique values of another", async () => {
    const { customers, Customer, join } = await openShop(at.adapter);
    await join("c-1");
    const details = { stream: "conformance::customer-c-1", expected: -1, actual: 0 };
    await rejects(customers.add(Customer.join("c-1", "other@x")), { code: "EXPECTED_VERSION_MISMATCH", details });
    await rejects(customers.add(Customer.join("c-2", "c-1@example.org")), {
      code: "UNIQUE_VIOLATION",
      details: { aggregate: "Customer", fields: ["email"], id: "c-2" },
    });
    deepEqual(await all(customers.ids()), ["c-1"]);
  });

  it("let writers of two processes through, one after the other", async () => {
    const [one, other] = [await openShop(at.adapter), await openShop(at.adapter)];
    await one.join("c-1");
    const visit = ({ customers }: typeof one) =>
      customers.update("c-1", (customer) => void customer.visits++, { retries: 50 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => visit(n % 2 === 0 ? one : other)));
    const { visits, version } = await one.customers.get("c-1");
    deepEqual([visits, version], [20, 20]);
  });

  it("list and count the aggregates in the order of their ids", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("b", "é", "a", "🦊", "B");
    deepEqual(await all(customers.ids()), ["B", "a", "b", "é", "🦊"]);
    deepEqual(await all(customers.ids({ after: "aa" })), ["b", "é", "🦊"]);
    deepEqual([await customers.count(), await customers.exists("é"), await customers.exists("c")], [5, true, false]);
  });

  it("record facts of each save, with events and without", async () => {
    const { domain, customers, Customer, join } = await openShop(at.adapter);
    await join("c-1");
    await customers.update("c-1", (customer) => customer.move("Rome"));
    await customers.update("c-1", (customer) => void customer.visits++);
    const facts = await all(domain.factsFor(Customer).read("c-1"));
    deepEqual(
      facts.map(({ version, state }) => [version, state.city, state.visits]),
      [
        [0, undefined, 0],
        [1, "Rome", 0],
        [2, "Rome", 1],
      ],
    );
  });

  it("are shown to other tools by a view with the name of the class", async () => {
    const { join } = await openShop(at.adapter);
    await join("c-1");
    equal(await at.adapter.operations?.readModels.viewedTable("conformance_customer"), "conformance_customer_v1");
  });
}
