import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { events, openTill } from "./till-under-test";

export function conflicts(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("20 commands on one aggregate at once all happen, with a budget of retries", async () => {
    const { domain, Pay, sum } = await openTill(at.adapter);
    const pay = () => domain.process(new Pay({ tillIds: ["1"], amount: 1 }), { retries: 1_000 });
    const results = await Promise.all(Array.from({ length: 20 }, pay));
    equal(await sum("1"), 20);
    deepEqual(
      results.flatMap(({ sums }) => sums).sort(byValue),
      [...Array(20).keys()].map((n) => BigInt(n + 1)),
    );
  });

  it("a command without budget fails with the conflict, and stores nothing on any stream", async () => {
    const { domain, Pay, runs } = await openTill(at.adapter);
    const pay = (other: string) => domain.process(new Pay({ tillIds: ["1", other], amount: 1 }), { retries: 0 });
    const outcomes = await Promise.allSettled(["a", "b"].map(pay));
    const failed = outcomes.filter(({ status }) => status === "rejected");
    equal(runs.count, 2);
    for (const { reason } of failed as PromiseRejectedResult[]) {
      deepEqual([reason.code, reason.stream], ["EXPECTED_VERSION_MISMATCH", "conformance::till-1"]);
    }
    equal((await events(domain)).length, 4 - 2 * failed.length);
  });

  it("a command that throws after it added two aggregates stores neither", async () => {
    const { domain, Pay } = await openTill(at.adapter);
    await rejects(domain.process(new Pay({ tillIds: ["1", "2", "1"], amount: 60 })), { code: "VALIDATION_FAILED" });
    deepEqual(await events(domain), []);
  });
}

function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : 1;
}
