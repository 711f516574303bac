import { deepEqual, rejects } from "node:assert/strict";

import { IncorrectUsageError } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openDashboard } from "./dashboard-under-test";

export function answeringQueries(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("give what their handlers read", async () => {
    const { domain, open, change, Rich } = await openDashboard(at.adapter, { mode: "inline" });
    for (const [index, id] of ["a-1", "a-2", "a-3"].entries()) {
      await open(id);
      await change(id, (account) => account.deposit(10 * index));
    }
    deepEqual(await domain.dispatch(new Rich({ min: 10 })), [
      { accountId: "a-3", balance: 20 },
      { accountId: "a-2", balance: 10 },
    ]);
    await domain.close();
  });

  it("cannot write", async () => {
    const { domain, Writing, Account } = await openDashboard(at.adapter, { mode: "inline" });
    for (const by of ["unit", "add", "append"] as const)
      await rejects(domain.dispatch(new Writing({ by })), (error: Error) => {
        return error instanceof IncorrectUsageError && /The handler of query Writing cannot write/.test(error.message);
      });
    deepEqual(await domain.repositoryFor(Account).count(), 0);
    await domain.close();
  });

  it("tell a watch of the newest result after each change of it", async () => {
    const { domain, open, change, Rich } = await openDashboard(at.adapter, { mode: "inline" });
    await open("a-1");
    const watch = domain.watch(new Rich({ min: 10 }));
    deepEqual(await watch.next(), { done: false, value: [] });
    const second = watch.next();
    await change("a-1", (account) => account.deposit(1));
    await change("a-1", (account) => account.deposit(10));
    deepEqual(await second, { done: false, value: [{ accountId: "a-1", balance: 11 }] });
    await change("a-1", (account) => account.deposit(1));
    await change("a-1", (account) => account.deposit(1));
    deepEqual(await watch.next(), { done: false, value: [{ accountId: "a-1", balance: 13 }] });
    const last = watch.next();
    await domain.close();
    deepEqual(await last, { done: true, value: undefined });
  });

  it("wait for the position that they are asked to have at least", async () => {
    const { domain, open, change, Rich } = await openDashboard(at.adapter);
    const server = await domain.serve();
    await open("a-1");
    for (let amount = 10; amount < 15; amount++) {
      await change("a-1", (account) => account.deposit(1));
      await change("a-1", (account) => account.deposit(10));
      const [row] = await domain.dispatch(new Rich({ min: 0 }), { atLeast: domain.position() });
      deepEqual(row, { accountId: "a-1", balance: 11 * (amount - 9) });
    }
    await rejects(domain.dispatch(new Rich({ min: 0 }), { atLeast: "soon" }), { code: "VALIDATION_FAILED" });
    const far = { atLeast: "999999999", waitTimeoutMs: 20 };
    await rejects(domain.dispatch(new Rich({ min: 0 }), far), { code: "WAIT_FAILED" });
    await server.close();
    await domain.close();
  });

  it("tell a watch what a server has folded", async () => {
    const { domain, open, change, Rich } = await openDashboard(at.adapter);
    const server = await domain.serve();
    await open("a-1");
    await domain.dispatch(new Rich({ min: 0 }), { atLeast: domain.position() });
    const watch = domain.watch(new Rich({ min: 10 }));
    deepEqual(await watch.next(), { done: false, value: [] });
    for (const balance of [10, 20, 30]) {
      const next = watch.next();
      await change("a-1", (account) => account.deposit(10));
      deepEqual(await next, { done: false, value: [{ accountId: "a-1", balance }] });
    }
    await server.close();
    await domain.close();
  });

  if (at.conformance.abilities.sharedByProcesses)
    for (const mode of ["inline", "async"] as const)
      it(`tell a watch what another process has written: ${mode}`, async () => {
        const here = await openDashboard(at.adapter, { mode });
        const there = await openDashboard(await at.another(), { mode });
        const server = await there.domain.serve();
        await there.open("a-1");
        const watch = here.domain.watch(new here.Rich({ min: 10 }));
        deepEqual(await watch.next(), { done: false, value: [] });
        for (const balance of [10, 20, 30]) {
          const next = watch.next();
          await there.change("a-1", (account) => account.deposit(10));
          deepEqual(await next, { done: false, value: [{ accountId: "a-1", balance }] });
        }
        await server.close();
        await Promise.all([here.domain.close(), there.domain.close()]);
      });

  it("end a watch by its signal, and by leaving the loop", async () => {
    const { domain, Rich } = await openDashboard(at.adapter, { mode: "inline" });
    const abort = new AbortController();
    const watch = domain.watch(new Rich({ min: 10 }), { signal: abort.signal });
    await watch.next();
    const waiting = watch.next();
    abort.abort();
    await rejects(waiting, { name: "AbortError" });
    deepEqual(await watch.next(), { done: true, value: undefined });
    for await (const rows of domain.watch(new Rich({ min: 10 }))) {
      deepEqual(rows, []);
      break;
    }
    await domain.close();
  });
}
