import type { SnapshotWrite, StoredSnapshot } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

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

const snapshot = (
  id: number,
  version: number,
  state: StoredSnapshot["state"] = `{"at":${version}}`,
): StoredSnapshot => ({
  ...{ stream: `a:snapshot-${id}`, category: "a:snapshot", version, schemaVersion: 1, fingerprint: "f" },
  ...{ time: 5, record: `{"of":${id}}`, state },
});
const write = (id: number, version: number, expectedVersion?: number): SnapshotWrite => ({
  ...{ snapshot: snapshot(id, version), keep: 9 },
  ...(expectedVersion !== undefined && { expectedVersion }),
});
const versions = async (id: number) =>
  (await store.snapshots.read({ stream: `a:snapshot-${id}`, category: "a:snapshot" })).map(({ version }) => version);

it("writes snapshots of any size and kind together", async () => {
  const large = { snapshot: snapshot(2, 4, JSON.stringify("x".repeat(100_000))), keep: 1 };
  const bytes = { snapshot: snapshot(3, 5, Uint8Array.of(1, 2, 3)), keep: 1 };
  await store.snapshots.write([write(1, 1)]);
  await store.snapshots.write([{ ...write(1, 3), discard: [snapshot(1, 1)] }, large, bytes, write(1, 2)]);
  expect(await versions(1)).toEqual([3, 2]);
  expect(await store.snapshots.read(large.snapshot)).toEqual([large.snapshot]);
  expect(await store.snapshots.read(bytes.snapshot)).toEqual([bytes.snapshot]);
  await store.snapshots.write([]);
});

it("writes none where the version of one stream is another than expected", async () => {
  await store.snapshots.write([write(1, 4), write(2, 7)]);
  await expect(store.snapshots.write([write(1, 5, 4), write(2, 8, 6), write(3, 1)])).rejects.toMatchObject({
    code: "EXPECTED_VERSION_MISMATCH",
    details: { stream: "a:snapshot-2", expected: 6, actual: 7 },
  });
  await expect(store.snapshots.write([write(3, 1, 0)])).rejects.toMatchObject({ expected: 0, actual: -1 });
  await expect(store.snapshots.write([write(1, 9, -1)])).rejects.toMatchObject({ expected: -1, actual: 4 });
  expect([await versions(1), await versions(2), await versions(3)]).toEqual([[4], [7], []]);
  await store.snapshots.write([write(1, 5, 4), write(2, 8, 7), write(3, 1, -1)]);
  expect([await versions(1), await versions(2), await versions(3)]).toEqual([[5, 4], [8, 7], [1]]);
});

it("compares with what was stored before the call, where a stream is written twice", async () => {
  await store.snapshots.write([write(1, 3, -1), write(1, 4, -1)]);
  expect(await versions(1)).toEqual([4, 3]);
});

it("writes none where the server refuses one", async () => {
  await database.query("ALTER TABLE tidemark.snapshots ADD CONSTRAINT no_13 CHECK (version <> 13) NOT VALID");
  const error = { code: "STORE_UNAVAILABLE" };
  await expect(store.snapshots.write([write(1, 1), write(2, 13), write(3, 3)])).rejects.toMatchObject(error);
  expect([await versions(1), await versions(2), await versions(3)]).toEqual([[], [], []]);
  await database.query("ALTER TABLE tidemark.snapshots DROP CONSTRAINT no_13");
});

it("lets one of many writers at the same expected version through", async () => {
  const writes = Array.from({ length: 16 }, async (_, n) => store.snapshots.write([write(1, n, -1), write(2, n)]));
  const outcomes = await Promise.allSettled(writes);
  const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes)
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ expected: -1, actual: winner });
  expect([await versions(1), await versions(2)]).toEqual([[winner], [winner]]);
});

it("waits for those that write the same streams in another order", async () => {
  const ids = Array.from({ length: 20 }, (_, id) => id);
  await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const order = n % 2 === 0 ? ids : ids.toReversed();
      await store.snapshots.write(order.map((id) => write(id, n)));
    }),
  );
  for (const id of ids) expect(await versions(id)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3]);
});
