import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, request, storedNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

/** In the place of the suites for operations, for a store that says to have none. */
export function noOperations(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are left out: the store has none, and refuses an append that brings some", async () => {
    equal(at.adapter.operations, undefined);
    const append = async () =>
      at.adapter.log.append([request("account-1", [storedNote(0)])], {
        also: [{ kind: "settleEntry", id: "a", expected: 0 }],
      });
    await rejects(append, { code: "INCORRECT_USAGE" });
    deepEqual(await collect(at.store.readAll()), []);
  });
}

/** In the place of the suite for forgetting, for a store that says to keep events for ever. */
export function noForgetting(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("is left out: the store has no forget, and keeps every event", async () => {
    equal(at.adapter.log.forget, undefined);
    equal(at.adapter.log.forgottenUpTo, undefined);
  });
}

/** In the place of the suite for listening, for a store that says not to tell. */
export function noListening(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("is left out: the store has no onAppend, and its readers poll", async () => {
    equal(at.adapter.log.onAppend, undefined);
  });
}
