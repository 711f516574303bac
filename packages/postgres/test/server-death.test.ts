import type { Operation } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { PrivateServer } from "@tidemark/testing/postgres-server";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let server: PrivateServer;
let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  server = await PrivateServer.start();
});
beforeEach(async () => {
  database = await FreshDatabase.empty(server.url);
  store = new PostgresEventStore({
    url: database.url,
    statementTimeoutMs: 500,
    connectTimeoutMs: 500,
    poolTimeoutMs: 500,
  });
  await store.open();
});
afterEach(() => store?.close());
afterAll(() => server?.stop());

const ACCOUNTS = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "version", type: "integer" },
  ],
} as const;

/** A row, a timer, a queue entry and a state for each append to a stream. */
const also = (stream: string): readonly Operation[] => [
  { kind: "upsertRows", table: ACCOUNTS, rows: [[stream, 2]] },
  { kind: "setTimer", timer: { owner: stream, name: "t", data: "{}" }, due: { at: 1 } },
  {
    kind: "enqueue",
    entry: { id: stream, lane: "l", type: "T", priority: 0, line: "x", number: 0, data: "{}", due: { at: 0 } },
  },
  { kind: "putState", state: { stream, category: "a", version: 2, data: "{}" }, expectedVersion: -1 },
];

it("keeps every acknowledged event and no half append when the server is killed amid appends", async () => {
  await store.operations.readModels.createTable(ACCOUNTS);
  const acknowledged: string[] = [];
  let killed = false;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; !killed; n++) {
      const stream = `a-${writer}x${n}`;
      try {
        const requests = [request(stream, events(3), -1), request(`${stream}y`, events(2), -1)];
        await store.log.append(requests, { also: also(stream) });
        acknowledged.push(stream);
      } catch (error) {
        expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
        return;
      }
    }
  });
  while (acknowledged.length < 200) await new Promise((resolve) => setImmediate(resolve));
  await server.kill();
  killed = true;
  await Promise.all(writers);
  await server.run();

  const stored = new Map<string, number>();
  for (const stream of await store.log.listStreams("a", { limit: 100_000 })) {
    stored.set(stream, (await store.log.readStream({ stream, category: "a" }, { from: 0, limit: 10 })).length);
  }
  expect(acknowledged.filter((stream) => stored.get(stream) !== 3 || stored.get(`${stream}y`) !== 2)).toEqual([]);
  for (const [stream, count] of stored) {
    if (stream.endsWith("y")) expect([count, stored.get(stream.slice(0, -1))]).toEqual([2, 3]);
    else expect([count, stored.get(`${stream}y`)]).toEqual([3, 2]);
  }
  const first = [...stored.keys()].filter((stream) => !stream.endsWith("y")).sort();
  const queries = {
    rows: "SELECT id FROM tidemark.accounts ORDER BY 1",
    timers: "SELECT owner AS id FROM tidemark.timers ORDER BY 1",
    queue: "SELECT id FROM tidemark.command_queue ORDER BY 1",
    states: "SELECT stream AS id FROM tidemark.states ORDER BY 1",
  };
  for (const [kept, query] of Object.entries(queries))
    expect([kept, (await database.query(query)).map(({ id }) => id)]).toEqual([kept, first]);
  const faults = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  expect(faults).toEqual([]);
});

it("gives up on a server that does not answer, and closes without it", async () => {
  await store.log.append([request("a-1", events(1), -1)]);
  server.freeze();
  try {
    const failure = { code: "STORE_UNAVAILABLE", message: expect.stringMatching(/did not answer/) };
    await expect(store.log.append([request("a-1", events(1), 0)])).rejects.toMatchObject(failure);
    await expect(store.log.version({ stream: "a-1", category: "a" })).rejects.toMatchObject(failure);
  } finally {
    server.thaw();
  }
  // The frozen append may have been stored when the server went on: nobody was told.
  const version = await store.log.version({ stream: "a-1", category: "a" });
  await store.log.append([request("a-1", events(1), version)]);
  expect(await store.log.version({ stream: "a-1", category: "a" })).toBe(version + 1);
});
