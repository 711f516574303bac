import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation, QueueEntry } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { entry, flush, operationsOf } from "./sample-operations";

export function commandQueue(at: StoreUnderTest): void {
  const { it } = testRunner();

  const enqueue = (...entries: readonly QueueEntry[]) =>
    flush(at, ...entries.map((each): Operation => ({ kind: "enqueue", entry: each })));
  const waiting = async (now = 0, limit = 100, lane = "default") =>
    Array.from(await operationsOf(at).commandQueue.waiting(lane, now, limit), (each) => ({ ...each }));
  const ids = async (...args: Parameters<typeof waiting>) => (await waiting(...args)).map(({ id }) => id);
  const find = async (id: string) => {
    const found = await operationsOf(at).commandQueue.find(id);
    return found && { ...found };
  };

  it("gives those of higher priority first, then the earliest, then by id", async () => {
    const priorities = [0, 5, -5, 2_147_483_647, -2_147_483_648];
    await enqueue(
      ...priorities.flatMap((priority) => [
        entry(`${priority} b`, { priority, dueAt: -2 }),
        entry(`${priority} c`, { priority, dueAt: -1 }),
        entry(`${priority} a`, { priority, dueAt: -1 }),
      ]),
    );
    const inOrder = [2_147_483_647, 5, 0, -5, -2_147_483_648].flatMap((priority) => [
      `${priority} b`,
      `${priority} a`,
      `${priority} c`,
    ]);
    deepEqual(await ids(), inOrder);
    for (const limit of [1, 2, 4, 7]) deepEqual(await ids(0, limit), inOrder.slice(0, limit));
  });

  it("orders ids by their UTF-8 bytes, and keeps all of them apart", async () => {
    const entries = IDENTIFIERS.map((id, n) => entry(id, { data: `${n}` }));
    await enqueue(...entries);
    const sorted = IDENTIFIERS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    deepEqual(await ids(), sorted);
    for (const each of entries) deepEqual(await find(each.id), each);
  });

  it("gives none before its time, that very moment included, whatever its priority", async () => {
    await enqueue(entry("a", { dueAt: 10, priority: 9 }), entry("b", { dueAt: 20 }), entry("c", { dueAt: 5 }));
    deepEqual(await ids(4), []);
    deepEqual(await ids(9), ["c"]);
    deepEqual(await ids(10), ["a", "c"]);
    deepEqual(await ids(20), ["a", "c", "b"]);
  });

  it("gives those of one lane", async () => {
    const lanes = ["mail", "Mail", "mail ", "mails", "default"];
    await enqueue(...lanes.map((lane) => entry(`of ${lane}`, { lane })));
    for (const lane of lanes) deepEqual(await ids(0, 10, lane), [`of ${lane}`]);
    deepEqual(await ids(0, 10, "nobody"), []);
  });

  it("gives back every part of an entry", async () => {
    const one = entry("a", {
      lane: "\u{1f600}",
      priority: -7,
      dueAt: 1_700_000_000_123,
      data: '{"b":1.0,"a":-0,"a":1}',
    });
    await enqueue(one);
    deepEqual(await find("a"), one);
    deepEqual(await waiting(one.dueAt, 1, one.lane), [one]);
    equal(await find("A"), undefined);
  });

  it("adds an entry once: another one with its id changes nothing", async () => {
    await enqueue(entry("a", { priority: 1 }));
    await enqueue(entry("a", { priority: 2, lane: "mail", data: "{}" }), entry("b"));
    deepEqual(await waiting(), [entry("a", { priority: 1 }), entry("b")]);
    deepEqual(await ids(0, 10, "mail"), []);
  });

  it("takes an entry out once, and refuses it to whoever comes later", async () => {
    await enqueue(entry("a"), entry("b"));
    await flush(at, { kind: "dequeue", id: "a" });
    deepEqual(await ids(), ["b"]);
    equal(await find("a"), undefined);
    await rejects(flush(at, { kind: "dequeue", id: "a" }), {
      code: "OPERATION_CONFLICT",
      details: { subject: 'queue entry "a"', expected: "it waiting", actual: "none" },
    });
  });

  it("lets exactly one of 32 take an entry out", async () => {
    await enqueue(entry("a"));
    const outcomes = await Promise.allSettled(range(32).map(() => flush(at, { kind: "dequeue", id: "a" })));
    deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", ...Array(31).fill("rejected")]);
    deepEqual(await ids(), []);
  });
}
