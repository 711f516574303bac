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
  await store.open();
  await store.log.append([request("a-1", events(5), -1), request("a-2", events(2), -1)]);
});
afterEach(async () => {
  await store?.close();
  await database.clear();
});

const ref = { stream: "a-1", category: "a" };

async function faults() {
  const found = [];
  for await (const page of store.verify()) found.push(...page.faults);
  return found;
}

/** One change to one row, and who reads the column: folds and readers, readers alone, or nobody yet. */
it.each([
  ["data", "data = replace(data, '2', '3')", "folds and readers"],
  ["type", "type = 'Fidelis.DepositMade.v2'", "folds and readers"],
  ["checksum", "content_checksum = content_checksum # 1", "folds and readers"],
  ["metadata", "metadata = '{\"a\":1}'", "readers"],
  ["time", "time = time # 1024", "readers"],
  ["id", "id = 'another'", "readers"],
  ["global position", "global_position = 3 + 64", "readers"],
  ["category", "category = 'b'", "readers"],
  ["slot", "slot = slot # 1", "nobody"],
])("notices an altered %s", async (_column, change, read) => {
  await database.query(`UPDATE tidemark.events SET ${change} WHERE stream = 'a-1' AND position = 2`);
  const error = { code: "DESERIALIZATION_FAILED", details: { stream: "a-1", position: 2 } };
  expect(await faults()).toMatchObject([error.details]);
  if (read === "nobody") return;
  await expect(store.log.readStream(ref, { from: 0, limit: 10 })).rejects.toMatchObject(error);
  if (read === "folds and readers") await expect(store.load({ ...ref, limit: 10 })).rejects.toMatchObject(error);
});

it("notices an event that is missing in the middle", async () => {
  await database.query("DELETE FROM tidemark.events WHERE stream = 'a-1' AND position = 2");
  const details = { stream: "a-1", position: 2, reason: "the event is missing" };
  expect(await faults()).toEqual([details]);
  await expect(store.load({ ...ref, limit: 10 })).rejects.toMatchObject({ details });
  await expect(store.log.readStream(ref, { from: 0, limit: 10 })).rejects.toMatchObject({ details });
});

it("tells events that were forgotten from those that are missing behind them", async () => {
  await store.log.forget({ category: "a", before: 2 ** 50, after: 0, upTo: 3, limit: 10 });
  expect(await faults()).toEqual([]);
  await database.query("DELETE FROM tidemark.events WHERE stream = 'a-1' AND position = 3");
  const details = { stream: "a-1", position: 3, reason: "the event is missing" };
  expect(await faults()).toEqual([details]);
  await expect(store.log.readStream(ref, { from: 0, limit: 10 })).rejects.toMatchObject({ details });
  await expect(store.log.readStream(ref, { from: 3, limit: 1 })).rejects.toMatchObject({ details });
});

it("notices an event that was moved to another position", async () => {
  await database.query("UPDATE tidemark.events SET position = 6 WHERE stream = 'a-1' AND position = 4");
  expect(await faults()).toMatchObject([
    { stream: "a-1", position: 4, reason: "the event is missing" },
    { stream: "a-1", position: 6 },
  ]);
  await expect(store.load({ ...ref, limit: 10 })).rejects.toMatchObject({ details: { position: 4 } });
});

it("gives a damaged snapshot back with its fault", async () => {
  const snapshot = { stream: "a:snapshot-1", category: "a:snapshot", version: 1, schemaVersion: 1, fingerprint: "f" };
  const state = new Uint8Array([1, 2, 3]);
  await store.snapshots.write([{ snapshot: { ...snapshot, time: 0, record: "{}", state }, keep: 1 }]);
  await database.query("UPDATE tidemark.snapshots SET state_bytes = set_byte(state_bytes, 1, 7)");
  const fault = expect.stringMatching(/checksum/);
  expect(await store.snapshots.read(snapshot)).toMatchObject([{ version: 1, fault }]);
  expect(await faults()).toEqual([{ stream: "a:snapshot-1", position: 1, reason: fault }]);
  const snapshots = { stream: snapshot.stream, category: snapshot.category, kinds: [{ schemaVersion: 1 }] };
  expect(await store.load({ ...ref, snapshots, limit: 10 })).toMatchObject({ snapshot: { fault } });
});
