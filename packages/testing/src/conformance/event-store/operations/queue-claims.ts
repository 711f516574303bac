import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { type EventStoreAdapter, pause } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { claimed, HOUR_MS, NOW, QueueUnderTest } from "./queue-under-test";
import { entry, settle } from "./sample-entries";
import { flush } from "./sample-operations";
import { withShiftedClock } from "./shifted-clock";

const WORKERS = range(8).map((n) => `worker-${n}`);

export function queueClaims(at: StoreUnderTest): void {
  const { it } = testRunner();
  const queue = new QueueUnderTest(at);

  it("gives those of higher priority first, then the earliest due, then by id, up to a limit", async () => {
    const priorities = [0, 5, -5, 2_147_483_647, -2_147_483_648];
    await queue.add(
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
    let now = NOW;
    const again = { claimMs: 1 };
    deepEqual(await queue.claimedIds({ ...again, now }), inOrder);
    for (const limit of [1, 2, 4, 7]) {
      now += 1;
      deepEqual(await queue.claimedIds({ ...again, now, limit }), inOrder.slice(0, limit));
    }
    deepEqual(await queue.claimedIds({ ...again, now, limit: 3 }), inOrder.slice(7, 10));
  });

  it("orders ids by their UTF-8 bytes", async () => {
    await queue.add(...IDENTIFIERS.map((id) => entry(id)));
    const sorted = IDENTIFIERS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    deepEqual(await queue.claimedIds(), sorted);
  });

  it("gives none before its time, that very moment included, whatever its priority", async () => {
    await queue.add(entry("a", { dueAt: 10, priority: 9 }), entry("b", { dueAt: 20 }), entry("c", { dueAt: 5 }));
    deepEqual(await queue.claimedIds({ now: 4 }), []);
    deepEqual(await queue.claimedIds({ now: 9 }), ["c"]);
    deepEqual(await queue.claimedIds({ now: 10 }), ["a"]);
    deepEqual(await queue.claimedIds({ now: 20 }), ["b"]);
  });

  it("gives those of the lanes asked for", async () => {
    const lanes = ["mail", "Mail", "mail ", "mails", "default"];
    await queue.add(...lanes.map((lane, n) => entry(`${n} of ${lane}`, { lane })));
    deepEqual(await queue.claimedIds({ lanes: ["nobody"] }), []);
    deepEqual(await queue.claimedIds({ lanes: [] }), []);
    deepEqual(await queue.claimedIds({ lanes: ["mails", "mail", "nobody"] }), ["0 of mail", "3 of mails"]);
    for (const n of [1, 2, 4]) deepEqual(await queue.claimedIds({ lanes: [lanes[n]!] }), [`${n} of ${lanes[n]}`]);
  });

  it("gives entries as they are after the claim, with its time, and keeps them so", async () => {
    const bare = entry("a");
    const full = entry("b", {
      lane: "\u{1f600}",
      type: "Conformance.\u{1f600}.v7",
      priority: -7,
      dueAt: 1_700_000_000_123,
      expiresAt: 8_640_000_000_000_000,
      line: "fidelis::transfer-\u{1f600}",
      number: Number.MAX_SAFE_INTEGER,
      data: '{"b":1.0,"a":-0,"a":1}',
    });
    await queue.add(bare, full);
    const now = 1_700_000_000_123;
    deepEqual(await queue.claim({ worker: "\u{1f600}", lanes: ["default", full.lane], claimMs: 7, now }), [
      { ...claimed(bare, { claimedBy: "\u{1f600}", claimedUntil: now + 7 }), claimedAt: now },
      { ...claimed(full, { claimedBy: "\u{1f600}", claimedUntil: now + 7 }), claimedAt: now },
    ]);
    deepEqual(await queue.all(), [
      claimed(bare, { claimedBy: "\u{1f600}", claimedUntil: now + 7 }),
      claimed(full, { claimedBy: "\u{1f600}", claimedUntil: now + 7 }),
    ]);
  });

  it("gives nobody an entry before the claim runs out, that very moment included", async () => {
    await queue.add(entry("a"));
    await queue.claim({ worker: "killed", claimMs: 10 });
    for (const worker of ["killed", "w"]) deepEqual(await queue.claim({ worker, now: NOW + 9 }), []);
    const again = entry("a", { claims: 2, revision: 2, claimedBy: "w", claimedUntil: NOW + 10 + 60_000 });
    deepEqual(await queue.claim({ now: NOW + 10 }), [{ ...again, claimedAt: NOW + 10 }]);
    deepEqual(await queue.find("a"), again);
  });

  it("gives the last of the limit to the earliest due of all priorities, in that order", async () => {
    await queue.add(
      ...range(6).map((n) => entry(`urgent ${n}`, { priority: 9, dueAt: 100 + n })),
      entry("bulk c", { priority: -1, dueAt: 3 }),
      entry("bulk b", { priority: -2, dueAt: 2 }),
      entry("bulk a", { priority: -3, dueAt: 2 }),
      entry("mail", { lane: "mail", dueAt: 1 }),
      entry("later", { priority: -3, dueAt: NOW + 1 }),
    );
    deepEqual(await queue.claimedIds({ limit: 4, oldest: 1 }), ["urgent 0", "urgent 1", "urgent 2", "bulk a"]);
    deepEqual(await queue.claimedIds({ limit: 2, oldest: 2 }), ["bulk b", "bulk c"]);
    deepEqual(await queue.claimedIds({ limit: 2, oldest: 1 }), ["urgent 3", "urgent 4"]);
    deepEqual(await queue.claimedIds({ limit: 4, oldest: 2 }), ["urgent 5"]);
  });

  it("gives none twice that is both urgent and old, and fills the limit with others", async () => {
    await queue.add(
      entry("urgent and old", { priority: 9, dueAt: 1 }),
      entry("urgent", { priority: 8, dueAt: 4 }),
      entry("old", { priority: 0, dueAt: 2 }),
      entry("neither", { priority: 1, dueAt: 3 }),
    );
    deepEqual(await queue.claimedIds({ limit: 3, oldest: 2 }), ["urgent and old", "old", "neither"]);
    deepEqual(await queue.claimedIds({ limit: 3, oldest: 2 }), ["urgent"]);
  });

  it("gives entries without a line whatever else is under way", async () => {
    await queue.add(entry("a", { number: 1 }), entry("b", { number: 2 }), entry("c", { line: "c", number: 0 }));
    deepEqual(await queue.claimedIds({ limit: 1 }), ["a"]);
    deepEqual(await queue.claimedIds(), ["b", "c"]);
  });

  it("passes over all but the first of a line, whatever their ids, priorities, times and lanes", async () => {
    await queue.add(
      entry("c", { line: "one", number: 9 }),
      entry("b", { line: "one", number: 10, priority: 9, dueAt: -9 }),
      entry("a", { line: "one", number: 100, lane: "mail" }),
      entry("e", { line: "other", number: 11 }),
      entry("d", { line: "other", number: 2, dueAt: 8 }),
      entry("f", { line: "One", number: 500 }),
    );
    const lanes = ["default", "mail"];
    deepEqual(await queue.claimedIds({ lanes: ["mail"] }), []);
    deepEqual(await queue.claimedIds({ lanes }), ["c", "f", "d"]);
    deepEqual(await queue.claimedIds({ lanes }), []);
    await flush(at, settle("c", 1, { state: "done", attempts: 0 }));
    deepEqual(await queue.claimedIds({ lanes }), ["b"]);
    await flush(at, settle("b", 1), settle("d", 1, { state: "refused", attempts: 0 }));
    deepEqual(await queue.claimedIds({ lanes }), ["a", "e"]);
  });

  it("keeps those behind an entry waiting that is not due yet, that waits again, or that is parked", async () => {
    await queue.add(
      entry("not due", { line: "1", number: 0, dueAt: NOW + 1 }),
      entry("behind 1", { line: "1", number: 1 }),
      entry("failed", { line: "2", number: 0 }),
      entry("behind 2", { line: "2", number: 1 }),
      entry("parked", { line: "3", number: 0 }),
      entry("behind 3", { line: "3", number: 1 }),
    );
    deepEqual(await queue.claimedIds(), ["failed", "parked"]);
    await flush(
      at,
      settle("failed", 1, { state: "waiting", attempts: 1, due: { at: NOW + 2 } }),
      settle("parked", 1, { state: "parked", attempts: 1 }),
    );
    deepEqual(await queue.claimedIds(), []);
    deepEqual(await queue.claimedIds({ now: NOW + 2 }), ["not due", "failed"]);
    deepEqual(await queue.claimedIds({ now: NOW + 2 }), []);
    await flush(at, settle("parked", 2, { state: "cancelled", attempts: 1 }));
    deepEqual(await queue.claimedIds(), ["behind 3"]);
  });

  for (const state of ["done", "refused", "expired", "cancelled"] as const) {
    it(`lets a line go on behind an entry that is ${state}, and gives that one nobody`, async () => {
      await queue.add(entry("a", { line: "one", number: 0 }), entry("b", { line: "one", number: 1 }));
      await flush(at, settle("a", 0, { state, attempts: 0 }));
      deepEqual(await queue.claimedIds({ now: 8_640_000_000_000_000 }), ["b"]);
    });
  }

  it("gives the first of a line again when its claim has run out, and none behind it", async () => {
    await queue.add(...range(3).map((number) => entry(`${number}`, { line: "one", number })));
    await queue.claim({ worker: "killed", claimMs: 10 });
    deepEqual(await queue.claimedIds({ now: NOW + 10 }), ["0"]);
    deepEqual(await queue.claimedIds({ now: NOW + 10 }), []);
  });

  it("gives each entry to one of eight workers that claim at the same time", async () => {
    const ids = range(64)
      .map((n) => `${n}`)
      .sort();
    await queue.add(...ids.map((id) => entry(id, { priority: Number(id) % 3 })));
    const adapters = await queue.connections();
    const given: string[] = [];
    for (;;) {
      const round = await Promise.all(
        WORKERS.map((worker, n) => queue.claim({ worker, limit: 5, oldest: n % 5 }, adapters[n % adapters.length])),
      );
      for (const [n, entries] of round.entries()) {
        ok(entries.length <= 5, `${entries.length} entries for a limit of 5`);
        for (const each of entries) equal(each.claimedBy, WORKERS[n]);
        given.push(...entries.map(({ id }) => id));
      }
      if (round.every((entries) => entries.length === 0) || given.length > ids.length) break;
    }
    deepEqual(given.sort(), ids);
    deepEqual(
      (await queue.all()).filter(({ claims, revision }) => claims !== 1 || revision !== 1),
      [],
    );
  });

  it("gives an entry whose claim has run out to exactly one of eight", async () => {
    await queue.add(entry("a"));
    await queue.claimNow({ worker: "killed", claimMs: 1 });
    await queue.untilClaimable();
    const adapters = await queue.connections();
    const given = await Promise.all(
      WORKERS.map((worker, n) => queue.claimNow({ worker }, adapters[n % adapters.length])),
    );
    deepEqual(
      given.flat().map(({ id, claims, revision }) => [id, claims, revision]),
      [["a", 2, 2]],
    );
    const winner = WORKERS[given.findIndex(({ length }) => length === 1)];
    equal((await queue.find("a"))?.claimedBy, winner);
    await rejects(flush(at, settle("a", 1)), { code: "OPERATION_CONFLICT" });
    await flush(at, settle("a", 2));
  });

  it("hands out lines in their order to eight workers at work, one entry of each at a time", async () => {
    const lines = ["one", "other", "third"];
    await queue.add(
      ...lines.flatMap((line) => range(8).map((number) => entry(`${line} ${7 - number}`, { line, number }))),
    );
    const adapters = await queue.connections();
    const log: string[] = [];
    const underWay = new Set<string>();
    let left = 24;
    const work = async (worker: string, adapter: EventStoreAdapter | undefined): Promise<void> => {
      while (left > 0) {
        const entries = await queue.claim({ worker, limit: 2, oldest: 1 }, adapter);
        for (const { line = "" } of entries) {
          ok(!underWay.has(line), `two entries of line ${line} at the same time`);
          underWay.add(line);
        }
        for (const { id, line = "", number, revision } of entries) {
          await pause(1);
          log.push(`${line} ${number}`);
          underWay.delete(line);
          await flush(at, settle(id, revision, { state: "done", attempts: 0 }));
          left--;
        }
        if (entries.length === 0) await pause(1);
      }
    };
    const outcomes = await Promise.allSettled(
      WORKERS.map((worker, n) =>
        work(worker, adapters[n % adapters.length]).finally(() => {
          left = 0;
        }),
      ),
    );
    deepEqual(
      outcomes.filter(({ status }) => status === "rejected"),
      [],
    );
    for (const line of lines) {
      deepEqual(
        log.filter((each) => each.startsWith(line)),
        range(8).map((number) => `${line} ${number}`),
      );
    }
  });

  it("extends the claims of a worker, whose revisions stay", async () => {
    const [a, b] = [entry("a"), entry("b")];
    await queue.add(a, b);
    await queue.claim();
    const extension = { worker: "w", ids: ["a"], claimMs: 60_000, now: NOW + 50_000 };
    deepEqual([...(await queue.of().extend(extension))], ["a"]);
    deepEqual(await queue.all(), [claimed(a, { claimedUntil: NOW + 110_000 }), claimed(b)]);
    deepEqual(await queue.claimedIds({ now: NOW + 60_000 }), ["b"]);
    deepEqual(await queue.claimedIds({ now: NOW + 109_999 }), []);
    await flush(at, settle("a", 1, { state: "done", attempts: 0 }));
  });

  it("counts how often an entry was begun, until an attempt has ended", async () => {
    const [a, b] = [entry("a"), entry("b")];
    await queue.add(a, b);
    await queue.claim({ claimMs: 100 });
    const begin = { worker: "w", ids: ["a", "a"], claimMs: 100, begins: true, now: NOW };
    deepEqual([...(await queue.of().extend(begin))], ["a"]);
    deepEqual([...(await queue.of().extend({ ...begin, now: NOW + 100 }))], []);
    deepEqual(await queue.all(), [
      claimed(a, { begins: 1, claimedUntil: NOW + 100 }),
      claimed(b, { claimedUntil: NOW + 100 }),
    ]);
    await queue.claim({ worker: "other", limit: 1, now: NOW + 100 });
    deepEqual([...(await queue.of().extend({ ...begin, now: NOW + 100 }))], []);
    deepEqual([...(await queue.of().extend({ ...begin, worker: "other", now: NOW + 100 }))], ["a"]);
    await queue.of().release("other", ["a"]);
    deepEqual(await queue.find("a"), entry("a", { begins: 2, claims: 1, revision: 3 }));
    await flush(at, settle("a", 3, { state: "waiting", attempts: 1 }));
    deepEqual(await queue.find("a"), entry("a", { attempts: 1, claims: 1, revision: 4 }));
  });

  it("extends what the worker still has, and says what that is", async () => {
    await queue.add(...["free", "settled", "released", "run out", "kept", "short"].map((id) => entry(id)));
    await queue.add(entry("other's", { lane: "mail" }));
    await queue.claim({ worker: "other", lanes: ["mail"] });
    await queue.claim({ claimMs: 100 });
    await queue.of().release("w", ["free", "released"]);
    await queue.claim({ worker: "other", limit: 1 });
    await flush(at, settle("settled", 1, { state: "waiting", attempts: 1 }));
    await queue.of().extend({ worker: "w", ids: ["kept", "short"], claimMs: 100, now: NOW + 50 });
    const before = await queue.all();
    const ids = [...before.map(({ id }) => id), "nobody"];
    const extended = await queue.of().extend({ worker: "w", ids, claimMs: 7, now: NOW + 100 });
    deepEqual([...extended].sort(), ["kept", "short"]);
    deepEqual(
      await queue.all(),
      before.map((each) => (extended.includes(each.id) ? { ...each, claimedUntil: NOW + 107 } : each)),
    );
    deepEqual([...(await queue.of().extend({ worker: "w", ids: [], claimMs: 7 }))], []);
  });

  it("gives back at once what is released, as far as the worker has it, under another revision", async () => {
    const [a, b, c] = [entry("a"), entry("b"), entry("c", { lane: "mail" })];
    await queue.add(a, b, c);
    await queue.claim();
    await queue.claim({ worker: "other", lanes: ["mail"] });
    await queue.of().release("w", ["a", "c", "nobody"]);
    await queue.of().release("w", []);
    await queue.of().release("nobody", ["b"]);
    deepEqual(await queue.all(), [entry("a", { revision: 2 }), claimed(b), claimed(c, { claimedBy: "other" })]);
    await rejects(flush(at, settle("a", 1)), { code: "OPERATION_CONFLICT" });
    deepEqual(await queue.claimedIds({ worker: "other", lanes: ["default", "mail"] }), ["a"]);
    deepEqual(await queue.find("a"), entry("a", { ...claimed(a), claims: 1, revision: 3, claimedBy: "other" }));
  });

  it("releases nothing of an entry that was settled since", async () => {
    await queue.add(entry("a"));
    await queue.claim();
    await flush(at, settle("a", 1, { state: "done", attempts: 0 }));
    const before = await queue.all();
    await queue.of().release("w", ["a"]);
    deepEqual(await queue.all(), before);
  });

  it("tells how long it is until an entry of some lanes may be claimed", async () => {
    const untilNext = async (lanes: readonly string[], now = NOW) => await queue.of().untilNext(lanes, now);
    equal(await untilNext(["default"]), undefined);
    await queue.add(
      entry("a", { dueAt: NOW + 500 }),
      entry("b", { dueAt: NOW + 300, priority: -9 }),
      entry("c", { dueAt: NOW + 100, lane: "mail" }),
    );
    equal(await untilNext(["default"]), 300);
    equal(await untilNext(["default", "mail"]), 100);
    equal(await untilNext(["nobody"]), undefined);
    equal(await untilNext([]), undefined);
    equal(await untilNext(["default"], NOW + 299), 1);
    equal(await untilNext(["default"], NOW + 300), 0);
    equal(await untilNext(["default"], NOW + 9_999), 0);
  });

  it("counts claims that run out among what comes next, and neither what is parked nor what is finished", async () => {
    const untilNext = async (now = NOW) => await queue.of().untilNext(["default"], now);
    await queue.add(entry("a"), entry("b", { dueAt: NOW + 900 }));
    await queue.claim({ claimMs: 200 });
    equal(await untilNext(), 200);
    equal(await untilNext(NOW + 200), 0);
    await flush(at, settle("a", 1, { state: "parked", attempts: 1 }));
    equal(await untilNext(), 900);
    await flush(at, settle("b", 0, { state: "cancelled", attempts: 0 }));
    equal(await untilNext(), undefined);
    await flush(at, settle("a", 2, { state: "waiting", attempts: 1, due: { at: NOW + 7 } }));
    equal(await untilNext(), 7);
  });

  it("leaves out what stands behind others of its line when it tells how long it is", async () => {
    const untilNext = async (lanes = ["default"]) => await queue.of().untilNext(lanes, NOW);
    await queue.add(
      entry("a", { line: "one", number: 0, dueAt: NOW + 50 }),
      entry("b", { line: "one", number: 1 }),
      entry("c", { line: "one", number: 2, lane: "mail" }),
    );
    equal(await untilNext(), 50);
    equal(await untilNext(["mail"]), undefined);
    await flush(at, settle("a", 0, { state: "parked", attempts: 0 }));
    equal(await untilNext(["default", "mail"]), undefined);
    await flush(at, settle("a", 1));
    equal(await untilNext(), 0);
  });

  it("judges by the clock of the store where no moment is given", async () => {
    const time = await queue.storeTime();
    await queue.add(entry("due", { dueAt: time }), entry("not due", { dueAt: time + HOUR_MS }));
    const [given, ...others] = await queue.claimNow({ claimMs: HOUR_MS });
    deepEqual(others, []);
    const { id, claimedAt = 0, claimedUntil } = given!;
    equal(id, "due");
    ok(claimedAt >= time && claimedAt < time + HOUR_MS / 2, `claimed at ${claimedAt}, after ${time}`);
    equal(claimedUntil, claimedAt + HOUR_MS);
    deepEqual(await queue.claimNow(), []);
    const next = await queue.of().untilNext(["default"]);
    ok(next !== undefined && next > HOUR_MS / 2 && next <= HOUR_MS, `${next} ms until the next`);
    await queue.of().extend({ worker: "w", ids: ["due"], claimMs: 2 * HOUR_MS });
    const { claimedUntil: extended = 0 } = (await queue.find("due"))!;
    ok(extended >= claimedAt + 2 * HOUR_MS && extended < claimedAt + 3 * HOUR_MS, `claimed until ${extended}`);
    await queue.of().extend({ worker: "w", ids: ["due"], claimMs: 1 });
    await queue.untilClaimable();
    deepEqual([...(await queue.of().extend({ worker: "w", ids: ["due"], claimMs: HOUR_MS }))], []);
    deepEqual(
      (await queue.claimNow()).map(({ claims }) => claims),
      [2],
    );
  });

  for (const hours of [-1, 1]) {
    it(`goes by the store's time: a process whose clock is ${hours} h off changes nothing`, async () => {
      const time = await queue.storeTime();
      await queue.add(entry("due", { dueAt: time }), entry("not due", { dueAt: time + HOUR_MS }));
      await withShiftedClock(2 * hours * HOUR_MS, async () => {
        const [given] = await queue.claimNow({ claimMs: HOUR_MS });
        equal(given?.id, "due");
        ok(Math.abs(given.claimedAt - time) < HOUR_MS / 2, `claimed at ${given.claimedAt}, about ${time}`);
        deepEqual(await queue.claimNow(), []);
        const next = await queue.of().untilNext(["default"]);
        ok(next !== undefined && next > HOUR_MS / 2 && next <= HOUR_MS, `${next} ms until the next`);
        deepEqual([...(await queue.of().extend({ worker: "w", ids: ["due"], claimMs: HOUR_MS }))], ["due"]);
      });
      deepEqual(await queue.claimNow(), []);
    });
  }

  if (!at.conformance.abilities.durable) return;

  it("holds claims after it was closed and opened again", async () => {
    const [a, b] = [entry("a", { line: "one" }), entry("b", { line: "one", number: 1 })];
    await queue.add(a, b);
    await queue.claim();
    await at.reopen();
    deepEqual(await queue.all(), [claimed(a), b]);
    deepEqual(await queue.claimedIds(), []);
    deepEqual(await queue.claimedIds({ now: NOW + 60_000 }), ["a"]);
  });
}
