import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
/** With one connection, so that all loads wait but the first. */
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

/** The same list each time, as a repository has it. */
const KINDS = [{ schemaVersion: 1, fingerprint: "f" }];

const load = async (id: string, kinds: typeof KINDS = KINDS, limit = 100) =>
  store.load({
    stream: `a-${id}`,
    category: "a",
    limit,
    snapshots: { stream: `a:snapshot-${id}`, category: "a:snapshot", kinds },
  });

const snapshot = (id: string, version: number) => ({
  ...{ stream: `a:snapshot-${id}`, category: "a:snapshot", version, schemaVersion: 1, fingerprint: "f" },
  ...{ time: 1, record: `{"of":"${id}"}`, state: `{"at":${version}}` },
});

async function fill(streams: number): Promise<void> {
  await store.log.append(Array.from({ length: streams }, (_, n) => request(`a-${n}`, events(n + 1, n), -1)));
}

it("answers the loads that wait for a connection in one round trip, each with its own events and snapshot", async () => {
  await fill(12);
  await store.snapshots.write([{ snapshot: snapshot("5", 3), keep: 1 }]);
  await store.snapshots.write([{ snapshot: snapshot("7", 7), keep: 1 }]);
  const alone = [];
  for (let n = 0; n < 14; n++) alone.push(await load(`${n}`));
  const before = proxy.roundTrips;
  const together = await Promise.all(Array.from({ length: 14 }, (_, n) => load(`${n}`)));
  expect(proxy.roundTrips - before).toBe(2);
  expect(together).toEqual(alone);
  expect(together[5]).toMatchObject({ snapshot: snapshot("5", 3), page: { lastPosition: 5, events: { length: 4 } } });
  expect(together[7]).toMatchObject({ snapshot: snapshot("7", 7), page: { lastPosition: 7, events: [] } });
  expect(together[11]).toMatchObject({ page: { lastPosition: 11, events: { length: 24 } } });
  expect(together[12]).toEqual({ page: { events: [], lastPosition: -1, lastId: "", more: false } });
});

it("gives each of those that read one stream its own objects", async () => {
  await fill(3);
  const [, second, third] = await Promise.all([load("2"), load("2"), load("2")]);
  expect(second).toEqual(third);
  expect(second!.page.events[1]).not.toBe(third!.page.events[1]);
});

it("keeps those apart that ask for other kinds or pages", async () => {
  await fill(3);
  await store.snapshots.write([{ snapshot: snapshot("2", 1), keep: 1 }]);
  const other = [{ schemaVersion: 1, fingerprint: "g" }];
  const [, page, foreign, own] = await Promise.all([load("0"), load("2", KINDS, 1), load("2", other), load("2")]);
  expect(page).toMatchObject({ snapshot: { version: 1 }, page: { lastPosition: 2, more: false } });
  expect(foreign).not.toHaveProperty("snapshot");
  expect(foreign).toMatchObject({ page: { lastPosition: 2, events: { length: 6 } } });
  expect(own).toMatchObject({ snapshot: { version: 1 } });
});

it("reads a page again that does not fit its checksums, and fails for that stream alone", async () => {
  await fill(4);
  await database.query("UPDATE tidemark.events SET data = '{\"amount\":99}' WHERE stream = 'a-2' AND position = 1");
  const outcomes = await Promise.allSettled(["0", "1", "2", "3"].map((id) => load(id)));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[2]).toMatchObject({ reason: { details: { stream: "a-2", position: 1 } } });
});
