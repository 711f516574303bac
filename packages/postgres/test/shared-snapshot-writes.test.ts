import type { StoredSnapshot } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { LONGEST_SHARED } from "../src/shared-snapshot-writes";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
/** With one connection, so that all writes wait but the first. */
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  proxy = await CountingProxy.before(database.url);
  store = new PostgresEventStore({ url: proxy.url, poolSize: 1 });
  await store.open();
});
afterEach(async () => {
  await store?.close();
  await proxy?.close();
  await database.clear();
});

const snapshot = (id: number, version: number, more: Partial<StoredSnapshot> = {}): StoredSnapshot => ({
  ...{ stream: `a:snapshot-${id}`, category: "a:snapshot", version, schemaVersion: 1, fingerprint: "f" },
  ...{ time: 5, record: `{"of":${id}}`, state: `{"at":${version},"text":"é \u{1f600}"}` },
  ...more,
});

const stored = async (id: number) => store.snapshots.read({ stream: `a:snapshot-${id}`, category: "a:snapshot" });
const versions = async (id: number) => (await stored(id)).map(({ version }) => version);

it("writes the snapshots that wait for a connection in one round trip", async () => {
  const before = proxy.roundTrips;
  await Promise.all(
    Array.from({ length: 20 }, async (_, id) => store.snapshots.write([{ snapshot: snapshot(id, id), keep: 1 }])),
  );
  expect(proxy.roundTrips - before).toBe(2);
  for (const id of [0, 1, 19]) expect(await stored(id)).toEqual([snapshot(id, id)]);
});

it("keeps of each stream as many as its writer says", async () => {
  for (const version of [1, 2]) {
    for (const id of [1, 2]) await store.snapshots.write([{ snapshot: snapshot(id, version), keep: 9 }]);
  }
  const writes = [0, 1, 2].map(async (id) =>
    store.snapshots.write([{ snapshot: snapshot(id, 3), keep: id === 1 ? 1 : 2 }]),
  );
  await Promise.all(writes);
  expect([await versions(0), await versions(1), await versions(2)]).toEqual([[3], [3], [3, 2]]);
});

it("writes those of one stream one after the other", async () => {
  const order = [4, 9, 2, 7, 1];
  await Promise.all(order.map(async (version) => store.snapshots.write([{ snapshot: snapshot(1, version), keep: 1 }])));
  expect(await versions(1)).toEqual([9]);
});

it("writes by themselves those that are large, are bytes, or take the place of others", async () => {
  await store.snapshots.write([{ snapshot: snapshot(3, 1), keep: 9 }]);
  const before = proxy.roundTrips;
  const large = snapshot(1, 1, { state: JSON.stringify("x".repeat(LONGEST_SHARED)) });
  const bytes = snapshot(2, 1, { state: Uint8Array.of(1, 2, 3) });
  await Promise.all([
    store.snapshots.write([{ snapshot: snapshot(0, 1), keep: 1 }]),
    store.snapshots.write([{ snapshot: large, keep: 1 }]),
    store.snapshots.write([{ snapshot: bytes, keep: 1 }]),
    store.snapshots.write([{ snapshot: snapshot(3, 2), keep: 9, discard: [snapshot(3, 1)] }]),
  ]);
  expect(proxy.roundTrips - before).toBe(4);
  expect([await stored(1), await versions(2), await versions(3)]).toEqual([[large], [1], [2]]);
});

it("repeats each by itself when the server refuses one of them", async () => {
  await database.query("ALTER TABLE tidemark.snapshots ADD CONSTRAINT no_13 CHECK (version <> 13) NOT VALID");
  const outcomes = await Promise.allSettled(
    [1, 13, 3].map(async (version) => store.snapshots.write([{ snapshot: snapshot(version, version), keep: 1 }])),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: "STORE_UNAVAILABLE" } });
  expect([await versions(1), await versions(13), await versions(3)]).toEqual([[1], [], [3]]);
  await database.query("ALTER TABLE tidemark.snapshots DROP CONSTRAINT no_13");
});
