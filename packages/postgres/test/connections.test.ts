import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;
let commits: HeldCommits;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  process.on("unhandledRejection", note);
  store = new PostgresEventStore({
    url: database.url,
    poolSize: 2,
    poolTimeoutMs: 300,
    statementTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
  });
  await store.open();
  commits = await HeldCommits.begin(database);
});
afterEach(async () => {
  await commits?.end();
  await store?.close();
  await database.clear();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const version = async (stream: string) => store.log.version({ stream, category: stream.split("-")[0]! });

it("answers a connection that the server ends amid an append with a typed error, and works on", async () => {
  const append = store.log.append([request("a-1", events(2)), request("held-1", events(2))]);
  const failed = expect(append).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringMatching(
      /^Cannot append to PostgreSQL database .*: the server ended the connection; whether/,
    ),
  });
  const [pid] = await commits.waiting(1);
  await database.query("SELECT pg_terminate_backend($1)", [pid]);
  await failed;
  expect(await version("a-1")).toBe(-1);
  expect(await version("held-1")).toBe(-1);
  await store.log.append([request("a-1", events(1), -1)]);
  expect(await version("a-1")).toBe(0);
});

it("survives the end of all its idle connections", async () => {
  await Promise.all([version("a-1"), version("a-2")]);
  await database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidemark'",
  );
  const outcomes = await Promise.allSettled([version("a-1"), version("a-2"), version("a-3")]);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "STORE_UNAVAILABLE" });
  }
  expect(await version("a-1")).toBe(-1);
});

it("gives up on a pool that stays exhausted, and works again when it is not", async () => {
  const held = [store.log.append([request("held-1", events(1))]), store.log.append([request("held-2", events(1))])];
  await commits.waiting(2);
  await expect(version("a-1")).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("all connections stayed busy for pool_timeout_ms"),
  });
  await commits.release();
  await Promise.all(held);
  expect(await version("held-1")).toBe(0);
});

it("gives up on a statement that takes too long, and leaves nothing of it", async () => {
  const locker = await database.connect();
  await locker.query("BEGIN; LOCK TABLE tidemark.events IN ACCESS EXCLUSIVE MODE");
  await expect(store.log.append([request("a-1", events(1), -1)])).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringMatching(/: the statement took longer than statement_timeout_ms$/),
  });
  await locker.end();
  expect(await version("a-1")).toBe(-1);
  await store.log.append([request("a-1", events(1), -1)]);
  expect(await version("a-1")).toBe(0);
});

it("says that an append whose answer never came can be repeated, and answers the repetition", async () => {
  const append = [request("held-1", events(1), -1)];
  await expect(store.log.append(append)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringMatching(/whether it was stored is not known; repeat it with the same ids$/),
  });
  await commits.release();
  expect(await store.log.append(append)).toMatchObject([{ stream: "held-1", version: 0 }]);
  expect(await version("held-1")).toBe(0);
});

it("refuses calls after it was closed", async () => {
  await store.close();
  await expect(version("a-1")).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("the store is closed"),
  });
});

it("says that no server listens", async () => {
  const lonely = new PostgresEventStore({ url: "postgres://user:secret@127.0.0.1:1/nothing" });
  await expect(lonely.open()).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: 'Cannot open PostgreSQL database "nothing" at 127.0.0.1:1, schema "tidemark": no server listens there',
  });
  await lonely.close();
});
