import type { StoredMessage } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { Connection } from "pg";

import { FoldRows } from "../src/fold-rows";
import { GlobalRows } from "../src/global-rows";
import { wireRow } from "../src/wire-rows";
import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(() => {
  store = new PostgresEventStore({ url: database.url });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store?.close();
  await database.clear();
});

const KINDS = [{ schemaVersion: 1, fingerprint: "f" }];
const ref = { stream: "a-1", category: "a" };
const load = (limit = 1_000) =>
  store.load({ ...ref, limit, snapshots: { stream: "a:snapshot-1", category: "a:snapshot", kinds: KINDS } });
const snapshot = (version: number, state: string | Uint8Array = "{}") =>
  store.snapshots.write([
    {
      snapshot: {
        ...{ stream: "a:snapshot-1", category: "a:snapshot", version, schemaVersion: 1, fingerprint: "f" },
        ...{ time: 1, record: '{"ä":1}', state },
      },
      keep: 1,
    },
  ]);

/** Texts in which bytes, characters and code units differ in number, and ones that hold what joined columns are separated by. */
const messages: readonly StoredMessage[] = [
  { id: "ascii", data: '{"a":"b"}' },
  { id: "ä", data: '{"ä":"ö"}', type: "Fidelis.Überweisung.v1" },
  { id: "😀", data: '{"😀":"\\u0001"}', metadata: '{"🏦":"€"}' },
  { id: "with \u0001 in it", data: '{"n":1}' },
  { id: "\u0001", data: '{"n":2}', time: 0 },
  { id: "large", data: JSON.stringify({ text: "ü".repeat(200_000) }) },
  { id: "last", data: '{"n":3}', time: 8_640_000_000_000_000 },
].map((message) => ({ type: "Fidelis.Noted.v1", time: 1, metadata: "{}", ...message }));

async function expectAll(): Promise<void> {
  await store.log.append([request("a-1", messages, -1)]);
  const read = await store.log.readAll({ after: 0, limit: 100 });
  const recorded = messages.map((message, position) => ({
    ...message,
    ...ref,
    position,
    globalPosition: position + 1,
  }));
  expect(read).toEqual({ messages: recorded, upTo: messages.length, atEnd: true });
  const pairs = messages.flatMap(({ type, data }) => [type, JSON.parse(data)]);
  expect(await load()).toEqual({ page: { events: pairs, lastPosition: 6, lastId: "last", more: false } });
  await snapshot(1);
  expect(await load(2)).toMatchObject({
    snapshot: { version: 1, record: '{"ä":1}', state: "{}" },
    snapshotEventId: "ä",
    page: { events: pairs.slice(4, 8), lastPosition: 3, lastId: "with \u0001 in it", more: true },
  });
  await snapshot(6, Buffer.from([0, 255, 1]));
  expect(await load()).toMatchObject({
    snapshot: { version: 6, state: new Uint8Array([0, 255, 1]) },
    snapshotEventId: "last",
    page: { events: [], lastPosition: 6, lastId: "", more: false },
  });
}

it("reads texts of all kinds as they were written", expectAll);

it("reads them where another one listens to the bytes of the connection", async () => {
  // What instruments of the network do.
  const { connect } = Connection.prototype as unknown as { connect: (...given: unknown[]) => unknown };
  jest.spyOn(Connection.prototype as any, "connect").mockImplementation(function (this: Connection, ...given) {
    this.stream.on("data", () => undefined);
    return connect.apply(this, given);
  });
  await expectAll();
});

it("reads a page that comes in many parts, to its end and to its limit", async () => {
  await store.log.append([request("a-1", events(20_000), -1)]);
  const { page } = await load(100_000);
  expect(page).toMatchObject({ lastPosition: 19_999, more: false });
  expect(page.events.filter((_, index) => index % 2 === 1)).toEqual(
    Array.from({ length: 20_000 }, (_, amount) => ({ amount })),
  );
  expect(await load(19_999)).toMatchObject({ page: { lastPosition: 19_998, more: true } });
  const { messages: read, upTo } = await store.log.readAll({ after: 10, limit: 15_000 });
  expect(read.map(({ position }) => position)).toEqual(Array.from({ length: 15_000 }, (_, index) => index + 10));
  expect(upTo).toBe(15_010);
});

it("takes events in global order for whole that are what was written", async () => {
  await store.log.append([request("a-1", events(3), -1)]);
  const collected = new GlobalRows();
  const text = await database.query(
    "SELECT concat_ws(E'\\x01', position, global_position, content_checksum, envelope_checksum, category, stream, type, data, id, time, metadata) AS text FROM tidemark.events ORDER BY position",
  );
  for (const row of text) collected.add(wireRow([row.text]), 0);
  expect(collected.isWhole).toBe(true);
  expect(collected.messages.map(({ position }) => position)).toEqual([0, 1, 2]);
});

it("forgets what it has when its call is sent once more", async () => {
  await store.log.append([request("a-1", events(2), -1)]);
  const rows = await database.query(
    "SELECT position::text, type, content_checksum::text, data, id FROM tidemark.events ORDER BY position",
  );
  const collector = new FoldRows("a-1", 10);
  for (let time = 0; time < 2; time++) {
    collector.begin();
    for (const row of rows) collector.add(wireRow(Object.values(row)), 0);
    expect(collector.parsed()).toEqual([
      "Fidelis.DepositMade.v1",
      { amount: 0 },
      "Fidelis.DepositMade.v1",
      { amount: 1 },
    ]);
  }
});

it.each([
  ["position", 0],
  ["type", 1],
  ["checksum", 2],
  ["data", 3],
])("takes no events for whole of which one has another %s", async (_what, column) => {
  await store.log.append([request("a-1", events(2), -1)]);
  const rows = await database.query(
    "SELECT position::text, type, content_checksum::text, data, id FROM tidemark.events ORDER BY position",
  );
  const collector = new FoldRows("a-1", 10);
  const [first, second] = rows.map((row) => Object.values(row) as string[]);
  second![column] = second![column]!.replace(/\d/, (digit) => `${(Number(digit) + 1) % 10}`);
  for (const row of [first!, second!]) collector.add(wireRow(row), 0);
  expect(collector.parsed()).toBeUndefined();
});
