import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { emailTaken, openCustomers } from "./customers-under-test";

export function declaringLater(at: StoreUnderTest): void {
  const { it } = testRunner();

  const unchecked = {
    code: "INVALID_CONFIGURATION",
    message:
      'the unique constraints: Customer is unique by email, which its stored aggregates were not checked for: run "domain aggregate verify Customer --repair" before this release is started',
  };

  it("starts again with the constraints that it has, and keeps to them", async () => {
    const { domain, register } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await domain.close();
    const again = await openCustomers(at.adapter);
    await rejects(again.register("c-2", "ann@x"), emailTaken("c-2"));
  });

  it("is refused where aggregates are stored that were not checked, and changes nothing", async () => {
    const { register, domain } = await openCustomers(at.adapter, { unique: [] });
    await register("c-1", "ann@x");
    await register("c-2", "ann@x");
    await domain.close();
    await rejects(openCustomers(at.adapter, { unique: ["email"] }), unchecked);
    equal(await at.adapter.operations!.readModels.has("conformance_customer_unique"), false);
    const { emails } = await openCustomers(at.adapter, { unique: [] });
    deepEqual(await emails("c-1", "c-2"), ["ann@x", "ann@x"]);
  });

  it("is refused for a further constraint over stored aggregates, and allowed before there are any", async () => {
    await (await openCustomers(at.adapter, { unique: [["country", "taxId"]] })).domain.close();
    const { register, domain } = await openCustomers(at.adapter, { unique: ["email"] });
    await register("c-1", "ann@x");
    await domain.close();
    await rejects(openCustomers(at.adapter), /Customer is unique by country and taxId, which .* were not checked for/);
  });

  for (const [left, unique] of [
    ["all", []],
    ["one of them", [["country", "taxId"]]],
  ] as const)
    it(`is refused where ${left} had been left out for a time`, async () => {
      const { register, domain } = await openCustomers(at.adapter);
      await register("c-1", "ann@x");
      await domain.close();
      const without = await openCustomers(at.adapter, { unique });
      await without.register("c-2", "ann@x");
      await without.domain.close();
      await rejects(openCustomers(at.adapter), /Customer is unique by email.* were not checked for/);
    });
}
