import { deepEqual, equal } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noteds, numbers, range } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function largeAppends(at: StoreUnderTest): void {
  const { it } = testRunner();

  const [counts, streams] = at.conformance.sizes === "small" ? [[8_001], 500] : [[8_001, 20_000], 5_000];

  for (const count of counts) {
    it(`stores ${count} events in one append`, async () => {
      const [appended] = await at.store.append([{ stream: "account-1", expectedVersion: -1, events: noteds(count) }]);
      equal(appended?.version, count - 1);
      const stored = await collect(at.store.read("account-1"));
      deepEqual(
        stored.map(({ data }) => data.n),
        range(count),
      );
      deepEqual(
        stored.map(({ position }) => position),
        range(count),
      );
      equal(stored.at(-1)?.globalPosition, appended?.globalPosition);
    });
  }

  it(`stores ${streams} streams in one append`, async () => {
    const appends = range(streams).map((n) => ({ stream: `account-${n}`, expectedVersion: -1, events: noteds(1, n) }));
    const appended = await at.store.append(appends);
    deepEqual(
      appended.map(({ stream, version }) => [stream, version]),
      appends.map(({ stream }) => [stream, 0]),
    );
    deepEqual(
      (await numbers(at.store.readCategory("account"))).sort((a, b) => a - b),
      range(streams),
    );
  });
}
