import { ExpectedVersionError, OperationConflictError } from "@tidemark/core";
import type { NewQueueEntry, Operation, StoredSnapshot } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  proxy = await CountingProxy.before(database.url);
  store = new PostgresEventStore({ url: proxy.url });
  await store.open();
});
afterAll(async () => {
  await store?.close();
  await proxy?.close();
  await database?.drop();
});

async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.roundTrips;
  await work();
  return proxy.roundTrips - before;
}

const ref = { stream: "a-1", category: "a" };
const snapshot: StoredSnapshot = {
  stream: "a:snapshot-1",
  category: "a:snapshot",
  version: 1,
  schemaVersion: 1,
  fingerprint: "f",
  time: 1,
  record: "{}",
  state: "{}",
};

it("appends in one, whatever the number of streams and events", async () => {
  expect(await roundTrips(() => store.log.append([request("a-1", events(1), -1)]))).toBe(1);
  const many = Array.from({ length: 50 }, (_, n) => request(`b-${n}`, events(40)));
  expect(await roundTrips(() => store.log.append(many))).toBe(1);
});

it("refuses a stale version in two: the attempt, and the look at what is there instead", async () => {
  const stale = () => expect(store.log.append([request("a-1", events(1), 7)])).rejects.toThrow(ExpectedVersionError);
  expect(await roundTrips(stale)).toBe(2);
});

const ACCOUNTS = { name: "accounts", columns: [{ name: "id", type: "text" }] } as const;

const entry = (id: string, number: number): NewQueueEntry => ({
  ...{ id, lane: "l", type: "T", priority: 0, line: id === "again" ? undefined : "x", number, data: "{}" },
  due: { afterMs: 0 },
});

const also = (n: number): readonly Operation[] => [
  { kind: "upsertRows", table: ACCOUNTS, rows: [[`a-${n}`]] },
  { kind: "deleteRows", table: ACCOUNTS, keys: [`b-${n}`] },
  { kind: "moveCheckpoint", subscription: "s", bucket: 0, from: n, to: n + 1, generation: 0 },
  { kind: "replaceCheckpoints", subscription: `r-${n}`, expected: [], checkpoints: [{ bucket: 0, position: n }] },
  {
    kind: "putParked",
    parked: { subscription: "s", key: "k", position: n, state: "parked", attempts: 1, data: "{}" },
    expected: null,
  },
  ...(n === 0 ? [] : [{ kind: "removeParked", subscription: "s", key: "k", position: n - 1, expected: 0 } as const]),
  { kind: "receiveMessage", inbox: "i", id: `m-${n}`, receivedAt: 1 },
  { kind: "setTimer", timer: { owner: "o", name: `t-${n}`, data: "{}" }, due: { afterMs: 1 } },
  { kind: "removeTimer", owner: "o", name: `t-${n - 1}` },
  { kind: "enqueue", entry: entry(`c-${n}`, n) },
  { kind: "enqueue", entry: entry("again", n), replaces: true },
  ...(n === 0 ? [] : [{ kind: "settleEntry", id: `c-${n - 1}`, expected: 0 } as const]),
  {
    kind: "putState",
    state: { stream: "cart-1", category: "cart", version: n, data: "{}" },
    expectedVersion: n - 1,
  },
];

it("appends and flushes operations of every kind in one, whether they were prepared before or not", async () => {
  await store.operations.readModels.createTable(ACCOUNTS);
  await store.operations.subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 0 }]);
  for (const n of [0, 1]) {
    expect(await roundTrips(async () => store.operations.flush(also(2 * n)))).toBe(1);
    const append = async () => store.log.append([request(`c-${n}`, events(1), -1)], { also: also(2 * n + 1) });
    expect(await roundTrips(append)).toBe(1);
  }
  expect(await store.operations.subscriptions.checkpoints("s")).toMatchObject([{ position: 4 }]);
  expect(await store.operations.subscriptions.parked({})).toMatchObject([{ position: 3 }]);
});

it("renews a lease and claims in one each, and reads what somebody asks for in one", async () => {
  const { subscriptions } = store.operations;
  await subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 0 }]);
  const lease = { server: "a", leaseMs: 60_000, subscriptions: ["s"] };
  expect(await roundTrips(() => subscriptions.renew(lease))).toBe(1);
  expect(await roundTrips(() => subscriptions.claim({ server: "a", subscription: "s", limit: 16 }))).toBe(1);
  expect(
    await roundTrips(() => subscriptions.claim({ server: "a", subscription: "s", limit: 16, fromOthers: true })),
  ).toBe(1);
  expect(await roundTrips(() => subscriptions.parked({ states: ["retry", "skip"] }))).toBe(1);
});

it("claims entries of the queue in one, and asks for timers and for states in one each", async () => {
  const { commandQueue, timers, states } = store.operations;
  const claim = { worker: "w", lanes: ["l", "m"], limit: 8, oldest: 2, claimMs: 60_000 };
  for (const ids of [["again", "c-3"], []]) {
    const claimed = async () => expect((await commandQueue.claim(claim)).map(({ id }) => id).toSorted()).toEqual(ids);
    expect(await roundTrips(claimed)).toBe(1);
  }
  expect(await roundTrips(async () => commandQueue.extend({ worker: "w", ids: ["c-3"], claimMs: 1 }))).toBe(1);
  expect(await roundTrips(async () => commandQueue.release("w", ["c-3", "again"]))).toBe(1);
  expect(await roundTrips(async () => commandQueue.untilNext(["l"]))).toBe(1);
  expect(await roundTrips(async () => timers.due({ limit: 10, part: { index: 0, of: 2 } }))).toBe(1);
  expect(await roundTrips(async () => states.loadAll([{ stream: "cart-1", category: "cart" }]))).toBe(1);
});

it("refuses operations in one, and an append with them in two", async () => {
  const stale = (at: number): readonly Operation[] => [
    { kind: "moveCheckpoint", subscription: "s", bucket: 1, from: at, to: 9, generation: 0 },
  ];
  const flush = () => expect(store.operations.flush(stale(7))).rejects.toThrow(OperationConflictError);
  expect(await roundTrips(flush)).toBe(1);
  const append = () =>
    expect(store.log.append([request("d-1", events(1), -1)], { also: stale(7) })).rejects.toThrow(
      OperationConflictError,
    );
  expect(await roundTrips(append)).toBe(2);
});

it("writes several snapshots, and one at an expected version, in one", async () => {
  const of = (n: number) => ({ ...snapshot, stream: `b:snapshot-${n}`, category: "b:snapshot" });
  const several = [1, 2, 3].map((n) => ({ snapshot: of(n), keep: 1 }));
  expect(await roundTrips(async () => store.snapshots.write(several))).toBe(1);
  const next = { snapshot: { ...of(1), version: 2 }, keep: 1, expectedVersion: 1 };
  expect(await roundTrips(async () => store.snapshots.write([next]))).toBe(1);
  expect(await store.snapshots.read(of(1))).toMatchObject([{ version: 2 }]);
});

it("loads in one, with a snapshot and without", async () => {
  await store.log.append([request("a-1", events(3), 0)]);
  expect(await roundTrips(async () => store.load({ ...ref, limit: 100 }))).toBe(1);
  expect(await roundTrips(async () => store.snapshots.write([{ snapshot, keep: 1 }]))).toBe(1);
  const snapshots = { stream: snapshot.stream, category: snapshot.category, kinds: [{ schemaVersion: 1 }] };
  expect(await roundTrips(async () => store.load({ ...ref, snapshots, limit: 100 }))).toBe(1);
  expect(await store.load({ ...ref, snapshots, limit: 100 })).toMatchObject({ snapshot, page: { lastPosition: 3 } });
});

const SEATS = {
  name: "seats",
  columns: [
    { name: "id", type: "text" },
    { name: "revision", type: "integer" },
  ],
} as const;

it("loads rows of several tables beside the events in one, whether the tables were used before or not", async () => {
  await store.operations.readModels.createTable(SEATS);
  const snapshots = { stream: snapshot.stream, category: snapshot.category, kinds: [{ schemaVersion: 1 }] };
  const rows = [
    { table: SEATS, keys: ["1"] },
    { table: ACCOUNTS, keys: ["a-0", "a-1"] },
  ];
  for (const request of [
    { ...ref, rows, limit: 100 },
    { ...ref, rows, snapshots, limit: 100 },
  ]) {
    expect(await roundTrips(async () => store.load(request))).toBe(1);
    expect(await store.load(request)).toMatchObject({ rows: [[], [["a-0"], ["a-1"]]], page: { lastPosition: 3 } });
  }
});

it("appends with guarded rows and statements in one, and reads rows in one", async () => {
  const also = (revision: number): readonly Operation[] => {
    const guard = { column: "revision", expected: [revision === 1 ? null : revision - 1] };
    return [
      { kind: "upsertRows", table: SEATS, rows: [["1", revision]], guard },
      { kind: "runStatement", texts: ["DELETE FROM tidemark.seats WHERE id = ", ""], values: ["2"] },
    ];
  };
  for (const n of [1, 2]) {
    const append = async () => store.log.append([request(`e-${n}`, events(1), -1)], { also: also(n) });
    expect(await roundTrips(append)).toBe(1);
  }
  const query = { table: SEATS, where: [], orderBy: [{ column: "id", direction: "asc" }] } as const;
  expect(await roundTrips(async () => store.operations.readModels.query(query))).toBe(1);
  expect(await roundTrips(async () => store.operations.readModels.count(query))).toBe(1);
  expect(await store.operations.readModels.query(query)).toEqual([["1", 2]]);
});

it("loads as of a time in three with a snapshot, in two without", async () => {
  const snapshots = { stream: snapshot.stream, category: snapshot.category, kinds: [{ schemaVersion: 1 }] };
  const asOf = { ...ref, maxTime: 1_700_000_000_001, limit: 100 };
  expect(await roundTrips(async () => store.load({ ...asOf, snapshots }))).toBe(3);
  expect(await roundTrips(async () => store.load(asOf))).toBe(2);
  expect(await roundTrips(async () => store.log.loadPage({ ...asOf, after: 0 }))).toBe(2);
});

it("reads settled events in one, of all categories or of some", async () => {
  expect(await roundTrips(async () => store.log.readAll({ after: 0, limit: 100 }))).toBe(1);
  expect(await roundTrips(async () => store.log.readAll({ after: 0, limit: 100, categories: ["a"] }))).toBe(1);
  expect(await roundTrips(async () => store.log.readAll({ after: 0, limit: 100, categories: ["a", "c", "x"] }))).toBe(
    1,
  );
});
