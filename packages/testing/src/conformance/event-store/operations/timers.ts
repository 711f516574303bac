import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { bucketOf, type DueTimersQuery, type Timer, type TimersPage } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { HOUR_MS, QueueUnderTest } from "./queue-under-test";
import { ACCOUNTS, flush, operationsOf, removeTimer, rowsOf, setTimer, timer, upsert } from "./sample-operations";
import { withShiftedClock } from "./shifted-clock";

export function timers(at: StoreUnderTest): void {
  const { it } = testRunner();

  const set = (...timers: readonly Timer[]) => flush(at, ...timers.map(setTimer));
  const due = async (now: number, query: Partial<DueTimersQuery> = {}) =>
    Array.from(await operationsOf(at).timers.due({ now, limit: 100, ...query }), (each) => ({ ...each }));
  const dueNow = async () => Array.from(await operationsOf(at).timers.due({ limit: 100 }), (each) => ({ ...each }));
  const ofOwner = async (owner = "transfer-1") =>
    Array.from(await operationsOf(at).timers.ofOwner(owner), (each) => ({ ...each }));
  const list = async (page: Partial<TimersPage> = {}) =>
    Array.from(await operationsOf(at).timers.list({ limit: 1_000, ...page }), (each) => ({ ...each }));
  const untilNext = async (now?: number) => operationsOf(at).timers.untilNext(now);
  const refused = (name: string, expected: number, actual: number | "none") => ({
    name: "OperationConflictError",
    code: "OPERATION_CONFLICT",
    details: {
      subject: `timer "${name}" of "transfer-1"`,
      expected: `it as it was read, due at ${expected}`,
      actual: actual === "none" ? actual : `another one, due at ${actual}`,
    },
  });

  it("gives those that are due, that very moment included, the earliest first and up to a limit", async () => {
    const times = [30, 10, -5, 20, 8_640_000_000_000_000];
    await set(...times.map((dueAt, n) => timer(`t${n}`, dueAt, { owner: `transfer-${n}` })));
    const names = async (now: number, limit?: number) =>
      (await due(now, limit === undefined ? {} : { limit })).map(({ name }) => name);
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
    deepEqual(await due(all.length, { limit: all.length }), all);
  });

  it("orders timers that are due at the same time by owner, then by name, by their UTF-8 bytes", async () => {
    const texts = ["a", "B", "\ufb01", "\u{1f600}", "a-", "aa"];
    await set(...texts.flatMap((owner) => texts.map((name) => timer(name, 7, { owner }))));
    const sorted = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const inOrder = sorted.flatMap((owner) => sorted.map((name) => timer(name, 7, { owner })));
    deepEqual(await due(7), inOrder);
    deepEqual(await due(7, { limit: 8 }), inOrder.slice(0, 8));
    deepEqual(await list(), inOrder);
    deepEqual(
      await ofOwner("a"),
      inOrder.filter(({ owner }) => owner === "a"),
    );
  });

  for (const readers of [1, 2, 3, 7]) {
    it(`gives each timer to one reader of ${readers}, by its owner`, async () => {
      const owners = [...IDENTIFIERS, ...range(64).map((n) => `fidelis::transfer-${n}`)];
      const all = owners.flatMap((owner, n) => [
        timer("expiry", 3 * n, { owner }),
        timer("reminder", 3 * n + 1, { owner }),
      ]);
      for (const each of all) await set(each);
      const parts = [];
      for (const index of range(readers)) {
        const part = { index, of: readers };
        const ofPart = all.filter(({ owner }) => bucketOf(owner, 65_536) % readers === index);
        deepEqual(await due(10_000, { part, limit: 1_000 }), ofPart);
        deepEqual(await due(10_000, { part, limit: 3 }), ofPart.slice(0, 3));
        parts.push(...ofPart);
      }
      deepEqual(new Set(parts.map(({ dueAt }) => dueAt)), new Set(all.map(({ dueAt }) => dueAt)));
    });
  }

  it("gives a part nothing that is not due", async () => {
    await set(...range(20).map((n) => timer("expiry", n, { owner: `${n}` })));
    const parts = await Promise.all(range(3).map((index) => due(9, { part: { index, of: 3 } })));
    deepEqual(
      parts
        .flat()
        .map(({ dueAt }) => dueAt)
        .sort((a, b) => a - b),
      range(10),
    );
  });

  it("tells how long it is until the earliest is due", async () => {
    equal(await untilNext(0), undefined);
    await set(timer("a", 700), timer("b", 300, { owner: "z" }), timer("c", 500));
    equal(await untilNext(100), 200);
    equal(await untilNext(299), 1);
    equal(await untilNext(300), 0);
    equal(await untilNext(9_999), 0);
    equal(await untilNext(-100), 400);
    await flush(at, removeTimer("b", undefined, "z"));
    equal(await untilNext(300), 200);
    await flush(at, removeTimer("a"), removeTimer("c"));
    equal(await untilNext(300), undefined);
  });

  it("counts those that are due, and says since when", async () => {
    const overdue = async (now?: number) => {
      const { timers, since } = await operationsOf(at).timers.overdue(now);
      return [timers, since];
    };
    deepEqual(await overdue(0), [0, undefined]);
    await set(timer("a", 20), timer("b", -10), timer("c", 30, { owner: "z" }));
    deepEqual(await overdue(-11), [0, undefined]);
    deepEqual(await overdue(-10), [1, -10]);
    deepEqual(await overdue(29), [2, -10]);
    deepEqual(await overdue(30), [3, -10]);
    await flush(at, removeTimer("b"));
    deepEqual(await overdue(30), [2, 20]);
    const time = await new QueueUnderTest(at).storeTime();
    await set(timer("later", time + HOUR_MS));
    for (const hours of [0, -2, 2]) deepEqual(await withShiftedClock(hours * HOUR_MS, () => overdue()), [2, 20]);
  });

  it("lists timers in the order of owner and name, page by page, whenever they are due", async () => {
    const all = [
      ...IDENTIFIERS.map((owner, n) => timer("n", 99 - n, { owner })),
      ...IDENTIFIERS.map((name, n) => timer(name, n, { owner: "o" })),
    ];
    await set(...all);
    const bytes = (text: string) => Buffer.from(text);
    const sorted = all.toSorted(
      (a, b) => Buffer.compare(bytes(a.owner), bytes(b.owner)) || Buffer.compare(bytes(a.name), bytes(b.name)),
    );
    deepEqual(await list(), sorted);
    for (const limit of [1, 4, 10]) {
      const pages: Timer[] = [];
      for (;;) {
        const after = pages.at(-1);
        const page = await list({ limit, ...(after && { after: { owner: after.owner, name: after.name } }) });
        pages.push(...page);
        if (page.length < limit) break;
      }
      deepEqual(pages, sorted);
    }
    deepEqual(
      await list({ after: { owner: "o", name: "" } }),
      sorted.slice(sorted.findIndex(({ owner }) => owner === "o")),
    );
    deepEqual(await list({ after: { owner: "\u{10ffff}", name: "" } }), []);
  });

  it("lists timers of owners that start with a text, as it is written", async () => {
    const owners = [...IDENTIFIERS, "a%b", "a_b", "axb", "fidelis::transfer-1", "fidelis::transfer-11", "Fidelis::x-1"];
    const all = owners.map((owner, n) => timer("expiry", n, { owner }));
    await set(...all);
    const names = async (page: Partial<TimersPage>) => (await list(page)).map(({ owner }) => owner);
    const sorted = owners.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const prefix of ["", "fidelis::", "fidelis::transfer-1", "f", "nobody", ...owners]) {
      const expected = sorted.filter((owner) => owner.startsWith(prefix));
      deepEqual(await names({ prefix }), expected, JSON.stringify(prefix));
      deepEqual(await names({ prefix, limit: 1 }), expected.slice(0, 1), JSON.stringify(prefix));
    }
    const after = { owner: "fidelis::transfer-1", name: "expiry" };
    deepEqual(await names({ prefix: "fidelis::", after }), ["fidelis::transfer-11"]);
    deepEqual(await names({ prefix: "fidelis::", after: { owner: "A", name: "z" } }), [
      "fidelis::transfer-1",
      "fidelis::transfer-11",
    ]);
  });

  it("judges by the clock of the store where no moment is given", async () => {
    const time = await new QueueUnderTest(at).storeTime();
    await set(timer("due", time), timer("not due", time + HOUR_MS));
    for (const hours of [0, -2, 2]) {
      await withShiftedClock(hours * HOUR_MS, async () => deepEqual(await dueNow(), [timer("due", time)]));
    }
    equal(await untilNext(), 0);
    await flush(at, removeTimer("due"));
    for (const hours of [0, -2, 2]) {
      const next = await withShiftedClock(hours * HOUR_MS, untilNext);
      ok(next !== undefined && next > HOUR_MS / 2 && next <= HOUR_MS, `${next} ms until the next`);
    }
  });

  for (const hours of [0, -1, 1]) {
    it(`counts times from now on by its own clock, to a process whose clock is ${hours} h off`, async () => {
      const time = await new QueueUnderTest(at).storeTime();
      await withShiftedClock(hours * HOUR_MS, () =>
        flush(
          at,
          {
            kind: "setTimer",
            timer: { owner: "transfer-1", name: "later", data: "{}" },
            due: { afterMs: 2 * HOUR_MS },
          },
          { kind: "setTimer", timer: { owner: "transfer-1", name: "at once", data: "{}" }, due: { afterMs: 0 } },
        ),
      );
      const [first, second] = await ofOwner();
      ok(first !== undefined && second !== undefined && Number.isInteger(first.dueAt));
      deepEqual([first.name, second.name], ["at once", "later"]);
      ok(first.dueAt >= time && first.dueAt < time + HOUR_MS / 2, `due at ${first.dueAt}, at once after ${time}`);
      ok(
        Math.abs(second.dueAt - first.dueAt - 2 * HOUR_MS) <= 1_000,
        `due at ${second.dueAt}, 2 h after ${first.dueAt}`,
      );
      deepEqual(await dueNow(), [first]);
    });
  }

  it("removes one that is cancelled, as far as it is there", async () => {
    await set(timer("expiry", 10), timer("reminder", 20));
    await flush(at, removeTimer("expiry"), removeTimer("nobody"));
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
    await flush(at, removeTimer("expiry"));
  });

  it("removes one that fires as it was read, and refuses where it is not there or due at another time", async () => {
    await set(timer("expiry", 10), timer("reminder", 20));
    await flush(at, removeTimer("expiry", timer("expiry", 10)));
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
    await rejects(flush(at, removeTimer("expiry", timer("expiry", 10))), refused("expiry", 10, "none"));
    await rejects(flush(at, removeTimer("reminder", timer("reminder", 21))), refused("reminder", 21, 20));
    deepEqual(await ofOwner(), [timer("reminder", 20)]);
  });

  it("does not remove one that was set anew since it was read, be it for the same time, with all that comes with it", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await set(timer("expiry", 10, { data: '{"id":1}' }));
    const [read] = await due(10);
    const anew = timer("expiry", 10, { data: '{"id":2}' });
    await set(anew);
    await rejects(flush(at, upsert(["1", 1]), removeTimer("expiry", read)), refused("expiry", 10, 10));
    for (const data of ['{"id": 2}', '{"id":2} ', ""])
      await rejects(flush(at, removeTimer("expiry", { dueAt: 10, data })), refused("expiry", 10, 10));
    deepEqual(await ofOwner(), [anew]);
    deepEqual(await rowsOf(at, "1"), []);
    await flush(at, removeTimer("expiry", anew));
    deepEqual(await ofOwner(), []);
  });

  it("lets exactly one of 32 fire it", async () => {
    await set(timer("expiry", 10));
    const outcomes = await Promise.allSettled(
      range(32).map(() => flush(at, removeTimer("expiry", timer("expiry", 10)))),
    );
    deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", ...Array(31).fill("rejected")]);
    deepEqual(await ofOwner(), []);
  });

  it("lets 32 set the same eight timers together, each in another order, as one of them has them", async () => {
    const name = (n: number) => `${n % 8}`;
    await Promise.all(
      range(32).map((by) =>
        flush(at, ...range(8).map((index) => setTimer(timer(name(by % 2 === 0 ? index + by : 8 + by - index), by)))),
      ),
    );
    const timers = await ofOwner();
    deepEqual(
      timers.map((each) => each.name),
      range(8).map(String),
    );
    equal(new Set(timers.map(({ dueAt }) => dueAt)).size, 1);
  });

  if (!at.conformance.abilities.durable) return;

  it("holds timers after it was closed and opened again", async () => {
    await set(timer("expiry", 10), timer("reminder", 20, { owner: "transfer-2" }));
    await at.reopen();
    deepEqual(await due(10), [timer("expiry", 10)]);
    deepEqual(await list(), [timer("expiry", 10), timer("reminder", 20, { owner: "transfer-2" })]);
  });
}
