import { OperationConflictError } from "@tidemark/core";
import type { EntryChange, NewQueueEntry, Operation, QueueClaim, QueueEntry } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(() => {
  store = new PostgresEventStore({ url: database.url });
});
afterEach(async () => {
  await store?.close();
  await database.clear();
});

const NOW = 1_000;
const entry = (id: string, more: Partial<NewQueueEntry> = {}): NewQueueEntry => ({
  ...{ id, lane: "default", type: "Fidelis.Deposit.v1", priority: 0, line: undefined, number: 0, data: "{}" },
  due: { at: 0 },
  ...more,
});
const enqueue = (...entries: readonly NewQueueEntry[]) =>
  store.operations.flush(entries.map((each): Operation => ({ kind: "enqueue", entry: each })));
const settle = (id: string, expected: number, change?: EntryChange) =>
  store.operations.flush([{ kind: "settleEntry", id, expected, change }]);
const claimBy = (from: PostgresEventStore, worker: string, more: Partial<QueueClaim> = {}) =>
  from.operations.commandQueue.claim({
    ...{ worker, lanes: ["default"], limit: 10, oldest: 0, claimMs: 60_000, now: NOW },
    ...more,
  });
const claim = (more: Partial<QueueClaim> = {}) => claimBy(store, "w", more);
const ids = (entries: readonly QueueEntry[]) => entries.map(({ id }) => id);
const standings = async () =>
  (await database.query("SELECT id, standing FROM tidemark.command_queue ORDER BY id")).map(
    ({ id, standing }) => `${id} ${standing}`,
  );
const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const name = (prefix: string, n: number) => `${prefix}-${String(n).padStart(3, "0")}`;

describe("a claim", () => {
  it("of eight workers on eight connections gives each entry to one, and gives all of them out", async () => {
    const stores = range(8).map(() => new PostgresEventStore({ url: database.url, poolSize: 1 }));
    for (let round = 0; round < 5; round++) {
      await enqueue(
        ...range(80).map((n) => entry(name(`${round}`, n), { priority: n % 3, lane: n % 2 === 0 ? "a" : "b" })),
      );
      const claims = stores.map((each, n) => claimBy(each, `w-${n}`, { lanes: ["a", "b"], oldest: 3 }));
      const claimed = await Promise.all(claims);
      expect(claimed.map(({ length }) => length)).toEqual(Array(8).fill(10));
      expect(ids(claimed.flat()).sort()).toEqual(range(80).map((n) => name(`${round}`, n)));
      for (const [n, entries] of claimed.entries())
        for (const each of entries) expect(each).toMatchObject({ claimedBy: `w-${n}`, revision: 1, claims: 1 });
    }
    for (const each of stores) await each.close();
  });

  it("waits for nobody who has locked an entry, and gives what comes after", async () => {
    await enqueue(...range(40).map((n) => entry(name("c", n))));
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM tidemark.command_queue ORDER BY id LIMIT 30 FOR UPDATE");
    expect(ids(await claim({ limit: 5, oldest: 2 }))).toEqual(range(5).map((n) => name("c", n + 30)));
    await holder.end();
    expect(ids(await claim({ limit: 2 }))).toEqual(["c-000", "c-001"]);
  });

  it("goes through more priorities than it tries one by one", async () => {
    await enqueue(
      ...range(200).map((n) => entry(name("c", n), { priority: -n, due: { at: n < 150 ? NOW + 1 : 0 } })),
      entry("old", { priority: -1_000, due: { at: -1 } }),
    );
    expect(ids(await claim({ limit: 4, oldest: 1 }))).toEqual(["c-150", "c-151", "c-152", "old"]);
    expect(ids(await claim({ limit: 100 }))).toEqual(range(47).map((n) => name("c", n + 153)));
  });

  it("goes by the database's clock, whatever the clock of the process says", async () => {
    const real = Date.now;
    Date.now = () => real() + 3_600_000;
    try {
      await enqueue(
        entry("now", { due: { afterMs: 0 }, expires: { afterMs: 1_000 } }),
        entry("later", { due: { afterMs: 1_800_000 } }),
      );
      const claimed = await store.operations.commandQueue.claim({
        ...{ worker: "w", lanes: ["default"], limit: 10, oldest: 0, claimMs: 60_000 },
      });
      expect(ids(claimed)).toEqual(["now"]);
      const [{ dueAt, expiresAt, claimedAt, claimedUntil }] = claimed as [(typeof claimed)[0]];
      expect(expiresAt! - dueAt).toBe(1_000);
      expect(claimedUntil! - claimedAt).toBe(60_000);
      const [{ ahead }] = await database.query("SELECT tidemark.clock_ms() - $1::bigint AS ahead", [claimedAt]);
      expect(Number(ahead)).toBeGreaterThanOrEqual(0);
      expect(Number(ahead)).toBeLessThan(60_000);
      expect(await store.operations.commandQueue.untilNext(["default"])).toBeLessThanOrEqual(60_000);
    } finally {
      Date.now = real;
    }
  });

  it("that has run out is free for the next, and not before", async () => {
    await enqueue(entry("a"), entry("b", { due: { at: 1 } }));
    await claim({ limit: 1 });
    expect(ids(await claim({ now: NOW + 59_999 }))).toEqual(["b"]);
    expect(await store.operations.commandQueue.untilNext(["default"], NOW + 59_000)).toBe(1_000);
    expect(ids(await claim({ now: NOW + 60_000, worker: "v" }))).toEqual(["a"]);
    expect(await store.operations.commandQueue.find("a")).toMatchObject({ claimedBy: "v", claims: 2, revision: 2 });
  });
});

describe("a line", () => {
  const lined = (n: number, more: Partial<NewQueueEntry> = {}) => entry(`l-${n}`, { line: "x", number: n, ...more });

  it("shows claims its first entry alone, however its entries were added", async () => {
    await enqueue(...[2, 0, 1].map((n) => lined(n)), entry("own"));
    await enqueue(lined(3));
    expect(await standings()).toEqual(["l-0 free", "l-1 behind", "l-2 behind", "l-3 behind", "own free"]);
    expect(ids(await claim())).toEqual(["l-0", "own"]);
    await settle("l-0", 1);
    expect(await standings()).toEqual(["l-1 free", "l-2 behind", "l-3 behind", "own claimed"]);
    expect(ids(await claim())).toEqual(["l-1"]);
    await settle("l-1", 1, { state: "waiting", attempts: 1, due: { at: NOW + 5 } });
    expect(ids(await claim())).toEqual([]);
    expect(await store.operations.commandQueue.untilNext(["default"], NOW)).toBe(5);
    await settle("l-1", 2, { state: "parked", attempts: 2 });
    await enqueue(lined(4));
    expect(ids(await claim({ now: NOW + 9 }))).toEqual([]);
    await settle("l-1", 3, { state: "cancelled", attempts: 2 });
    expect(await standings()).toEqual(["l-1 null", "l-2 free", "l-3 behind", "l-4 behind", "own claimed"]);
    expect(ids(await claim())).toEqual(["l-2"]);
  });

  it("goes on after one whose end and whose follower are stored at the same time", async () => {
    for (let n = 0; n < 40; n++) {
      await enqueue(lined(2 * n));
      const [first] = await claim();
      await Promise.all([settle(first!.id, first!.revision), enqueue(lined(2 * n + 1))]);
      const [second] = await claim();
      expect(second).toMatchObject({ id: `l-${2 * n + 1}` });
      await settle(second!.id, second!.revision);
    }
  });

  it("goes on where the one before ends while the next waits for its commit", async () => {
    await enqueue(lined(0));
    const [first] = await claim();
    const holder = await database.connect();
    await holder.query(`
      BEGIN;
      SELECT tidemark.enqueue('{l-1}', '{default}', '{T}', '{0}', '{0}', '{NULL}', '{NULL}', '{NULL}', '{x}', '{1}', '{"{}"}', '{f}')
    `);
    const settled = settle("l-0", first!.revision);
    for (let isWaiting = false; !isWaiting; ) {
      const rows = await database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      isWaiting = rows.length > 0;
    }
    await holder.query("COMMIT");
    await settled;
    await holder.end();
    expect(await standings()).toEqual(["l-1 free"]);
  });

  describe("goes on where two of it end at the same time", () => {
    const end = (id: string, expected: number) =>
      `SELECT tidemark.settle_entries('{${id}}', '{${expected}}', '{cancelled}', '{0}', '{NULL}', '{NULL}', '{NULL}', '{NULL}')`;

    it.each([
      ["side by side", [1, 1, 2], ["l-0", 1], ["l-1", 1]],
      ["the first before the second", [1, 2, 3], ["l-0", 1], ["l-1", 0]],
      ["the second before the first", [1, 2, 3], ["l-1", 0], ["l-0", 1]],
      ["the last before the first", [1, 3, 2], ["l-1", 0], ["l-0", 1]],
    ] as const)("%s", async (_, numbers, [before, revision], [after, expected]) => {
      await enqueue(...numbers.map((number, n) => entry(`l-${n}`, { line: "x", number })));
      await claim();
      const holder = await database.connect();
      await holder.query(`BEGIN; ${end(before, revision)}`);
      let isOver = false;
      const settled = settle(after, expected, { state: "cancelled", attempts: 0 }).finally(() => {
        isOver = true;
      });
      for (let isWaiting = false; !isWaiting && !isOver; ) {
        const rows = await database.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        isWaiting = rows.length > 0;
      }
      await holder.query("COMMIT");
      await settled;
      await holder.end();
      expect(ids(await claim())).toEqual(["l-2"]);
    });
  });

  it("has those of one number side by side, and is never behind an entry that takes its own place", async () => {
    await enqueue(entry("a", { line: "x", number: 1 }), entry("b", { line: "x", number: 1 }));
    expect(ids(await claim())).toEqual(["a", "b"]);
    await settle("a", 1);
    await store.operations.flush([
      { kind: "settleEntry", id: "b", expected: 1, change: { state: "done", attempts: 0 } },
    ]);
    await store.operations.flush([{ kind: "enqueue", entry: entry("b", { line: "x", number: 5 }), replaces: true }]);
    await store.operations.flush([{ kind: "enqueue", entry: entry("b", { line: "x", number: 7 }), replaces: true }]);
    expect(await claim()).toMatchObject([{ id: "b", number: 7, revision: 5, claims: 1 }]);
  });
});

it("an entry that is replaced is another one, and refused while a worker has it", async () => {
  const replace = (more: Partial<NewQueueEntry>) =>
    store.operations.flush([{ kind: "enqueue", entry: entry("a", more), replaces: true }]);
  await replace({ data: "1" });
  await store.operations.commandQueue.claim({
    ...{ worker: "w", lanes: ["default"], limit: 1, oldest: 0, claimMs: 60_000 },
  });
  await expect(replace({ data: "2" })).rejects.toMatchObject({
    code: "OPERATION_CONFLICT",
    details: { subject: 'queue entry "a"', expected: "it not claimed", actual: "a worker that has it" },
  });
  await store.operations.commandQueue.release("w", ["a"]);
  await replace({ data: "3", line: "x", number: 4, due: { at: 7 }, expires: { at: 9 } });
  expect(await store.operations.commandQueue.find("a")).toEqual({
    ...{ id: "a", lane: "default", type: "Fidelis.Deposit.v1", priority: 0, line: "x", number: 4, data: "3" },
    ...{ dueAt: 7, expiresAt: 9, state: "waiting", attempts: 0, claims: 0, begins: 0, revision: 3 },
  });
});

it("workers, operators and process managers at the same entries wait for each other in one direction", async () => {
  const lines = ["a", "b", "c", "d"];
  const stores = range(6).map(() => new PostgresEventStore({ url: database.url, poolSize: 2 }));
  const numbers = new Map(lines.map((line) => [line, 0]));
  const added: string[] = [];
  const ended: string[] = [];
  const add = async (from: PostgresEventStore) => {
    for (let round = 0; round < 25; round++) {
      const entries = [...lines, ...lines.toReversed()].map((line) => {
        const number = numbers.get(line)!;
        numbers.set(line, number + 1);
        return entry(`${line}-${number}`, { line, number });
      });
      added.push(...entries.map(({ id }) => id));
      await from.operations.flush(entries.map((each): Operation => ({ kind: "enqueue", entry: each })));
    }
  };
  const work = async (from: PostgresEventStore, worker: string) => {
    while (ended.length < 200) {
      const claimed = await claimBy(from, worker, { limit: 3, oldest: 1 });
      const claimedIds = ids(claimed);
      expect(
        await from.operations.commandQueue.extend({ worker, ids: claimedIds.toReversed(), claimMs: 60_000, now: NOW }),
      ).toEqual(claimedIds.toReversed());
      await from.operations.flush(
        claimed.map(({ id, revision }): Operation => ({ kind: "settleEntry", id, expected: revision })),
      );
      ended.push(...claimedIds);
    }
  };
  await Promise.all([add(stores[0]!), ...stores.slice(1).map((each, n) => work(each, `w-${n}`))]);
  expect(ended.toSorted()).toEqual(added.toSorted());
  for (const line of lines) {
    const ofLine = ended.filter((id) => id.startsWith(line)).map((id) => Number(id.slice(2)));
    expect(ofLine).toEqual(range(50));
  }
  const [{ deadlocks }] = await database.query(
    "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()",
  );
  expect(deadlocks).toBe(0);
  for (const each of stores) await each.close();
});

describe("pages of entries", () => {
  beforeEach(async () => {
    await enqueue(
      ...range(6).map((n) => entry(`c-${n}`, { lane: n % 2 === 0 ? "a" : "b", type: n < 3 ? "T" : "U" })),
      entry("c-6", { line: "x", lane: "a" }),
      entry("c-7", { line: "x", lane: "a", number: 1 }),
    );
    await settle("c-1", 0, { state: "parked", attempts: 3, outcome: "1" });
    await settle("c-4", 0, { state: "done", attempts: 0, outcome: "2" });
    await settle("c-6", 0, { state: "done", attempts: 0 });
  });

  it.each([
    [{}, [0, 1, 2, 3, 4, 5, 6, 7]],
    [{ after: "c-2", limit: 2 }, [3, 4]],
    [{ states: ["done", "parked"] }, [1, 4, 6]],
    [{ states: ["done", "parked", "done"], after: "c-1", limit: 1 }, [4]],
    [{ states: [] }, []],
    [{ lanes: ["a"], types: ["U"] }, [4]],
    [{ lanes: ["a"], states: ["waiting"] }, [0, 2, 7]],
    [{ line: "x" }, [6, 7]],
    [{ line: "x", states: ["waiting"], lanes: ["a", "b"] }, [7]],
    [{ line: "y" }, []],
  ] as const)("with %j", async (page, found) => {
    const entries = await store.operations.commandQueue.list({ limit: 100, ...page });
    expect(ids(entries)).toEqual(found.map((n) => `c-${n}`));
  });

  it("beside how many there are, and what is forgotten", async () => {
    const { commandQueue } = store.operations;
    expect(await commandQueue.counts()).toEqual([
      { lane: "a", state: "done", entries: 2 },
      { lane: "a", state: "waiting", entries: 3 },
      { lane: "b", state: "parked", entries: 1 },
      { lane: "b", state: "waiting", entries: 2 },
    ]);
    const { finishedAt } = (await commandQueue.find("c-6"))!;
    expect(await commandQueue.forget(0, 10)).toBe(0);
    expect(await commandQueue.forget(finishedAt! + 1, 1)).toBe(1);
    expect(await commandQueue.forget(finishedAt! + 1, 10)).toBe(1);
    expect(ids(await commandQueue.list({ limit: 100 }))).toEqual([0, 1, 2, 3, 5, 7].map((n) => `c-${n}`));
  });
});

it("a settled entry is refused to whoever read it before", async () => {
  await enqueue(entry("a"));
  await settle("a", 0, { state: "waiting", attempts: 1 });
  const refused = settle("a", 0, { state: "done", attempts: 1 });
  await expect(refused).rejects.toThrow(OperationConflictError);
  await expect(refused).rejects.toMatchObject({
    details: { subject: 'queue entry "a"', expected: "revision 0", actual: "revision 1" },
  });
  await expect(settle("b", 0)).rejects.toMatchObject({ details: { actual: "none" } });
});
