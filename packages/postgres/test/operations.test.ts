import { ExpectedVersionError, IncorrectUsageError, OperationConflictError } from "@tidemark/core";
import type { Operation } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  store = new PostgresEventStore({ url: database.url });
});
afterEach(async () => {
  await store?.close();
  await database.clear();
});

const ACCOUNTS = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "balance", type: "integer" },
  ],
} as const;

const upsert = (...rows: readonly (readonly [string, number | null])[]): Operation => ({
  kind: "upsertRows",
  table: ACCOUNTS,
  rows,
});
const remove = (...keys: readonly string[]): Operation => ({ kind: "deleteRows", table: ACCOUNTS, keys });
const move = (from: number, to: number, generation = 0): Operation => ({
  ...{ kind: "moveCheckpoint", subscription: "Accounts", bucket: 3 },
  ...{ from, to, generation },
});
const timer = (name: string, dueAt: number) => ({ owner: "transfer-1", name, dueAt, data: '{"n":1}' });
const setTimer = (name: string, dueAt: number, owner = "transfer-1"): Operation => ({
  kind: "setTimer",
  timer: { owner, name, data: '{"n":1}' },
  due: { at: dueAt },
});
const fire = (name: string, dueAt: number, data = '{"n":1}'): Operation => ({
  ...{ kind: "removeTimer", owner: "transfer-1", name },
  expected: { dueAt, data },
});
const entry = (id: string) => ({
  ...{ id, lane: "default", type: "Fidelis.Deposit.v1", priority: 0, number: 0, data: `{"id":"${id}"}` },
});
const enqueue = (id: string): Operation => ({
  kind: "enqueue",
  entry: { ...entry(id), line: undefined, due: { at: 5 } },
});
const state = (version: number) => ({ stream: "cart-1", category: "cart", version, data: `{"at":${version}}` });

const flush = async (...operations: readonly Operation[]) => store.operations.flush(operations);
const rowsOf = async (...keys: readonly string[]) =>
  (await store.operations.readModels.rows(ACCOUNTS, keys)).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
const lay = (position = 0) =>
  store.operations.subscriptions.layCheckpoints([{ subscription: "Accounts", bucket: 3, position }]);
const checkpoint = async () => (await store.operations.subscriptions.checkpoints("Accounts"))[0];

describe("a flush", () => {
  beforeEach(() => store.operations.readModels.createTable(ACCOUNTS));

  it("applies everything", async () => {
    await lay();
    await flush(
      ...[upsert(["1", 10], ["2", null]), move(0, 7)],
      ...([
        setTimer("expiry", 500),
        enqueue("c1"),
        { kind: "putState", state: state(0), expectedVersion: -1 },
      ] as const),
    );
    expect(await rowsOf("1", "2", "3")).toEqual([
      ["1", 10],
      ["2", null],
    ]);
    expect(await checkpoint()).toEqual({ subscription: "Accounts", bucket: 3, position: 7, generation: 0 });
    expect(await store.operations.timers.ofOwner("transfer-1")).toEqual([timer("expiry", 500)]);
    expect(await store.operations.commandQueue.find("c1")).toEqual({
      ...entry("c1"),
      ...{ dueAt: 5, state: "waiting", attempts: 0, claims: 0, begins: 0, revision: 0 },
    });
    expect(await store.operations.states.load({ stream: "cart-1", category: "cart" })).toEqual(state(0));
  });

  it("changes nothing when one operation is refused, whichever it is", async () => {
    await lay(5);
    await flush(setTimer("kept", 1), enqueue("c0"), { kind: "putState", state: state(3), expectedVersion: -1 });
    const refused: readonly (readonly [Operation, object])[] = [
      [move(4, 9), { subject: 'checkpoint 3 of subscription "Accounts"', actual: "position 5 under generation 0" }],
      [move(5, 9, 2), { expected: "position 5 under generation 2", actual: "position 5 under generation 0" }],
      [fire("kept", 2), { actual: "another one, due at 1" }],
      [fire("kept", 1, "{}"), { actual: "another one, due at 1" }],
      [fire("none", 2), { actual: "none" }],
      [
        { kind: "settleEntry", id: "gone", expected: 0 },
        { subject: 'queue entry "gone"', actual: "none" },
      ],
      [
        { kind: "settleEntry", id: "c0", expected: 1, change: { state: "done", attempts: 0 } },
        { subject: 'queue entry "c0"', expected: "revision 1", actual: "revision 0" },
      ],
      [
        { kind: "putState", state: state(5), expectedVersion: 4 },
        { expected: 4, actual: 3 },
      ],
      [
        { kind: "putState", state: state(0), expectedVersion: -1 },
        { expected: -1, actual: 3 },
      ],
      [
        { kind: "deleteState", stream: "cart-1", expectedVersion: 2 },
        { stream: "cart-1", expected: 2, actual: 3 },
      ],
      [
        { kind: "deleteState", stream: "cart-1", expectedVersion: -1 },
        { expected: -1, actual: 3 },
      ],
      [
        { kind: "deleteState", stream: "cart-2", expectedVersion: 0 },
        { expected: 0, actual: -1 },
      ],
    ];
    for (const [operation, details] of refused) {
      const others: Operation[] = [upsert(["1", 1]), enqueue("c1")];
      const error = await flush(...others, operation).catch((caught: unknown) => caught);
      const type = operation.kind.endsWith("State") ? ExpectedVersionError : OperationConflictError;
      expect([operation, error]).toEqual([operation, expect.any(type)]);
      expect(error).toMatchObject({ details });
    }
    expect(await rowsOf("1")).toEqual([]);
    expect(await store.operations.commandQueue.find("c1")).toBeUndefined();
    expect(await store.operations.timers.ofOwner("transfer-1")).toEqual([timer("kept", 1)]);
    expect(await checkpoint()).toMatchObject({ position: 5, generation: 0 });
  });

  it("names the one of several that is refused, and what is stored in its place", async () => {
    const buckets = [0, 1, 2].map((bucket) => ({ subscription: "S", bucket, position: bucket }));
    await store.operations.subscriptions.layCheckpoints(buckets);
    const moves = [2, 1, 0].map((bucket) => ({
      ...({ kind: "moveCheckpoint", subscription: "S", bucket, to: 9, generation: 0 } as const),
      from: bucket === 1 ? 8 : bucket,
    }));
    await expect(flush(...moves)).rejects.toMatchObject({
      details: {
        subject: 'checkpoint 1 of subscription "S"',
        expected: "position 8 under generation 0",
        actual: "position 1 under generation 0",
      },
    });
    expect((await store.operations.subscriptions.checkpoints("S")).map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  it("takes nothing, and refuses two operations about the same thing", async () => {
    await flush();
    await expect(flush(upsert(["1", 1]), remove("1"))).rejects.toThrow(IncorrectUsageError);
    expect(await rowsOf("1")).toEqual([]);
  });

  it("replaces and deletes rows together", async () => {
    await flush(upsert(["1", 1], ["2", 2], ["3", 3]));
    await flush(upsert(["4", 4], ["2", 20]), remove("1", "none"));
    expect(await rowsOf("1", "2", "3", "4")).toEqual([
      ["2", 20],
      ["3", 3],
      ["4", 4],
    ]);
  });

  it("says that a table was not created", async () => {
    const unknown = { ...ACCOUNTS, name: "unknown" };
    const missing = { code: "INCORRECT_USAGE", message: expect.stringContaining('"unknown"') };
    await expect(flush({ kind: "upsertRows", table: unknown, rows: [["1", 1]] })).rejects.toMatchObject(missing);
    await expect(store.operations.readModels.rows(unknown, ["1"])).rejects.toMatchObject(missing);
    const stolen = { ...ACCOUNTS, name: "events" };
    await expect(flush({ kind: "deleteRows", table: stolen, keys: ["1"] })).rejects.toThrow(IncorrectUsageError);
  });

  it("waits for those that write the same rows in another order, and is never given up for them", async () => {
    const proxy = await CountingProxy.before(database.url);
    const counted = new PostgresEventStore({ url: proxy.url });
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    await flush(upsert(...keys.map((key): [string, number] => [key, 0])));
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const shuffled = n % 2 === 0 ? keys : keys.toReversed();
        const rows = shuffled.slice(0, 15).map((key): [string, number] => [key, n]);
        await counted.operations.flush([upsert(...rows), remove(...shuffled.slice(15))]);
      }),
    );
    expect(proxy.roundTrips).toBe(30);
    await counted.close();
    await proxy.close();
  });

  it("whose connection is lost says that its outcome is not known, and may be repeated by who checks", async () => {
    await lay();
    const locker = await database.connect();
    await locker.query("BEGIN; SELECT FROM tidemark.checkpoints FOR UPDATE");
    const flushed = expect(flush(upsert(["1", 1]), move(0, 1))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(
        /^Cannot write to PostgreSQL .*: the server ended the connection; whether it was stored is not known$/,
      ),
    });
    let pids: { pid: number }[] = [];
    while (pids.length === 0)
      pids = await database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
    await database.query("SELECT pg_terminate_backend($1)", [pids[0]!.pid]);
    await flushed;
    await locker.query("ROLLBACK");
    await locker.end();
    expect(await rowsOf("1")).toEqual([]);
    await flush(upsert(["1", 1]), move(0, 1));
    expect(await checkpoint()).toMatchObject({ position: 1 });
  });
});

describe("an append with operations", () => {
  beforeEach(() => store.operations.readModels.createTable(ACCOUNTS));
  const version = (stream: string) => store.log.version({ stream, category: "a" });
  const position = async () => (await database.query("SELECT last_value::int FROM tidemark.global_positions"))[0];

  it.each([
    ["one event", [1]],
    ["several events", [3]],
    ["several streams", [2, 1]],
  ])("of %s commits with them", async (_, counts) => {
    await lay();
    const requests = counts.map((count, n) => request(`a-${n}`, events(count), -1));
    const appended = await store.log.append(requests, { also: [upsert(["1", 1]), move(0, 3)] });
    expect(appended.map(({ version }) => version)).toEqual(counts.map((count) => count - 1));
    expect(await rowsOf("1")).toEqual([["1", 1]]);
    expect(await checkpoint()).toMatchObject({ position: 3 });
  });

  it.each([
    ["one event", [1]],
    ["several events", [3]],
    ["several streams", [2, 1]],
  ])("of %s changes nothing when a version is stale", async (_, counts) => {
    await store.log.append([request("a-0", events(2), -1)]);
    const requests = counts.map((count, n) => request(`a-${n}`, events(count), -1));
    const append = store.log.append(requests, { also: [upsert(["1", 1])] });
    await expect(append).rejects.toMatchObject({ stream: "a-0", expected: -1, actual: 1 });
    expect(await rowsOf("1")).toEqual([]);
    expect([await version("a-0"), await version("a-1")]).toEqual([1, -1]);
  });

  it("changes nothing when an operation is refused, and uses up no position", async () => {
    await lay(1);
    const before = await position();
    const append = store.log.append([request("a-1", events(2), -1)], { also: [upsert(["1", 1]), move(0, 3)] });
    await expect(append).rejects.toThrow(OperationConflictError);
    expect(await version("a-1")).toBe(-1);
    expect(await rowsOf("1")).toEqual([]);
    expect(await position()).toEqual(before);
  });

  it("that was stored before answers as the first time, and applies nothing again", async () => {
    await lay();
    const requests = [request("a-1", events(2), -1)];
    const first = await store.log.append(requests, { also: [move(0, 2), upsert(["1", 1])] });
    await flush(upsert(["1", 2]));
    expect(await store.log.append(requests, { also: [move(0, 2), upsert(["1", 1])] })).toEqual(first);
    expect(await store.log.append(requests, { also: [upsert(["1", 1])] })).toEqual(first);
    expect(await rowsOf("1")).toEqual([["1", 2]]);
    expect(await version("a-1")).toBe(1);
  });

  it("refuses two operations about the same thing, and stores nothing", async () => {
    const append = store.log.append([request("a-1", events(1), -1)], { also: [upsert(["1", 1]), remove("1")] });
    await expect(append).rejects.toThrow(IncorrectUsageError);
    expect(await version("a-1")).toBe(-1);
  });

  it("is refused for its version where the version and an operation are stale", async () => {
    await lay(1);
    await store.log.append([request("a-1", events(1), -1)]);
    const append = store.log.append([request("a-1", events(1), -1)], { also: [move(0, 3)] });
    await expect(append).rejects.toThrow(ExpectedVersionError);
  });

  it("refuses an id that is stored elsewhere", async () => {
    const messages = events(1);
    await store.log.append([request("a-1", messages, -1)]);
    const append = store.log.append([request("a-2", messages, -1)], { also: [upsert(["1", 1])] });
    await expect(append).rejects.toThrow(IncorrectUsageError);
    expect(await rowsOf("1")).toEqual([]);
  });

  it("that names no version is tried until it is first", async () => {
    await lay();
    const append = (n: number) =>
      store.log.append([request("a-1", events(2, n))], { also: [upsert([`${n}`, n], ["last", n])] });
    await Promise.all(Array.from({ length: 24 }, (_, n) => append(n)));
    expect(await version("a-1")).toBe(47);
    expect(await rowsOf(...Array.from({ length: 24 }, (_, n) => `${n}`))).toHaveLength(24);
  });

  it("lets one of many writers with the same expected version through, with its operations", async () => {
    const append = (n: number) =>
      store.log.append([request("a-1", events(1, n), -1)], { also: [upsert(["winner", n])] });
    const outcomes = await Promise.allSettled(Array.from({ length: 32 }, (_, n) => append(n)));
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(ExpectedVersionError);
    expect(await version("a-1")).toBe(0);
    expect(await rowsOf("winner")).toEqual([["winner", winner]]);
  });

  it("of no stream applies its operations", async () => {
    expect(await store.log.append([], { also: [upsert(["1", 1])] })).toEqual([]);
    expect(await rowsOf("1")).toEqual([["1", 1]]);
  });
});

describe("timers, queue and checkpoints", () => {
  it("are read in their order", async () => {
    await flush(...[setTimer("b", 300), setTimer("a", 300), setTimer("c", 100)], setTimer("other", 200, "transfer-2"));
    const { timers } = store.operations;
    const due = async (now: number, limit = 10) => (await timers.due({ now, limit })).map(({ name }) => name);
    expect(await due(300)).toEqual(["c", "other", "a", "b"]);
    expect(await due(299)).toEqual(["c", "other"]);
    expect(await due(300, 1)).toEqual(["c"]);
    expect((await timers.ofOwner("transfer-1")).map(({ name }) => name)).toEqual(["c", "a", "b"]);
  });

  it("are set anew, removed and taken out", async () => {
    const { timers, commandQueue } = store.operations;
    await flush(setTimer("x", 1), enqueue("c"));
    await flush(setTimer("x", 2), enqueue("c"));
    expect(await timers.ofOwner("transfer-1")).toEqual([timer("x", 2)]);
    expect(await commandQueue.find("c")).toMatchObject({ revision: 0 });
    await flush(
      fire("x", 2),
      { kind: "removeTimer", owner: "transfer-1", name: "never set" },
      { kind: "settleEntry", id: "c", expected: 0 },
    );
    expect(await timers.ofOwner("transfer-1")).toEqual([]);
    expect(await commandQueue.find("c")).toBeUndefined();
  });

  it("are laid once, and fenced by their generation", async () => {
    await lay(4);
    await lay(9);
    expect(await checkpoint()).toEqual({ subscription: "Accounts", bucket: 3, position: 4, generation: 0 });
    const { subscriptions } = store.operations;
    const raised = { subscription: "Accounts", bucket: 3, position: 4, generation: 1 };
    expect(await subscriptions.raiseGeneration("Accounts", 3)).toEqual(raised);
    expect(await subscriptions.raiseGeneration("Accounts", 4)).toBeUndefined();
    await expect(flush(move(4, 5))).rejects.toThrow(OperationConflictError);
    await flush(move(4, 5, 1));
    expect(await checkpoint()).toEqual({ ...raised, position: 5 });
    await expect(flush({ ...move(0, 1), bucket: 5 } as Operation)).rejects.toMatchObject({
      details: { actual: "none" },
    });
  });

  it("move once when two owners race", async () => {
    await lay();
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((to) => flush(move(0, to))));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    const { position } = (await checkpoint())!;
    expect(refused).toHaveLength(3);
    for (const error of refused)
      expect(error).toMatchObject({ details: { actual: `position ${position} under generation 0` } });
  });
});

it("states are replaced and deleted at their version", async () => {
  const load = async () => store.operations.states.load({ stream: "cart-1", category: "cart" });
  await flush({ kind: "putState", state: state(0), expectedVersion: -1 });
  await flush({ kind: "putState", state: state(2 ** 40), expectedVersion: 0 });
  expect(await load()).toEqual(state(2 ** 40));
  await flush({ kind: "deleteState", stream: "cart-1", expectedVersion: 2 ** 40 });
  expect(await load()).toBeUndefined();
  await flush({ kind: "deleteState", stream: "cart-1", expectedVersion: -1 });
});
