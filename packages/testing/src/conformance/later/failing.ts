import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";

import {
  CommandCancelledError,
  CommandExpiredError,
  CommandFailedError,
  DomainError,
  StoreUnavailableError,
} from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import type { ReplacedMethods } from "../lent-store";
import { testClock } from "../processes/timing";
import { testRunner } from "../test-runner";
import { runJobs, until } from "./jobs-under-test";

const AWAY = { attempted: "Cannot write to", store: "the store", reason: "it went away" };

export function failing(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("have the refusal of the domain for their result, and are not tried again", async () => {
    const { domain, pay, ran, paid, logged } = await runJobs(at.adapter);
    const job = await domain.process(pay("a", 101));
    await domain.catchUp();
    await domain.catchUp();
    await rejects(job.result(), (error: DomainError) => {
      ok(error instanceof DomainError);
      const { name, code, message, details } = error;
      deepEqual([name, code, message, details], ["TooMuchError", "TOO_MUCH", "101 is too much", { amount: 101 }]);
      return true;
    });
    const { state, attempts } = await job.status();
    deepEqual([state, attempts, ran, await paid("a"), logged], ["refused", 0, ["a 101"], [], []]);
  });

  it("are tried again after technical failures, each time later, and are parked then", async () => {
    const clock = testClock();
    const config = {
      server: { embedded: false },
      processing: { retry: { attempts: 2, first: "10s", max: "15s" } },
    };
    let isBroken = true;
    const { domain, pay, ran, paid, logged } = await runJobs(at.adapter, {
      clock,
      config,
      before: () => {
        if (isBroken) throw new TypeError("x is undefined");
      },
    });
    const server = await domain.serve();
    const job = await domain.process(pay("a", 5));
    const pauses: number[] = [];
    for (const attempt of [1, 2]) {
      await until(async () => (await job.status()).attempts === attempt);
      const { state, dueAt } = await job.status();
      equal(state, "waiting");
      pauses.push(dueAt.getTime() - clock.now().getTime());
      clock.advance(pauses.at(-1)!);
    }
    await until(async () => (await job.status()).state === "parked");
    await server.close();
    ok(pauses[0]! >= 7_500 && pauses[0]! <= 12_500, `the first pause is ${pauses[0]} ms`);
    ok(pauses[1]! >= 11_250 && pauses[1]! <= 15_000, `the second pause is ${pauses[1]} ms`);
    await rejects(job.result(), CommandFailedError);
    deepEqual([ran.length, await paid("a"), (await job.status()).attempts], [3, [], 3]);
    match(logged.at(-1)!, /is parked: x is undefined/);
    isBroken = false;
    await domain.retryCommand(job.id);
    await domain.catchUp();
    deepEqual([await job.result(), await paid("a")], [{ sum: 5n, at: new Date(0) }, [5]]);
  });

  for (const when of ["before", "after"] as const)
    for (const amount of [5, 0])
      it(`are done once where the store fails ${when} a commit ${amount === 0 ? "without" : "with"} events`, async () => {
        let failures = 0;
        const attempted = async <T>(isSettled: boolean, write: () => T): Promise<Awaited<T>> => {
          const fails = isSettled && failures < 2 && ++failures > 0;
          if (fails && when === "before") throw new StoreUnavailableError(AWAY);
          const answer = await write();
          if (fails) throw new StoreUnavailableError(AWAY);
          return answer;
        };
        const { log, operations } = at.adapter;
        const store: ReplacedMethods = {
          operations: {
            flush: (all) =>
              attempted(
                all.some(({ kind }) => kind === "settleEntry"),
                () => operations!.flush(all),
              ),
          },
          log: {
            append: (requests, options = {}) =>
              attempted(options.also?.some(({ kind }) => kind === "settleEntry") === true, () =>
                log.append(requests, options),
              ),
          },
        };
        const { domain, pay, paid } = await runJobs(at.adapter, { store });
        const job = await domain.process(pay("a", amount));
        await domain.catchUp();
        const { state, attempts } = await job.status();
        deepEqual([state, attempts], ["done", 0]);
        deepEqual(await paid("a"), amount === 0 ? [] : [5]);
        deepEqual(await job.result(), { sum: BigInt(amount), at: new Date(0) });
      });

  it("expire in the queue where their deadline passes: they are not carried out", async () => {
    const clock = testClock();
    const { domain, pay, ran } = await runJobs(at.adapter, { clock });
    const deadline = new Date(clock.now().getTime() + 60_000);
    const [late, inTime] = [
      await domain.schedule(pay("a", 5), { after: "1m", deadline }),
      await domain.schedule(pay("b", 5), { after: "1s", deadline }),
    ];
    clock.advance(30_000);
    await domain.catchUp();
    deepEqual(ran, ["b 5"]);
    clock.advance(30_000);
    await domain.catchUp();
    deepEqual([(await late.status()).state, (await inTime.status()).state, ran], ["expired", "done", ["b 5"]]);
    await rejects(late.result(), CommandExpiredError);
  });

  it("are cancelled as long as they wait, and not once they are done", async () => {
    const { domain, pay, ran } = await runJobs(at.adapter);
    const job = await domain.process(pay("a", 5));
    deepEqual([await job.cancel(), await job.cancel()], [true, false]);
    await domain.catchUp();
    deepEqual([ran, (await job.status()).state], [[], "cancelled"]);
    await rejects(job.result(), CommandCancelledError);
    const done = await domain.process(pay("a", 5));
    await domain.catchUp();
    deepEqual([await done.cancel(), ran], [false, ["a 5"]]);
  });
}
