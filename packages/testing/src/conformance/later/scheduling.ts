import { deepEqual, equal, rejects } from "node:assert/strict";

import { CommandCancelledError } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testClock } from "../processes/timing";
import { testRunner } from "../test-runner";
import { runJobs } from "./jobs-under-test";

const HOUR = 3_600_000;

export function scheduling(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are carried out when their time has come, not before, once, after a restart too", async () => {
    const clock = testClock();
    const first = await runJobs(at.adapter, { clock });
    const job = await first.domain.schedule(first.pay("a", 5), { after: "30d" });
    const past = await first.domain.schedule(first.pay("a", 1), { at: new Date(0) });
    clock.advance(30 * 24 * HOUR - 1);
    await first.domain.catchUp();
    deepEqual([first.ran, (await past.status()).state, (await job.status()).state], [["a 1"], "done", "waiting"]);
    await first.domain.close();
    clock.advance(1);
    const second = await runJobs(at.adapter, { clock });
    for (let run = 0; run < 2; run++) await second.domain.catchUp();
    deepEqual([second.ran, await second.paid("a")], [["a 5"], [1, 5]]);
  });

  it("are replaced under their key as long as they wait, and unscheduled", async () => {
    const clock = testClock();
    const { domain, pay, ran, entries } = await runJobs(at.adapter, { clock });
    const job = await domain.schedule(pay("a", 1), { after: "1h", key: "k" });
    await domain.schedule(pay("a", 2), { after: "2h", key: "k", priority: 3 });
    const other = await domain.schedule(pay("b", 4), { after: "2h", key: "other" });
    equal((await entries()).length, 2);
    clock.advance(HOUR);
    await domain.catchUp();
    deepEqual(ran, []);
    deepEqual([await domain.unschedule("other"), await domain.unschedule("other")], [true, false]);
    clock.advance(HOUR);
    await domain.catchUp();
    deepEqual([ran, (await job.status()).priority], [["a 2"], 3]);
    await rejects(other.result(), CommandCancelledError);
    deepEqual([await domain.unschedule("k"), await domain.unschedule("unknown")], [false, false]);
    await domain.schedule(pay("a", 3), { after: "1h", key: "k" });
    clock.advance(HOUR);
    await domain.catchUp();
    deepEqual(ran, ["a 2", "a 3"]);
  });

  it("schedule the next one under the same key, from their handler", async () => {
    const clock = testClock();
    const jobs = await runJobs(at.adapter, {
      clock,
      before: async () => await schedule(),
    });
    const { domain, pay, paid } = jobs;
    const schedule = () => domain.schedule(pay("a", 1), { after: "1h", key: "again" });
    await schedule();
    for (let n = 1; n <= 3; n++) {
      clock.advance(HOUR);
      await domain.catchUp();
      equal((await paid("a")).length, n);
    }
    equal(await domain.unschedule("again"), true);
    clock.advance(HOUR);
    await domain.catchUp();
    equal((await paid("a")).length, 3);
  });

  it("change with the unit of work around the call, or not at all", async () => {
    const clock = testClock();
    const { domain, pay, ran, entries } = await runJobs(at.adapter, { clock });
    await domain.schedule(pay("kept", 0), { after: "1h", key: "kept" });
    await rejects(
      domain.unitOfWork(async () => {
        await domain.schedule(pay("a", 0), { after: "1h", key: "k" });
        equal(await domain.unschedule("kept"), true);
        throw new Error("no");
      }),
      /no/,
    );
    deepEqual(
      (await entries()).map(({ state }) => state),
      ["waiting"],
    );
    await domain.unitOfWork(async () => {
      await domain.schedule(pay("a", 0), { after: "1h", key: "k" });
      await domain.schedule(pay("b", 0), { after: "1h", key: "k" });
      equal(await domain.unschedule("kept"), true);
    });
    clock.advance(HOUR);
    await domain.catchUp();
    deepEqual(ran, ["b 0"]);
  });
}
