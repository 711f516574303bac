import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import type { AggregateOptions } from "@tidemark/core";
import type { EventLog } from "@tidemark/core/adapter";

import { range } from "../event-store/sample-events";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { events, openTill, type TillOptions } from "./till-under-test";

const LOOPS = 16;
const COMMANDS_A_LOOP = 15;

export function conflicts(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();
  const opened = (options: Partial<TillOptions> = {}) => openTill(at.adapter, { storage, ...options });

  it("20 commands on one aggregate at once all happen, with a budget of retries", async () => {
    const { domain, Pay, sum } = await opened();
    const pay = () => domain.process(new Pay({ tillIds: ["1"], amount: 1 }), { retries: 1_000 });
    const results = await Promise.all(Array.from({ length: 20 }, pay));
    equal(await sum("1"), 20);
    deepEqual(
      results.flatMap(({ sums }) => sums).sort(byValue),
      [...Array(20).keys()].map((n) => BigInt(n + 1)),
    );
  });

  it("100 commands on one aggregate at once all happen, also where handlers wait", async () => {
    const { domain, Pay, sum, runs } = await opened({ pauseMs: 3 });
    const pay = () => domain.process(new Pay({ tillIds: ["1"], amount: 1 }));
    const outcomes = await Promise.allSettled(range(100).map(pay));
    deepEqual(
      outcomes.filter(({ status }) => status === "rejected"),
      [],
    );
    equal(await sum("1"), 100);
    ok(runs.count > 100, "no command met another one");
  });

  it("100 updates of one aggregate at once all happen, also where they wait", async () => {
    const { domain, Till, Pay, sum } = await opened();
    const tills = domain.repositoryFor(Till);
    await domain.process(new Pay({ tillIds: ["1"], amount: 0 }));
    let attempts = 0;
    const pay = async (till: typeof Till.prototype) => {
      attempts++;
      await pause(3);
      till.pay(1);
    };
    const outcomes = await Promise.allSettled(range(100).map(() => tills.update("1", pay)));
    deepEqual(
      outcomes.filter(({ status }) => status === "rejected"),
      [],
    );
    equal(await sum("1"), 100);
    ok(attempts > 100, "no update met another one");
  });

  it("240 commands of 16 loops on one aggregate lose races at first, and the next 240 hardly any", async () => {
    const { domain, Pay, runs } = await opened();
    const loop = async () => {
      for (let n = 0; n < COMMANDS_A_LOOP; n++) await domain.process(new Pay({ tillIds: ["1"], amount: 0 }));
    };
    const round = async () => {
      runs.count = 0;
      await Promise.all(range(LOOPS).map(loop));
      return runs.count - LOOPS * COMMANDS_A_LOOP;
    };
    const conflicts = [await round(), await round()];
    equal((await events(domain)).length, 2 * LOOPS * COMMANDS_A_LOOP);
    ok(conflicts[0]! <= 2 * LOOPS, `the first round had ${conflicts[0]} conflicts`);
    // On a machine that is busy a turn may take longer than the others have patience.
    ok(conflicts[1]! <= LOOPS / 4, `the second round had ${conflicts[1]} conflicts`);
  });

  it("commands on two aggregates in opposite orders block nobody, and lose no payment", async () => {
    const { domain, Pay, sum } = await opened();
    const pay = (...tillIds: string[]) => domain.process(new Pay({ tillIds, amount: 1 }), { retries: 1_000 });
    for (const orders of [20, 20])
      await Promise.all(range(orders).map((n) => (n % 2 === 0 ? pay("1", "2") : pay("2", "1"))));
    deepEqual([await sum("1"), await sum("2")], [40, 40]);
  });

  it("writers in line of two applications at once all happen", async () => {
    const applications = [await opened(), await opened()];
    for (const payments of [20, 20])
      await Promise.all(
        applications.flatMap(({ domain, Pay }) =>
          range(payments).map(() => domain.process(new Pay({ tillIds: ["1"], amount: 1 }), { retries: 1_000 })),
        ),
      );
    for (const { sum } of applications) equal(await sum("1"), 80);
  });

  it("a command without budget fails with the conflict, and stores nothing on any stream", async () => {
    // Neither of two applications appends before both of them are about to.
    const arrived: (() => void)[] = [];
    const append: EventLog["append"] = async (...args) => {
      await new Promise<void>((resolve) => {
        arrived.push(resolve);
        if (arrived.length === 2) for (const proceed of arrived) proceed();
      });
      return await at.adapter.log.append(...args);
    };
    const applications = [await opened({ store: { log: { append } } }), await opened({ store: { log: { append } } })];
    const others = ["a", "b"];
    const outcomes = await Promise.allSettled(
      applications.map(({ domain, Pay }, index) =>
        domain.process(new Pay({ tillIds: ["1", others[index]!], amount: 1 }), { retries: 0 }),
      ),
    );
    deepEqual(
      applications.map(({ runs }) => runs.count),
      [1, 1],
    );
    deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const failed = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    deepEqual([failed.reason.code, failed.reason.stream], ["EXPECTED_VERSION_MISMATCH", "conformance::till-1"]);
    const winner = others[outcomes.findIndex(({ status }) => status === "fulfilled")];
    deepEqual(await events(applications[0]!.domain), [
      ["conformance::till-1", 1],
      [`conformance::till-${winner}`, 1],
    ]);
  });

  it("a command that throws after it added two aggregates stores neither", async () => {
    const { domain, Pay } = await opened();
    await rejects(domain.process(new Pay({ tillIds: ["1", "2", "1"], amount: 60 })), { code: "VALIDATION_FAILED" });
    deepEqual(await events(domain), []);
  });
}

function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : 1;
}
