import { deepEqual, rejects } from "node:assert/strict";

import type { Operation, Timer } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { flush, operationsOf, timer } from "./sample-operations";

export function timers(at: StoreUnderTest): void {
  const { it } = testRunner();

  const set = (...timers: readonly Timer[]) =>
    flush(at, ...timers.map((each): Operation => ({ kind: "setTimer", timer: each })));
  const due = async (now: number, limit = 100) =>
    Array.from(await operationsOf(at).timers.due(now, limit), (each) => ({ ...each }));
  const ofOwner = async (owner = "transfer-1") =>
    Array.from(await operationsOf(at).timers.ofOwner(owner), (each) => ({ ...each }));
  const removal = (name: string, dueAt?: number): Operation => ({
    kind: "removeTimer",
    owner: "transfer-1",
    name,
    ...(dueAt !== undefined && { dueAt }),
  });

  it("gives those that are due, that very moment included, the earliest first and up to a limit", async () => {
    const times = [30, 10, -5, 20, 8_640_000_000_000_000];
    await set(...times.map((dueAt, n) => timer(`t${n}`, dueAt, { owner: `transfer-${n}` })));
    const names = async (now: number, limit?: number) => (await due(now, limit)).map(({ name }) => name);
    deepEqual(await names(-6), []);
    deepEqual(await names(-5), ["t2"]);
    deepEqual(await names(19), ["t2", "t1"]);
    deepEqual(await names(20), ["t2", "t1", "t3"]);
    deepEqual(await names(Number.MAX_SAFE_INTEGER, 10), ["t2", "t1", "t3", "t0", "t4"]);
    deepEqual(await names(Number.MAX_SAFE_INTEGER, 2), ["t2", "t1"]);
  });

  it("gives back every part of a timer", async () => {
    const one = timer("expiry", 1_700_000_000_123, { data: '{"b":1.0,"a":"\u{1f600}\\n","a":-0}' });
    await set(one);
    deepEqual(await due(one.dueAt), [one]);
    deepEqual(await ofOwner(), [one]);
  });

  it("takes the place of one with the same owner and name", async () => {
    await set(timer("expiry", 10), timer("reminder", 20));
    await set(timer("expiry", 30, { data: '"later"' }));
    deepEqual(await ofOwner(), [timer("reminder", 20), timer("expiry", 30, { data: '"later"' })]);
    deepEqual(await due(10), []);
  });

  it("tells owners and names apart, whatever they hold", async () => {
    const pairs = [
      ...IDENTIFIERS.map((id) => [id, "n"]),
      ...IDENTIFIERS.map((id) => ["o", id]),
      ["a:b", "c"],
      ["a", "b:c"],
    ];
    const all = pairs.map(([owner = "", name = ""], n) => timer(name, n, { owner, data: `${n}` }));
    await set(...all);
    for (const each of all) {
      const own = all.filter(({ owner }) => owner === each.owner);
      deepEqual(await ofOwner(each.owner), own);
    }
    deepEqual(await due(all.length, all.length), all);
  });

  it("removes one that is cancelled, as far as it is there", async () => {
    await set(timer("expiry", 10), timer("reminder", 20));
    await flush(at, removal("expiry"), removal("nobody"));
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
    await flush(at, removal("expiry"));
  });

  it("removes one that fires by its time, and refuses where it is not there or due at another one", async () => {
    await set(timer("expiry", 10), timer("reminder", 20));
    await flush(at, removal("expiry", 10));
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
    await rejects(flush(at, removal("expiry", 10)), {
      code: "OPERATION_CONFLICT",
      details: { subject: 'timer "expiry" of "transfer-1"', expected: "it due at 10", actual: "none" },
    });
    await rejects(flush(at, removal("reminder", 21)), {
      code: "OPERATION_CONFLICT",
      details: { subject: 'timer "reminder" of "transfer-1"', expected: "it due at 21", actual: "it due at 20" },
    });
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
  });

  it("lets exactly one of 32 fire it", async () => {
    await set(timer("expiry", 10));
    const outcomes = await Promise.allSettled(range(32).map(() => flush(at, removal("expiry", 10))));
    deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", ...Array(31).fill("rejected")]);
    deepEqual(await ofOwner(), []);
  });
}
