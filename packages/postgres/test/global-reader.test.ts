import type { RecordedMessage } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;
let commits: HeldCommits;

beforeEach(async () => {
  database = await FreshDatabase.create();
  store = new PostgresEventStore({ url: database.url });
  await store.open();
  commits = await HeldCommits.begin(database);
});
afterEach(async () => {
  await commits?.end();
  await store?.close();
  await database?.drop();
});

const append = (stream: string, count = 1) => store.append([request(stream, events(count))]);
const streams = (messages: readonly RecordedMessage[]) => messages.map(({ stream }) => stream);
const all = (after = 0) => store.readAll({ after, limit: 100 });

it("does not go past an append that commits late, and shows it in its place", async () => {
  await append("a-1");
  const late = append("held-1");
  await commits.waiting(1);
  await append("a-2");
  await append("b-other");

  const before = await all();
  expect(streams(before)).toEqual(["a-1"]);
  expect(await store.readCategory("b", { after: 0, limit: 10 })).toEqual([]);
  expect(await all(before.at(-1)!.globalPosition)).toEqual([]);

  await commits.release();
  await late;
  expect(streams(await all(before.at(-1)!.globalPosition))).toEqual(["held-1", "a-2", "b-other"]);
  expect(streams(await store.readCategory("b", { after: 0, limit: 10 }))).toEqual(["b-other"]);
});

it("goes on while the append it waits for commits", async () => {
  const late = append("held-1");
  await commits.waiting(1);
  await append("a-1");
  const reading = all();
  await commits.release();
  expect(streams(await reading)).toEqual(["held-1", "a-1"]);
  await late;
});

it("goes past numbers that a rollback has used up", async () => {
  await append("a-1");
  await expect(append("failing-1", 3)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await append("a-2");
  const read = await all();
  expect(read.map(({ stream, globalPosition }) => [stream, globalPosition])).toEqual([
    ["a-1", 1],
    ["a-2", 5],
  ]);
  expect(streams(await store.readCategory("a", { after: 0, limit: 10 }))).toEqual(["a-1", "a-2"]);
});

it("waits for no transaction that is idle on other tables", async () => {
  const idle = await database.connect();
  await idle.query("BEGIN; CREATE TABLE elsewhere (n integer); INSERT INTO elsewhere VALUES (1)");
  await expect(append("failing-1")).rejects.toThrow();
  await append("a-1");
  expect(streams(await all())).toEqual(["a-1"]);
  expect(streams(await store.readCategory("a", { after: 0, limit: 10 }))).toEqual(["a-1"]);
  await idle.end();
});

it("is not held up behind a late append by what came before it", async () => {
  await append("a-1", 3);
  await expect(append("failing-1")).rejects.toThrow();
  await append("a-2");
  expect(streams(await all())).toEqual(["a-1", "a-1", "a-1", "a-2"]);
  const late = append("held-1");
  await commits.waiting(1);
  expect(streams(await all())).toEqual(["a-1", "a-1", "a-1", "a-2"]);
  await commits.release();
  await late;
});
