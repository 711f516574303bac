import { deepEqual, equal, match } from "node:assert/strict";

import { testRunner } from "../test-runner";
import type { StoreUnderTest } from "./store-under-test";

/** First of all, so that nothing is left untested because an adapter forgot to declare it. */
export function abilities(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("declares exactly the abilities that its author expects", async () => {
    deepEqual({ ...at.adapter.abilities }, at.conformance.abilities);
  });

  it("leaves out of the port exactly what its author says", async () => {
    const { operations, log } = at.adapter;
    const leftOut = [
      operations === undefined && "operations",
      log.onAppend === undefined && "onAppend",
      log.forget === undefined && "forget",
    ];
    deepEqual(new Set(leftOut.filter(Boolean)), new Set(at.conformance.leavesOut));
  });

  it("describes itself in words", async () => {
    equal(typeof at.adapter.description, "string");
    match(at.adapter.description, /\S/);
  });
}
