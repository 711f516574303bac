import { randomUUID } from "node:crypto";

import { ExpectedVersionError, IncorrectUsageError } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
/** With one connection, so that all appends wait but the first. */
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

const version = async (stream: string) => store.log.version({ stream, category: "a" });

it("stores the appends that wait for a connection in one round trip", async () => {
  const before = proxy.roundTrips;
  const appends = Array.from({ length: 20 }, (_, n) => store.log.append([request(`a-${n}`, events(1, n), -1)]));
  const versions = (await Promise.all(appends)).map(([appended]) => [appended!.stream, appended!.version]);
  expect(versions).toEqual(Array.from({ length: 20 }, (_, n) => [`a-${n}`, 0]));
  expect(proxy.roundTrips - before).toBe(2);
  const read = await store.log.readStream({ stream: "a-7", category: "a" }, { from: 0, limit: 10 });
  expect(read).toMatchObject([{ stream: "a-7", position: 0, data: '{"amount":7}' }]);
  for await (const { faults } of store.verify()) expect(faults).toEqual([]);
});

it("refuses those that are stale, and only those", async () => {
  const known = events(1);
  await store.log.append([request("a-known", known, -1)]);
  const [first, fresh, stale, repeated, taken] = await Promise.allSettled([
    store.log.append([request("a-1", events(1), -1)]),
    store.log.append([request("a-2", events(1), -1)]),
    store.log.append([request("a-3", events(1), 4)]),
    store.log.append([request("a-known", known, -1)]),
    store.log.append([request("a-4", known, -1)]),
  ]);
  expect(first).toMatchObject({ value: [{ stream: "a-1", version: 0 }] });
  expect(fresh).toMatchObject({ value: [{ stream: "a-2", version: 0 }] });
  expect(stale).toMatchObject({ reason: expect.any(ExpectedVersionError) });
  expect(repeated).toMatchObject({ value: [{ stream: "a-known", version: 0 }] });
  expect(taken).toMatchObject({ reason: expect.any(IncorrectUsageError) });
  expect([await version("a-3"), await version("a-known"), await version("a-4")]).toEqual([-1, 0, -1]);
});

it("keeps appends to one stream apart, and so in their order", async () => {
  const appends = Array.from({ length: 6 }, (_, n) => store.log.append([request("a-1", events(1, n))]));
  expect((await Promise.all(appends)).map(([appended]) => appended!.version)).toEqual([0, 1, 2, 3, 4, 5]);
});

it("refuses all but one of those that expect the same version", async () => {
  const appends = Array.from({ length: 6 }, () => store.log.append([request("a-1", events(1), -1)]));
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await version("a-1")).toBe(0);
});

it("stores an id once, of two that wait with the same", async () => {
  const [event] = events(1);
  const again = { ...event!, id: randomUUID() };
  const appends = [again, event!, event!].map((one, n) => store.log.append([request(`a-${n}`, [one], -1)]));
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

it("repeats each by itself when the server refuses one of them", async () => {
  const commits = await HeldCommits.begin(database);
  const [first, failing, other] = await Promise.allSettled([
    store.log.append([request("a-1", events(1), -1)]),
    store.log.append([request("failing-1", events(1), -1)]),
    store.log.append([request("a-2", events(1), -1)]),
  ]);
  expect([first.status, failing.status, other.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(failing).toMatchObject({
    reason: { code: "STORE_UNAVAILABLE", message: expect.stringContaining("rolled back") },
  });
  expect(await version("a-2")).toBe(0);
  await commits.end();
});

it("prepares a statement anew after an attempt that failed", async () => {
  const commits = await HeldCommits.begin(database);
  const append = (stream: string) => store.log.append([request(stream, events(2), -1)]);
  await expect(append("failing-1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await expect(append("failing-1")).rejects.toMatchObject({ message: expect.stringContaining("rolled back") });
  expect(await append("a-1")).toMatchObject([{ stream: "a-1", version: 1 }]);
  await commits.end();
});
