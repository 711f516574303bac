import { connect, createServer } from "node:net";

import { OperationConflictError } from "@tidemark/core";
import type { Operation } from "@tidemark/core/adapter";
import { PostgresEventStore, type PostgresEventStoreOptions } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

const A = { stream: "a-1", category: "a" };

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

async function failureOf(
  options: Partial<PostgresEventStoreOptions>,
  work: (store: PostgresEventStore) => Promise<unknown>,
): Promise<unknown> {
  const store = new PostgresEventStore({ url: database.url, ...options });
  try {
    await work(store);
  } catch (error) {
    return error;
  } finally {
    await store.close();
  }
  throw new Error("It did not fail");
}

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.toString();
}

const version = (store: PostgresEventStore) => store.log.version(A);

it.each<[string, () => Partial<PostgresEventStoreOptions>]>([
  ["an unknown user", () => ({ url: changed((url) => (url.username = "nobody_here")) })],
  ["a missing database", () => ({ url: changed((url) => (url.pathname = "/nothing_here")) })],
  ["a missing schema", () => ({ schema: "nothing_here" })],
])("says that %s lasts until somebody changes something", async (_, options) => {
  expect(await failureOf(options(), version)).toMatchObject({
    ...{ code: "STORE_UNAVAILABLE", isLasting: true, mayHaveHappened: false },
  });
});

it("says that a store that is closed stays so", async () => {
  const failure = await failureOf({}, async (store) => {
    await store.close();
    await store.log.version(A);
  });
  expect(failure).toMatchObject({ code: "STORE_UNAVAILABLE", isLasting: true, mayHaveHappened: false });
});

it.each<[string, () => Partial<PostgresEventStoreOptions>]>([
  ["a server that is not there", () => ({ url: "postgres://user@127.0.0.1:1/x" })],
  ["servers that are not there", () => ({ url: "postgres://user@/x", hosts: ["127.0.0.1:1", "127.0.0.1:2"] })],
  ["a name that is not known", () => ({ url: "postgres://user@no-such-host.invalid/x" })],
])("says that %s may come, and that nothing happened", async (_, options) => {
  expect(await failureOf({ ...options(), connectTimeoutMs: 2_000 }, version)).toMatchObject({
    ...{ code: "STORE_UNAVAILABLE", isLasting: false, mayHaveHappened: false },
  });
});

it("says that nothing happened where no connection became free, and that something may where an answer was lost", async () => {
  const commits = await HeldCommits.begin(database);
  const store = new PostgresEventStore({ url: database.url, poolSize: 1, poolTimeoutMs: 200 });
  const held = store.log.append([request("held-1", events(1))]).catch((error) => error);
  const [pid] = await commits.waiting(1);
  await expect(store.log.append([request("a-1", events(1))])).rejects.toMatchObject({
    ...{ code: "STORE_UNAVAILABLE", isLasting: false, mayHaveHappened: false },
  });
  await database.query("SELECT pg_terminate_backend($1)", [pid]);
  expect(await held).toMatchObject({ code: "STORE_UNAVAILABLE", isLasting: false, mayHaveHappened: true });
  await commits.end();
  await store.close();
  await database.clear();
});

it("drops a connection on which the server refuses to write, and says that nothing happened", async () => {
  const user = new URL(database.url).username;
  const store = new PostgresEventStore({ url: database.url, poolSize: 1 });
  await database.query(
    `ALTER ROLE ${user} IN DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`,
  );
  const append = [request("a-1", events(1), -1)];
  await expect(store.log.append(append)).rejects.toMatchObject({
    ...{ code: "STORE_UNAVAILABLE", isLasting: false, mayHaveHappened: false },
    message: expect.stringMatching(/: the server is read-only; connect to the primary$/),
  });
  await database.query(
    `BEGIN; SET TRANSACTION READ WRITE; ALTER ROLE ${user} IN DATABASE ${new URL(database.url).pathname.slice(1)} RESET ALL; COMMIT`,
  );
  expect(await store.log.append(append)).toMatchObject([{ stream: "a-1", version: 0 }]);
  await store.close();
  await database.clear();
});

it("knows a refusal by its code where the server speaks another language", async () => {
  const { hostname, port } = new URL(database.url);
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname);
    client.pipe(upstream);
    upstream.on("data", (bytes) => client.write(translated(bytes)));
    upstream.on("end", () => client.end());
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const there = (server.address() as { port: number }).port;
  const store = new PostgresEventStore({
    url: changed((url) => {
      [url.hostname, url.port] = ["127.0.0.1", String(there)];
    }),
  });
  const missing: Operation = {
    ...{ kind: "moveCheckpoint", subscription: "s", bucket: 0, from: 1, to: 2, generation: 0 },
  };
  await expect(store.operations.flush([missing])).rejects.toThrow(OperationConflictError);
  await store.close();
  server.close();
});

/** The severity has two fields, of which the first is translated. The bytes stay as many. */
function translated(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll("SERROR\0", "SFEHLR\0"), "latin1");
}
