import { deepEqual, equal } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noteds, numbers, range } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function largeAppends(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const count of [8_001, 20_000]) {
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

  it("stores 5,000 streams in one append", async () => {
    const appends = range(5_000).map((n) => ({ stream: `account-${n}`, expectedVersion: -1, events: noteds(1, n) }));
    const appended = await at.store.append(appends);
    deepEqual(
      appended.map(({ stream, version }) => [stream, version]),
      appends.map(({ stream }) => [stream, 0]),
    );
    deepEqual(
      (await numbers(at.store.readCategory("account"))).sort((a, b) => a - b),
      range(5_000),
    );
  });
}
