import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let writer: PostgresEventStore;
let reader: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  [writer, reader] = [new PostgresEventStore({ url: database.url }), new PostgresEventStore({ url: database.url })];
  await writer.open();
});
afterEach(async () => {
  await writer?.close();
  await reader?.close();
  await database.clear();
});

/** Resolves once the listener was called and finds what `until` waits for. */
function followed(until: () => Promise<boolean>): { listener: () => void; done: Promise<void> } {
  let finish: () => void;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    listener: () => void until().then((found) => found && finish()),
    done,
  };
}

const stored = async () => (await reader.log.readAll({ after: 0, limit: 10 })).messages.length;

it("tells of what another store appended", async () => {
  const { listener, done } = followed(async () => (await stored()) === 2);
  await reader.log.onAppend(listener);
  await writer.log.append([request("a-1", events(2))]);
  await done;
  expect(await stored()).toBe(2);
});

it("tells of what is announced without an append", async () => {
  const listening = new Client({ connectionString: database.url });
  await listening.connect();
  const told = new Promise<string | undefined>((resolve) =>
    listening.on("notification", ({ payload }) => resolve(payload)),
  );
  await listening.query("LISTEN tidemark_appended");
  writer.log.announce();
  expect(await told).toBe("tidemark");
  await listening.end();
});

it("marks nothing for those who are to be told of announcements alone, beside others or without", async () => {
  const marks = async () => (await database.query("SELECT FROM tidemark.listeners")).length;
  const told = new Promise<void>((resolve) => void reader.log.onAnnounce(resolve));
  expect(await marks()).toBe(0);
  writer.log.announce();
  await told;
  const stop = await reader.log.onAppend(() => undefined);
  expect(await marks()).toBe(1);
  await stop();
  await stop();
  expect(await marks()).toBe(0);
  const { listener, done } = followed(async () => (await stored()) === 1);
  await reader.log.onAppend(listener);
  expect(await marks()).toBe(1);
  await writer.log.append([request("a-1", events(1))]);
  await done;
});

it("calls nobody who has stopped, and leaves no mark behind", async () => {
  let calls = 0;
  const stop = await reader.log.onAppend(() => calls++);
  expect(await database.query("SELECT count(*)::int AS listeners FROM tidemark.listeners")).toEqual([{ listeners: 1 }]);
  await stop();
  const before = calls;
  const { listener, done } = followed(async () => (await stored()) === 1);
  await writer.log.onAppend(listener);
  await writer.log.append([request("a-1", events(1))]);
  await done;
  expect(calls).toBe(before);
  await writer.close();
  expect(await database.query("SELECT FROM tidemark.listeners")).toEqual([]);
});

it("goes on after its connection was lost", async () => {
  const { listener, done } = followed(async () => (await stored().catch(() => 0)) === 1);
  await reader.log.onAppend(listener);
  await database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidemark'",
  );
  for (;;) {
    const appended = await writer.log.append([request("a-1", events(1), -1)]).catch(() => undefined);
    if (appended !== undefined) break;
  }
  await done;
  expect(await stored()).toBe(1);
});

it("costs writers no round trip while nobody listens", async () => {
  const proxy = await CountingProxy.before(database.url);
  const lonely = new PostgresEventStore({ url: proxy.url });
  await lonely.log.append([request("a-1", events(1))]);
  await lonely.close();
  expect(proxy.roundTrips).toBe(1);
  await proxy.close();
});
