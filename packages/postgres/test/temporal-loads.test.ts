import type { StoredMessage } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

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

const ref = { stream: "a-1", category: "a" };
const snapshots = { stream: "a:snapshot-1", category: "a:snapshot", kinds: [{ schemaVersion: 1 }] };
const at = (...times: readonly number[]): StoredMessage[] =>
  events(times.length).map((event, index) => ({ ...event, time: times[index]! }));
const append = (...times: readonly number[]) => store.log.append([request("a-1", at(...times))]);
const writeSnapshot = (version: number) =>
  store.snapshots.write([
    {
      snapshot: {
        ...{ stream: snapshots.stream, category: snapshots.category, version, schemaVersion: 1, fingerprint: "f" },
        ...{ time: 0, record: "{}", state: "{}" },
      },
      keep: 9,
    },
  ]);
const alter = (change: string, position: number) =>
  database.query(`UPDATE tidemark.events SET ${change} WHERE stream = 'a-1' AND position = ${position}`);

it("ends before the first later event, whatever the times after it are", async () => {
  await append(10, 20, 30, 15, 25);
  expect(await store.load({ ...ref, maxTime: 20, limit: 10 })).toMatchObject({
    page: { lastPosition: 1, more: false },
  });
  expect(await store.log.loadPage({ ...ref, maxTime: 20, after: 2, limit: 10 })).toEqual({
    ...{ events: [], lastPosition: 2, lastId: "", more: false },
  });
  expect(await store.load({ ...ref, maxTime: 30, limit: 3 })).toMatchObject({ page: { lastPosition: 2, more: true } });
  expect(await store.load({ ...ref, maxTime: 9, limit: 3 })).toMatchObject({ page: { lastPosition: -1, more: false } });
});

it("starts with the newest snapshot before that event", async () => {
  await append(10, 20, 30, 15, 25);
  for (const version of [0, 1, 2, 4]) await writeSnapshot(version);
  const load = (maxTime: number, more = {}) => store.load({ ...ref, snapshots, maxTime, limit: 10, ...more });
  expect(await load(20)).toMatchObject({ snapshot: { version: 1 }, page: { events: [], lastPosition: 1 } });
  expect(await load(99)).toMatchObject({ snapshot: { version: 4 }, page: { lastPosition: 4 } });
  expect(await load(99, { maxVersion: 3 })).toMatchObject({ snapshot: { version: 2 }, page: { lastPosition: 3 } });
  expect(await load(99, { snapshots: { ...snapshots, below: 1 } })).toMatchObject({
    snapshot: { version: 0 },
    page: { lastPosition: 4, more: false },
  });
  expect(await load(9)).not.toHaveProperty("snapshot");
});

it("does not fold a later event that is appended while it loads", async () => {
  await append(10, 20);
  const locker = await database.connect();
  await locker.query("BEGIN; LOCK TABLE tidemark.snapshots IN ACCESS EXCLUSIVE MODE");
  const loading = store.load({ ...ref, snapshots, maxTime: 20, limit: 10 });
  const isBetween = async () => {
    const rows = await database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidemark'
         AND (wait_event_type = 'Lock' AND query LIKE '%snapshots%' OR state = 'idle' AND query LIKE '%time > $2%')`,
    );
    return rows.length === 2;
  };
  while (!(await isBetween()));
  await append(30, 15);
  await locker.query("COMMIT");
  await locker.end();
  expect(await loading).toMatchObject({ page: { lastPosition: 1, more: false } });
});

it("fails where a time that it depends on was altered, and not for what lies beyond", async () => {
  await append(10, 20, 30, 40, 50);
  const load = () => store.load({ ...ref, maxTime: 30, limit: 10 });
  await alter("data = '{}'", 4);
  expect(await load()).toMatchObject({ page: { lastPosition: 2, more: false } });
  await alter("time = 35", 3);
  await expect(load()).rejects.toMatchObject({
    code: "DESERIALIZATION_FAILED",
    details: { stream: "a-1", position: 3 },
  });
  await alter("time = 40", 3);
  await alter("time = 31", 1);
  await expect(load()).rejects.toMatchObject({ details: { position: 1 } });
});
