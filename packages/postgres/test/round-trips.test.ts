import { ExpectedVersionError, type StoredSnapshot } from "@tidemark/core";
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
  expect(await roundTrips(() => store.append([request("a-1", events(1), -1)]))).toBe(1);
  const many = Array.from({ length: 50 }, (_, n) => request(`b-${n}`, events(40)));
  expect(await roundTrips(() => store.append(many))).toBe(1);
});

it("refuses a stale version in two: the attempt, and the look at what is there instead", async () => {
  const stale = () => expect(store.append([request("a-1", events(1), 7)])).rejects.toThrow(ExpectedVersionError);
  expect(await roundTrips(stale)).toBe(2);
});

it("loads in one, with a snapshot and without", async () => {
  await store.append([request("a-1", events(3), 0)]);
  expect(await roundTrips(async () => store.load({ ...ref, limit: 100 }))).toBe(1);
  expect(await roundTrips(async () => store.writeSnapshot(snapshot, { keep: 1 }))).toBe(1);
  const snapshots = { stream: snapshot.stream, kinds: [{ schemaVersion: 1 }] };
  expect(await roundTrips(async () => store.load({ ...ref, snapshots, limit: 100 }))).toBe(1);
  expect(await store.load({ ...ref, snapshots, limit: 100 })).toMatchObject({ snapshot, page: { lastPosition: 3 } });
});

it("reads settled events in one", async () => {
  expect(await roundTrips(async () => store.readAll({ after: 0, limit: 100 }))).toBe(1);
});
