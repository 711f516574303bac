import { deepEqual, equal, ok, throws } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all, openShop } from "./till-under-test";

export function reading(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("gives the latest state of an aggregate, typed and frozen", async () => {
    const { Till, tills, facts } = await openShop(at.adapter);
    await tills.add(Till.fill("1", 5n));
    await tills.update("1", (till) => till.fill(6n));
    const fact = await facts().latest("1");
    deepEqual(
      [fact?.id, fact?.version, fact?.state],
      ["1", 1, { cents: 11n, filledOn: [new Date(5), new Date(6)], note: "" }],
    );
    ok(Object.isFrozen(fact) && Object.isFrozen(fact?.state) && Object.isFrozen(fact?.state.filledOn));
    equal(await facts().latest("nobody"), undefined);
  });

  it("gives the states of one aggregate in order, from any of them on", async () => {
    const { Till, tills, facts } = await openShop(at.adapter);
    const till = Till.fill("1", 1n);
    for (let n = 0; n < 5; n++) await tills.add(n === 0 ? till : till.fill(1n, 1n));
    const versions = (await all(facts().read("1"))).map(({ version }) => version);
    deepEqual(versions, [0, 2, 4, 6, 8]);
    const some = (await all(facts().read("1", { from: 1, limit: 2 }))).map(({ version }) => version);
    deepEqual(some, [2, 4]);
    deepEqual(await all(facts().read("2")), []);
  });

  it("gives the states of all aggregates of the class, from where a reader stopped", async () => {
    const { Till, tills, facts } = await openShop(at.adapter);
    for (const id of ["a", "b", "c"]) await tills.add(Till.fill(id, 1n));
    await tills.update("a", (till) => till.fill(1n));
    const first = await all(facts().readAll({ limit: 2 }));
    const others = await all(facts().readAll({ after: first[1]!.globalPosition }));
    deepEqual(
      [...first, ...others].map(({ id, version }) => [id, version]),
      [
        ["a", 0],
        ["b", 0],
        ["c", 0],
        ["a", 1],
      ],
    );
  });

  it("is refused for an aggregate that records none", async () => {
    const { facts } = await openShop(at.adapter, { factEvents: false });
    throws(facts, /Till records no facts: declare it with factEvents: true/);
  });
}
