import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all, openShop, storedEvents } from "./shop-under-test";

export function deletingStates(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("take the state away, and store the last events with that", async () => {
    const { domain, customers, join } = await openShop(at.adapter);
    await join("c-1", "c-2");
    await domain.unitOfWork(async () => {
      const customer = await customers.get("c-1");
      customer.leave();
      await customers.delete(customer);
    });
    await customers.delete("c-2");
    deepEqual(
      [await customers.find("c-1"), await customers.exists("c-2"), await all(customers.ids())],
      [...[undefined, false, []]],
    );
    deepEqual(
      (await storedEvents(domain)).filter((event) => !event.includes(":fact")),
      ["conformance::customer-c-1 0 Conformance.Left.v1"],
    );
  });

  it("leave the id and the unique values to be used anew", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("c-1");
    await customers.update("c-1", (customer) => customer.move("Rome"));
    await customers.delete("c-1");
    await join("c-1");
    const { version, city } = await customers.update("c-1", (customer) => customer.move("Oslo"));
    deepEqual([version, city], [1, "Oslo"]);
  });

  it("are refused where another writer was faster", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("c-1");
    const customer = await customers.get("c-1");
    await customers.update("c-1", (other) => void other.visits++);
    const details = { stream: "conformance::customer-c-1", expected: 0, actual: 1 };
    await rejects(customers.delete(customer), { code: "EXPECTED_VERSION_MISMATCH", details });
    equal((await customers.get("c-1")).visits, 1);
  });

  it("refuse later saves of what is gone", async () => {
    const { customers, join } = await openShop(at.adapter);
    await join("c-1");
    const customer = await customers.get("c-1");
    await customers.delete("c-1");
    customer.visits++;
    const details = { stream: "conformance::customer-c-1", expected: 0, actual: -1 };
    await rejects(customers.add(customer), { code: "EXPECTED_VERSION_MISMATCH", details });
    equal(await customers.exists("c-1"), false);
  });
}
