import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";

import { events, openTill } from "../commands/till-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all } from "./shop-under-test";

/** What repositories promise however their aggregates are stored. */
export function repositories(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();

  const opened = async () => {
    const { domain, Till, sum } = await openTill(at.adapter, { storage });
    const tills = domain.repositoryFor(Till);
    const paid = async (id: string, amount: number) => {
      const till = Till.createNew({ id });
      till.pay(amount);
      await tills.add(till);
    };
    return { domain, Till, tills, paid, sum };
  };

  it("give back what was added, in another application too, and nothing else", async () => {
    const { paid } = await opened();
    await paid("1", 5);
    const { tills } = await opened();
    const { id, sum, version } = await tills.get("1");
    deepEqual([id, sum, version], ["1", 5, 0]);
    deepEqual([await tills.exists("1"), await tills.exists("2"), await tills.find("2")], [true, false, undefined]);
    await rejects(tills.get("2"), { code: "OBJECT_NOT_FOUND" });
  });

  it("list and count aggregates in the order of their ids", async () => {
    const { tills, paid } = await opened();
    for (const id of ["b", "é", "a", "B"]) await paid(id, 1);
    deepEqual(await all(tills.ids()), ["B", "a", "b", "é"]);
    deepEqual(await all(tills.ids({ after: "aa" })), ["b", "é"]);
    equal(await tills.count(), 4);
  });

  it("refuse whoever loaded an aggregate before another save, and store nothing of it", async () => {
    const { domain, tills, paid, sum } = await opened();
    await paid("1", 1);
    const [mine, theirs] = [await tills.get("1"), await tills.get("1")];
    theirs.pay(2);
    await tills.add(theirs);
    mine.pay(4);
    const details = { stream: "conformance::till-1", expected: 0, actual: 1 };
    await rejects(tills.add(mine), { code: "EXPECTED_VERSION_MISMATCH", details });
    equal(await sum("1"), 3);
    deepEqual(
      (await events(domain)).map(([, amount]) => amount),
      [1, 2],
    );
  });

  it("refuse a second aggregate with an id", async () => {
    const { domain, paid, sum } = await opened();
    await paid("1", 1);
    const details = { stream: "conformance::till-1", expected: -1, actual: 0 };
    await rejects(paid("1", 2), { code: "EXPECTED_VERSION_MISMATCH", details });
    equal(await sum("1"), 1);
    equal((await events(domain)).length, 1);
  });

  it("carry out all updates of two applications at once", async () => {
    const [one, other] = [await opened(), await opened()];
    await one.paid("1", 0);
    const update = ({ tills }: typeof one) => tills.update("1", (till) => till.pay(1), { retries: 50 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => update(n % 2 === 0 ? one : other)));
    const { sum, version } = await other.tills.get("1");
    deepEqual([sum, version], [20, 20]);
  });

  it("give one instance of an aggregate to a unit of work, and store what it added once", async () => {
    const { domain, tills, paid } = await opened();
    await paid("1", 1);
    await domain.unitOfWork(async () => {
      const [till, same] = [await tills.get("1"), await tills.get("1")];
      ok(till === same);
      till.pay(2);
      await tills.add(till);
      await tills.update("1", (updated) => updated.pay(4));
    });
    equal((await tills.get("1")).sum, 7);
    deepEqual(
      (await events(domain)).map(([, amount]) => amount),
      [1, 2, 4],
    );
  });

  it("store nothing of a unit of work that fails", async () => {
    const { domain, tills, paid, sum } = await opened();
    await paid("1", 1);
    const failing = domain.unitOfWork(async () => {
      await paid("2", 1);
      await tills.update("1", (till) => till.pay(2));
      throw new RangeError("changed its mind");
    });
    await rejects(failing, RangeError);
    deepEqual([await sum("1"), await sum("2"), (await events(domain)).length], [1, undefined, 1]);
  });

  it("store nothing of an aggregate that is as it was", async () => {
    const { domain, tills, paid } = await opened();
    await paid("1", 1);
    await tills.add(await tills.get("1"));
    await tills.update("1", () => undefined);
    deepEqual([(await tills.get("1")).version, (await events(domain)).length], [0, 1]);
  });

  if (isFolded(storage))
    it("load earlier states, which the events give", async () => {
      const { tills, paid } = await opened();
      await paid("1", 1);
      await tills.update("1", (till) => till.pay(2));
      equal((await tills.get("1", { atVersion: 0 })).sum, 1);
      deepEqual(
        (await all(tills.history("1"))).map(({ state }) => state.sum),
        [1, 3],
      );
    });
  else
    it("refuse earlier states, which the events do not give", async () => {
      const { tills, paid } = await opened();
      await paid("1", 1);
      await rejects(tills.get("1", { atVersion: 0 }), { code: "INCORRECT_USAGE" });
      await rejects(async () => await all(tills.history("1")), { code: "INCORRECT_USAGE" });
    });
}

/** Whether the state of an aggregate is what its events give. */
function isFolded({ stored, truth }: AggregateOptions): boolean {
  return stored === "events" || truth === "events";
}
