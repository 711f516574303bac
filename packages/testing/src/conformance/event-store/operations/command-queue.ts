import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import type { EntryChange, NewQueueEntry, QueueEntryState } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { collect, LARGE_NUMBERS, range, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { HOUR_MS, NOW, QueueUnderTest } from "./queue-under-test";
import { enqueue, entry, settle } from "./sample-entries";
import { ACCOUNTS, flush, operationsOf, rowsOf, upsert } from "./sample-operations";
import { withShiftedClock } from "./shifted-clock";

const FINISHED = ["done", "refused", "expired", "cancelled"] as const;
const UNFINISHED = ["waiting", "parked"] as const;

export function commandQueue(at: StoreUnderTest): void {
  const { it } = testRunner();
  const queue = new QueueUnderTest(at);

  const done = (more: Partial<EntryChange> = {}): EntryChange => ({ state: "done", attempts: 0, ...more });
  const replace = (...entries: Parameters<typeof enqueue>[0][]) =>
    flush(at, ...entries.map((each) => enqueue(each, { replaces: true })));
  const refused = (id: string, expected: number, actual: number | "none") => ({
    name: "OperationConflictError",
    code: "OPERATION_CONFLICT",
    details: {
      subject: `queue entry ${JSON.stringify(id)}`,
      expected: `revision ${expected}`,
      actual: actual === "none" ? actual : `revision ${actual}`,
    },
  });
  /** The entry without the time at which it was finished, which has to be there and to be about now. */
  const findFinished = async (id: string) => {
    const time = await queue.storeTime();
    const { finishedAt = 0, ...found } = (await queue.find(id))!;
    ok(Math.abs(finishedAt - time) < HOUR_MS / 2, `finished at ${finishedAt}, about ${time}`);
    return found;
  };

  it("gives back every part of an entry, that waits and was neither tried nor claimed", async () => {
    const one = entry("a", {
      lane: "\u{1f600}",
      type: "Conformance.\u{1f600}.v7",
      priority: -7,
      dueAt: 1_700_000_000_123,
      expiresAt: 1_700_000_000_124,
      line: "fidelis::transfer-1",
      number: 3,
      data: '{"b":1.0,"a":-0,"a":1}',
    });
    await queue.add(one, entry("b"));
    deepEqual(await queue.find("a"), one);
    deepEqual(await queue.find("b"), entry("b"));
    equal(await queue.find("A"), undefined);
  });

  it("keeps ids, lanes, types and lines of all names, and numbers of all sizes", async () => {
    const entries = [
      ...IDENTIFIERS.map((id, n) => entry(id, { data: `${n}` })),
      ...IDENTIFIERS.map((name, n) => entry(`named ${n}`, { lane: name, type: name, line: name })),
      ...LARGE_NUMBERS.map((number, n) =>
        entry(`large ${n}`, { number, line: "large", dueAt: number, expiresAt: number }),
      ),
      entry("early", { dueAt: -8_640_000_000_000_000, expiresAt: -1 }),
      entry("late", { dueAt: 8_640_000_000_000_000, priority: -2_147_483_648 }),
      entry("text", { data: JSON.stringify({ text: "x".repeat(1_000_000) }), priority: 2_147_483_647 }),
    ];
    await queue.add(...entries);
    for (const each of entries) deepEqual(await queue.find(each.id), each);
  });

  it("adds an entry once: another one with its id changes nothing, whatever has become of it", async () => {
    await queue.add(entry("waiting", { priority: 1 }), entry("claimed"), entry("finished", { lane: "mail" }));
    await queue.claim({ limit: 2 });
    await queue.of().release("w", ["waiting"]);
    await flush(at, settle("finished", 0, done()));
    const before = await queue.all();
    const ids = before.map(({ id }) => id);
    await queue.add(...ids.map((id) => entry(id, { priority: 2, lane: "other", data: "{}", line: "one" })), entry("z"));
    deepEqual(await queue.all(), [...before, entry("z")]);
    await flush(at, enqueue(entry("z", { priority: 3 }), { replaces: false }));
    deepEqual(await queue.find("z"), entry("z"));
  });

  it("adds an entry once that 32 add at the same time, as one of them has it", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await Promise.all(
      range(32).map((n) => flush(at, enqueue(entry("a", { priority: n, line: `${n}` })), upsert([`${n}`, n]))),
    );
    const { priority } = (await queue.find("a"))!;
    deepEqual(await queue.all(), [entry("a", { priority, line: `${priority}` })]);
    equal((await rowsOf(at, ...range(32).map(String))).length, 32);
  });

  const placed = (id: string, times: Partial<Pick<NewQueueEntry, "due" | "expires">>) =>
    flush(at, enqueue(entry(id), times));
  const isAbout = (found: number | undefined, expected: number): void =>
    ok(found !== undefined && Math.abs(found - expected) < HOUR_MS / 2, `${found}, about ${expected}`);

  for (const hours of [0, -1, 1]) {
    it(`counts times from now on by its own clock, to a process whose clock is ${hours} h off`, async () => {
      const time = await queue.storeTime();
      await withShiftedClock(hours * HOUR_MS, async () => {
        await placed("a", { due: { afterMs: 2 * HOUR_MS }, expires: { afterMs: 4 * HOUR_MS } });
        await placed("b", { due: { afterMs: 0 }, expires: { at: 7 } });
        await placed("c", { due: { at: 5 }, expires: { afterMs: HOUR_MS } });
        await placed("d", { due: { at: 5 } });
        await flush(at, settle("d", 0, { state: "waiting", attempts: 1, due: { afterMs: 3 * HOUR_MS } }));
      });
      const [a, b, c, d] = (await queue.all()).map(({ dueAt, expiresAt }) => ({ dueAt, expiresAt }));
      isAbout(a?.dueAt, time + 2 * HOUR_MS);
      isAbout(a?.expiresAt, time + 4 * HOUR_MS);
      isAbout(b?.dueAt, time);
      ok(b!.dueAt >= time, `due at ${b?.dueAt}, at once after ${time}`);
      equal(b?.expiresAt, 7);
      equal(c?.dueAt, 5);
      isAbout(c?.expiresAt, time + HOUR_MS);
      isAbout(d?.dueAt, time + 3 * HOUR_MS);
      equal(d?.expiresAt, undefined);
      for (const { dueAt } of await queue.all()) ok(Number.isInteger(dueAt), `due at ${dueAt}`);
    });
  }

  it("replaces an entry that waits by a new one, under the next revision", async () => {
    await queue.add(entry("a", { line: "one", number: 4, expiresAt: 9, priority: 1 }), entry("b"));
    await flush(at, settle("a", 0, { state: "waiting", attempts: 2, outcome: '"failed"', due: { at: 5 } }));
    const next = entry("a", { lane: "mail", type: "Conformance.Other.v2", dueAt: 7, data: '{"new":1}' });
    await replace(next);
    deepEqual(await queue.all(), [{ ...next, revision: 2 }, entry("b")]);
    await rejects(flush(at, settle("a", 1)), refused("a", 1, 2));
    const later = entry("a", { line: "other", number: 5, expiresAt: 8 });
    await replace(later, entry("c"));
    deepEqual(await queue.all(), [{ ...later, revision: 3 }, entry("b"), entry("c")]);
  });

  for (const state of [...FINISHED, "parked"] as const) {
    it(`replaces an entry that is ${state} by a new one that waits`, async () => {
      await queue.add(entry("a"));
      await queue.claim();
      await flush(at, settle("a", 1, { state, attempts: 2, outcome: '{"x":1}' }));
      await replace(entry("a", { data: "{}" }));
      deepEqual(await queue.find("a"), entry("a", { data: "{}", revision: 3 }));
      deepEqual(
        (await queue.claim()).map(({ claims, revision }) => [claims, revision]),
        [[1, 4]],
      );
    });
  }

  it("refuses to replace an entry that a worker has, with all that comes with it, until the claim has run out", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await queue.add(entry("a"));
    await queue.claimNow({ claimMs: HOUR_MS });
    const before = await queue.all();
    await rejects(
      flush(at, upsert(["1", 1]), enqueue(entry("b")), enqueue(entry("a", { priority: 9 }), { replaces: true })),
      {
        name: "OperationConflictError",
        code: "OPERATION_CONFLICT",
        details: { subject: 'queue entry "a"', expected: "it not claimed", actual: "a worker that has it" },
      },
    );
    deepEqual(await queue.all(), before);
    deepEqual(await rowsOf(at, "1"), []);
    await queue.of().extend({ worker: "w", ids: ["a"], claimMs: 1 });
    await queue.untilClaimable();
    await replace(entry("a", { priority: 9 }));
    deepEqual(await queue.all(), [entry("a", { priority: 9, revision: 2 })]);
    await rejects(flush(at, settle("a", 1, done())), refused("a", 1, 2));
  });

  it("replaces an entry that was released or settled while others had it before", async () => {
    await queue.add(entry("a"), entry("b"));
    await queue.claimNow({ claimMs: HOUR_MS });
    await queue.of().release("w", ["a"]);
    await flush(at, settle("b", 1, { state: "waiting", attempts: 1 }));
    await replace(entry("a"), entry("b"));
    deepEqual(await queue.all(), [entry("a", { revision: 3 }), entry("b", { revision: 3 })]);
  });

  it("settles an entry that is claimed, and ends the claim", async () => {
    const outcome = '{"b":1.0,"a":"\u{1f600}\\n","a":-0}';
    await queue.add(entry("a", { line: "one", number: 2, expiresAt: 99 }), entry("b"));
    await queue.claim();
    await flush(at, settle("a", 1, { state: "waiting", attempts: 1, due: { at: NOW + 5 }, outcome }));
    const settled = entry("a", {
      line: "one",
      number: 2,
      expiresAt: 99,
      attempts: 1,
      dueAt: NOW + 5,
      outcome,
      claims: 1,
      revision: 2,
    });
    deepEqual(await queue.find("a"), settled);
    deepEqual((await queue.find("b"))?.claimedBy, "w");
    deepEqual(await queue.claimedIds({ now: NOW + 4 }), []);
    deepEqual(await queue.claimedIds({ now: NOW + 5 }), ["a"]);
  });

  it("leaves the time and the outcome of an entry as they were where a change says nothing of them", async () => {
    await queue.add(entry("a", { dueAt: 7 }));
    await flush(at, settle("a", 0, { state: "parked", attempts: 3, outcome: '"first"' }));
    await flush(at, settle("a", 1, { state: "waiting", attempts: 0 }));
    deepEqual(await queue.find("a"), entry("a", { dueAt: 7, outcome: '"first"', revision: 2 }));
    await flush(at, settle("a", 2, { state: "waiting", attempts: 1, outcome: '"second"' }));
    deepEqual(await queue.find("a"), entry("a", { dueAt: 7, attempts: 1, outcome: '"second"', revision: 3 }));
  });

  it("counts claims as a change says, and goes on from there", async () => {
    await queue.add(entry("a"));
    await queue.claim();
    await flush(at, settle("a", 1, { state: "waiting", attempts: 1, claims: 7 }));
    deepEqual(await queue.find("a"), entry("a", { attempts: 1, claims: 7, revision: 2 }));
    await flush(at, settle("a", 2, { state: "waiting", attempts: 0, claims: 0 }));
    deepEqual(await queue.find("a"), entry("a", { revision: 3 }));
    deepEqual(
      (await queue.claim()).map(({ claims, revision }) => [claims, revision]),
      [[1, 4]],
    );
  });

  for (const state of FINISHED) {
    it(`notes when an entry was ${state}, and forgets that where it waits again`, async () => {
      await queue.add(entry("a"));
      await queue.claim();
      await flush(at, settle("a", 1, { state, attempts: 1, outcome: "1" }));
      deepEqual(await findFinished("a"), entry("a", { state, attempts: 1, outcome: "1", claims: 1, revision: 2 }));
      await flush(at, settle("a", 2, { state: "waiting", attempts: 0 }));
      deepEqual(await queue.find("a"), entry("a", { outcome: "1", claims: 1, revision: 3 }));
      deepEqual(await queue.claimedIds(), ["a"]);
    });
  }

  it("notes no end of what waits or is parked", async () => {
    for (const state of UNFINISHED) {
      await queue.add(entry(state));
      await flush(at, settle(state, 0, { state, attempts: 1 }));
      deepEqual(await queue.find(state), entry(state, { state, attempts: 1, revision: 1 }));
    }
  });

  it("claims nothing but what waits", async () => {
    const states: readonly QueueEntryState[] = [...FINISHED, ...UNFINISHED];
    await queue.add(...states.map((id) => entry(id)));
    await flush(at, ...states.map((state) => settle(state, 0, { state, attempts: 0 })));
    deepEqual(await queue.claimedIds(), ["waiting"]);
    deepEqual(await queue.claimedIds(), []);
  });

  it("takes an entry out, which may be added anew", async () => {
    await queue.add(entry("a"), entry("b"));
    await queue.claim({ limit: 1 });
    await flush(at, settle("a", 1));
    deepEqual(await queue.all(), [entry("b")]);
    await rejects(flush(at, settle("a", 1)), refused("a", 1, "none"));
    await rejects(flush(at, settle("a", 1, done())), refused("a", 1, "none"));
    await queue.add(entry("a", { priority: 1 }));
    deepEqual(await queue.all(), [entry("a", { priority: 1 }), entry("b")]);
  });

  it("refuses to settle an entry at another revision, with the rows and events that come with it", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await queue.add(entry("a"));
    const [{ revision } = { revision: 0 }] = await queue.claimNow({ claimMs: 1 });
    await queue.untilClaimable();
    await queue.claimNow({ worker: "other", claimMs: HOUR_MS });
    const before = await queue.all();
    for (const expected of [revision - 1, revision, revision + 2]) {
      for (const change of [done(), undefined]) {
        const also = [upsert(["1", 1]), settle("a", expected, change), enqueue(entry("b"))];
        await rejects(flush(at, ...also), refused("a", expected, 2));
        const append = at.adapter.log.append([request("account-1", [storedNote(0)], -1)], { also });
        await rejects(append, refused("a", expected, 2));
      }
    }
    deepEqual(await queue.all(), before);
    deepEqual(await rowsOf(at, "1"), []);
    deepEqual(await collect(at.store.readAll()), []);
    await flush(at, upsert(["1", 1]), settle("a", 2, done()));
    deepEqual(await rowsOf(at, "1"), [["1", 1]]);
  });

  for (const [title, change] of [
    ["take it out", undefined],
    ["settle it", done()],
  ] as const) {
    it(`lets exactly one of 32 ${title} that all have read it`, async () => {
      await operationsOf(at).readModels.createTable(ACCOUNTS);
      await queue.add(entry("a"));
      const outcomes = await Promise.allSettled(
        range(32).map((n) => flush(at, settle("a", 0, change), upsert([`${n}`, n]))),
      );
      const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
      equal(winners.length, 1);
      deepEqual(
        await rowsOf(at, ...range(32).map(String)),
        winners.map((n) => [`${n}`, n]),
      );
      equal((await queue.find("a"))?.revision, change && 1);
    });
  }

  /** The numbers below 8 from another one on, for each of 32. */
  const inManyOrders = range(32).map((n) => range(8).map((index) => (n % 2 === 0 ? index + n : 8 + n - index) % 8));

  it("lets exactly one of 32 settle eight entries together, each in another order", async () => {
    await queue.add(...range(8).map((n) => entry(`${n}`, { line: `${n % 3}`, number: n })));
    const outcomes = await Promise.allSettled(
      inManyOrders.map((order, by) => flush(at, ...order.map((n) => settle(`${n}`, 0, done({ outcome: `${by}` }))))),
    );
    const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
    equal(winners.length, 1);
    for (const outcome of outcomes) if (outcome.status === "rejected") equal(outcome.reason.code, "OPERATION_CONFLICT");
    deepEqual(
      (await queue.all()).map(({ outcome, revision }) => [outcome, revision]),
      Array(8).fill([`${winners[0]}`, 1]),
    );
  });

  it("lets 32 add and replace the same eight entries together, each in another order", async () => {
    await Promise.all(
      inManyOrders.map((order, by) =>
        flush(
          at,
          ...order.map((n) =>
            enqueue(entry(`${n}`, { line: `${by % 3}`, number: n, priority: by }), { replaces: n % 2 === 0 }),
          ),
        ),
      ),
    );
    const entries = await queue.all();
    deepEqual(
      entries.map(({ id, revision }) => [id, revision]),
      range(8).map((n) => [`${n}`, n % 2 === 0 ? 31 : 0]),
    );
    for (const parity of [0, 1])
      equal(new Set(entries.filter(({ id }) => Number(id) % 2 === parity).map(({ priority }) => priority)).size, 1);
  });

  it("gives an entry either to a worker or to whoever cancels it at the same time", async () => {
    const ids = range(16).map((n) => `${n}`);
    await queue.add(...ids.map((id) => entry(id)));
    const cancelled = Promise.allSettled(
      ids.map((id) => flush(at, settle(id, 0, { state: "cancelled", attempts: 0 }))),
    );
    const given = await Promise.all(range(8).map((n) => queue.claim({ worker: `${n}`, limit: 2 })));
    const outcomes = await cancelled;
    const ofWorkers = given.flat().map(({ id }) => id);
    deepEqual([...ofWorkers, ...ids.filter((_, n) => outcomes[n]?.status === "fulfilled")].sort(), ids.toSorted());
    for (const { id, state } of await queue.all()) equal(state, ofWorkers.includes(id) ? "waiting" : "cancelled");
  });
}
