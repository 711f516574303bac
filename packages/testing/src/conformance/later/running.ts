import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { ObjectNotFoundError } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testClock } from "../processes/timing";
import { testRunner } from "../test-runner";
import { runJobs, until } from "./jobs-under-test";

const LEASE_MS = 10_000;

export function running(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are stored when process returns: another process carries them out, once", async () => {
    const first = await runJobs(at.adapter);
    const job = await first.domain.process(first.pay("a", 5), { correlationId: "c-1" });
    equal((await job.status()).state, "waiting");
    await first.domain.close();
    deepEqual(first.ran, []);

    const second = await runJobs(at.adapter);
    for (let run = 0; run < 2; run++) await second.domain.catchUp();
    const found = second.domain.commandHandle(job.id);
    deepEqual(await found.result(), { sum: 5n, at: new Date(0) });
    const { state, attempts, finishedAt } = await found.status();
    deepEqual([state, attempts, finishedAt instanceof Date], ["done", 0, true]);
    deepEqual([second.ran, await second.paid("a")], [["a 5"], [5]]);
    for await (const { metadata } of second.domain.eventStore.read("jobs::till-a"))
      deepEqual([metadata.causationId, metadata.correlationId, metadata.commandType], [job.id, "c-1", "Jobs.Pay.v1"]);
  });

  it("are carried out that a killed worker had claimed: once, when its claim has run out", async () => {
    const clock = testClock();
    const { domain, pay, paid, queue, ran } = await runJobs(at.adapter, { clock });
    const job = await domain.process(pay("a", 5));
    const claim = { worker: "killed", lanes: ["default"], limit: 1, oldest: 0, claimMs: LEASE_MS };
    equal((await queue.claim({ ...claim, now: clock.now().getTime() })).length, 1);
    await domain.catchUp();
    deepEqual(ran, []);
    clock.advance(LEASE_MS);
    await domain.catchUp();
    deepEqual([ran, await paid("a"), (await job.status()).state], [["a 5"], [5], "done"]);
  });

  it("are not stored by a worker that was held up, and has lost them meanwhile", async () => {
    const clock = testClock();
    let goOn: () => void = () => undefined;
    const first = await runJobs(at.adapter, { clock, before: () => new Promise<void>((resolve) => (goOn = resolve)) });
    const job = await first.domain.process(first.pay("a", 5));
    const heldUp = first.domain.catchUp();
    await until(() => first.ran.length === 1);
    clock.advance(LEASE_MS);
    const second = await runJobs(at.adapter, { clock });
    await second.domain.catchUp();
    goOn();
    await heldUp;
    deepEqual([first.ran, second.ran, await second.paid("a")], [["a 5"], ["a 5"], [5]]);
    equal((await job.status()).state, "done");
  });

  it("are shared by servers, each carried out once", async () => {
    const servers = await Promise.all(Array.from({ length: 3 }, () => runJobs(at.adapter)));
    await Promise.all(servers.map(({ domain }) => domain.serve()));
    const [{ domain, pay, paid }] = servers as [(typeof servers)[0]];
    const jobs = await Promise.all(Array.from({ length: 40 }, (_, n) => domain.process(pay(`t-${n % 4}`, 1))));
    const results = await Promise.all(jobs.map((job) => job.result()));
    const sums = results.map(({ sum }) => Number(sum)).sort((a, b) => a - b);
    deepEqual(
      sums,
      Array.from({ length: 40 }, (_, n) => Math.floor(n / 4) + 1),
    );
    for (let till = 0; till < 4; till++) equal((await paid(`t-${till}`)).length, 10);
  });

  it("are settled where they append nothing, and keep their results", async () => {
    const { domain, pay, paid } = await runJobs(at.adapter);
    const job = await domain.process(pay("a", 0));
    await domain.catchUp();
    deepEqual(await job.result(), { sum: 0n, at: new Date(0) });
    deepEqual([await paid("a"), (await job.status()).state], [[], "done"]);
  });

  it("are carried out once for their idempotency key, and have the first result", async () => {
    const { domain, pay, paid } = await runJobs(at.adapter);
    const jobs = [
      await domain.process(pay("a", 5), { idempotencyKey: "k" }),
      await domain.process(pay("a", 5), { idempotencyKey: "k" }),
    ];
    await domain.catchUp();
    for (const job of jobs) deepEqual(await job.result(), { sum: 5n, at: new Date(0) });
    deepEqual(await paid("a"), [5]);
  });

  it("are stored with the unit of work around them, and not with one that fails", async () => {
    const { domain, pay, paid, entries } = await runJobs(at.adapter);
    let id = "";
    await rejects(
      domain.unitOfWork(async () => {
        await domain.process(pay("b", 1), { asynchronous: false });
        ({ id } = await domain.process(pay("a", 5)));
        throw new Error("no");
      }),
      /no/,
    );
    deepEqual([await entries(), await paid("b")], [[], []]);
    await rejects(domain.commandHandle(id).status(), ObjectNotFoundError);
    await domain.unitOfWork(async () => {
      await domain.process(pay("b", 1), { asynchronous: false });
      ({ id } = await domain.process(pay("a", 5)));
      deepEqual(await entries(), []);
    });
    equal((await entries()).length, 1);
    await domain.catchUp();
    deepEqual([await paid("b"), await paid("a"), (await domain.commandHandle(id).status()).state], [[1], [5], "done"]);
  });

  it("are run by servers of their lane", async () => {
    const config = { server: { embedded: false, lanes: { bulk: { concurrency: 2 } } } };
    const { domain, pay, ran } = await runJobs(at.adapter, { config });
    await domain.process(pay("a", 1), { lane: "bulk" });
    await domain.process(pay("a", 2));
    await domain.catchUp({ lanes: ["default"] });
    deepEqual(ran, ["a 2"]);
    const server = await domain.serve({ lanes: ["bulk"] });
    await until(() => ran.length === 2);
    await server.close();
    await rejects(domain.serve({ lanes: ["bulg"] }), /did you mean "bulk"/);
    await rejects(domain.process(pay("a", 3), { lane: "bulg" }), /no lane is called "bulg"; did you mean "bulk"/);
  });

  it("are carried out by priority, and the oldest still move", async () => {
    const clock = testClock();
    const config = { server: { embedded: false, lanes: { default: { concurrency: 1 } } } };
    const { domain, pay, ran } = await runJobs(at.adapter, { clock, config });
    for (let n = 0; n < 4; n++) {
      await domain.process(pay("bulk", 0), { priority: -1 });
      clock.advance(1);
    }
    for (let n = 0; n < 12; n++) await domain.process(pay("urgent", 0), { priority: 1 });
    await domain.catchUp();
    const first = ran.slice(0, 8).map((each) => each.split(" ")[0]);
    equal(first.filter((each) => each === "urgent").length, 6, "urgent ones overtake");
    equal(first.filter((each) => each === "bulk").length, 2, "bulk ones still move");
    equal(ran.length, 16);
  });

  it("end within the time that a server has, or are given back for another one", async () => {
    const config = { server: { embedded: false, shutdown: "1s" } };
    let goOn: () => void = () => undefined;
    const { domain, pay, ran, queue } = await runJobs(at.adapter, {
      config,
      before: ({ tillId }) => (tillId === "stuck" ? new Promise<void>((resolve) => (goOn = resolve)) : undefined),
    });
    const server = await domain.serve();
    const stuck = await domain.process(pay("stuck", 1));
    await until(() => ran.length === 1);
    await server.close();
    deepEqual(server.givenUp, ["commands that run later"]);
    const { state, claimedBy } = (await queue.find(stuck.id))!;
    deepEqual([state, claimedBy], ["waiting", undefined]);
    goOn();
    const other = await runJobs(at.adapter);
    await other.domain.catchUp();
    deepEqual([await other.paid("stuck"), other.ran], [[1], ["stuck 1"]]);
    ok(ran.length === 1);
  });
}
