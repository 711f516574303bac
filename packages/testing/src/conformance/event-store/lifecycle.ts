import { deepEqual } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, noteds, range, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function lifecycle(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("closes twice without complaint", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(2) }]);
    await at.adapter.close();
    await at.adapter.close();
  });

  if (!at.conformance.abilities.durable) return;

  it("holds after it was closed and opened again what was acknowledged before", async () => {
    await at.store.append([{ stream: "account-1", events: [noted(0, { data: { a: -0, b: "\u{1f600}" } })] }]);
    await at.store.append([{ stream: "order-1", events: noteds(1_500) }]);
    const snapshot = snapshotNote("account:snapshot-1", 0);
    await at.adapter.snapshots.write([{ snapshot: snapshot, keep: 1 }]);
    const before = await collect(at.store.readAll());
    await at.reopen();
    deepEqual(await collect(at.store.readAll()), before);
    deepEqual(
      (await at.adapter.snapshots.read(ref("account:snapshot-1"))).map((each) => ({ ...each })),
      [snapshot],
    );
  });

  it("goes on where it stopped after it was opened again", async () => {
    const first = { stream: "account-1", expectedVersion: -1, events: [noted(0, { id: "a" })] };
    const appended = await at.store.append([first]);
    await at.reopen();
    deepEqual(await at.store.append([first]), appended);
    await at.store.append([{ stream: "account-1", expectedVersion: 0, events: noteds(3, 1) }]);
    const all = await collect(at.store.readAll());
    deepEqual(
      all.map(({ position, data }) => [position, data.n]),
      range(4).map((n) => [n, n]),
    );
    deepEqual(
      all.map(({ globalPosition }) => globalPosition).toSorted((a, b) => a - b),
      all.map(({ globalPosition }) => globalPosition),
    );
  });

  it("holds all of what was acknowledged when it is closed amid appends", async () => {
    const appends = range(40).map((n) => at.store.append([{ stream: `account-${n}`, events: noteds(3) }]));
    const closing = at.adapter.close();
    const outcomes = await Promise.allSettled(appends);
    await closing;
    await at.reopen();
    for (const [n, { status }] of outcomes.entries()) {
      const stored = (await collect(at.store.read(`account-${n}`))).length;
      if (status === "fulfilled" || stored !== 0) deepEqual(stored, 3, `account-${n}: ${status}`);
    }
  });
}
