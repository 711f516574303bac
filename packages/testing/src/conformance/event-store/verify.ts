import { deepEqual, equal } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, fill } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function verify(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("reads every event of a sound store, page by page, and finds no fault", async () => {
    await fill(at.adapter, "account-1", 1_500);
    await fill(at.adapter, "order-1", 1_001);
    const pages = await collect(at.adapter.verify());
    deepEqual(
      pages.flatMap(({ faults }) => faults),
      [],
    );
    equal(
      pages.reduce((sum, { messages }) => sum + messages, 0),
      2_501,
    );
  });

  it("finds no fault in an empty store", async () => {
    const pages = await collect(at.adapter.verify());
    deepEqual(
      pages.flatMap(({ messages, faults }) => [messages, ...faults]).filter((each) => each !== 0),
      [],
    );
  });
}
