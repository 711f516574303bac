import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, noteds, numbers, range, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

const LOOKALIKES = [
  ..."user superuser user_x userAx User users use user% us_r USER user:command user:fact bank::user".split(" "),
  "us\u00e9r",
  "use\u0301r",
  "user ",
  "__proto__",
  "constructor",
];

export function categories(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("never mixes categories that look alike", async () => {
    for (const [n, category] of LOOKALIKES.entries()) {
      await at.store.append([{ stream: `${category}-1`, events: [noted(n), noted(n)] }]);
    }
    for (const [n, category] of LOOKALIKES.entries()) {
      deepEqual(await numbers(at.store.readCategory(category)), [n, n], category);
      deepEqual(await numbers(at.store.read(`${category}-1`)), [n, n], category);
      deepEqual(await at.adapter.log.listStreams(category, { limit: 10 }), [`${category}-1`]);
    }
  });

  it("ends a category at the first dash, whatever the id holds", async () => {
    await at.store.append([
      { stream: "user-x-1", events: [noted(0)] },
      { stream: "user-user-1", events: [noted(1)] },
    ]);
    deepEqual((await numbers(at.store.readCategory("user"))).sort(), [0, 1]);
  });

  it("reads a category in global order, after a position and up to a limit", async () => {
    for (const n of range(12)) {
      await at.store.append([{ stream: `${n % 2 === 0 ? "even" : "odd"}-${n % 3}`, events: [noted(n)] }]);
    }
    const even = await collect(at.store.readCategory("even"));
    deepEqual(
      even.map(({ data }) => data.n),
      [0, 2, 4, 6, 8, 10],
    );
    const after = even[2]!.globalPosition;
    deepEqual(await numbers(at.store.readCategory("even", { after })), [6, 8, 10]);
    deepEqual(await numbers(at.store.readCategory("even", { after: String(after), limit: 2 })), [6, 8]);
    deepEqual(await numbers(at.store.readCategory("even", { after: even.at(-1)!.globalPosition })), []);
  });

  it("reads a category of 2,500 events completely", async () => {
    for (const first of [0, 500, 1_000, 1_500, 2_000]) {
      await at.store.append([{ stream: `account-${first}`, events: noteds(500, first) }]);
      await at.store.append([{ stream: `other-${first}`, events: noteds(3) }]);
    }
    deepEqual(await numbers(at.store.readCategory("account")), range(2_500));
  });

  it("keeps the snapshots of a category in one of their own", async () => {
    await at.store.append([{ stream: "user-1", events: [noted(0)] }]);
    const data = { version: 0, state: { n: 7 } };
    await at.store.append([{ stream: "user:snapshot-1", events: [{ type: "SNAPSHOT", data }] }]);
    deepEqual(await numbers(at.store.readCategory("user")), [0]);
    const snapshots = await collect(at.store.readCategory("user:snapshot"));
    deepEqual(
      snapshots.map((snapshot) => snapshot.data),
      [data],
    );
  });

  it("never mixes the snapshots of categories that look alike", async () => {
    const versions = async (stream: string) =>
      (await at.adapter.snapshots.read(ref(stream))).map(({ version }) => version);
    const names = LOOKALIKES.map((category) => `${category}:snapshot`);
    for (const [n, name] of names.entries()) {
      await at.adapter.snapshots.write([{ snapshot: snapshotNote(`${name}-1`, n), keep: 1 }]);
    }
    for (const [n, name] of names.entries()) {
      deepEqual(await at.adapter.snapshots.listStreams(name, { limit: 10 }), [`${name}-1`]);
      deepEqual(await versions(`${name}-1`), [n], name);
      equal(await at.adapter.snapshots.delete({ category: name }), 1, name);
      deepEqual(await versions(`${name}-1`), [], name);
    }
  });

  it("refuses names that are no categories", async () => {
    for (const name of ["", "user-1", "-", "us\0er", "\ud800", 7 as never, undefined as never]) {
      await rejects(collect(at.store.readCategory(name)), { code: "INCORRECT_USAGE" }, String(name));
    }
  });
}
