import type { EventStoreAdapter, StoredMessage } from "../../src/adapter";
import { MemoryEventStore } from "../../src/index";
import { Outage } from "../../src/patience/outage";
import { patientStore } from "../../src/patience/patient-store";
import { StorePatience } from "../../src/patience/store-patience";
import { failingFirst, type LeavingStore, leavingStore } from "./leaving-store";

const REF = { stream: "a-1", category: "a" };
const TABLE = { name: "rows", columns: [{ name: "id", type: "text" }] } as const;
const ALL = { table: TABLE, where: [] };
const SNAPSHOT = {
  stream: "a:snapshot-1",
  category: "a:snapshot",
  version: 0,
  schemaVersion: 1,
  fingerprint: "f",
  time: 1,
  record: "{}",
  state: "{}",
};

function message(id: string): StoredMessage {
  return { id, type: "T", time: 1, data: "{}", metadata: "{}" };
}

function patient({ adapter }: Pick<LeavingStore, "adapter">): EventStoreAdapter {
  const outage = new Outage({
    store: "the store",
    patienceMs: 5_000,
    logWarning: () => undefined,
    waiting: () => undefined,
  });
  return patientStore(
    adapter,
    new StorePatience({ patienceMs: 5_000, outage, signal: () => undefined, failed: () => undefined }),
  );
}

function filled(): LeavingStore {
  const store = leavingStore();
  const { operations } = store.memory;
  void store.memory.log.append([{ ...REF, messages: [message("e-0")] }]);
  operations.readModels.createTable(TABLE);
  operations.subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 3 }]);
  operations.subscriptions.renew({ server: "me", leaseMs: 60_000, subscriptions: ["s"] });
  return store;
}

/** A store that keeps more than events. */
type FullStore = EventStoreAdapter & Required<Pick<EventStoreAdapter, "operations">>;

type Call = (store: FullStore) => unknown;

/** A call of each method whose answer is the same when it is made again. */
const CALLS: Readonly<Record<string, Call>> = {
  load: (store) => store.load({ ...REF, limit: 10 }),
  "log.append": ({ log }) => log.append([{ ...REF, expectedVersion: 0, messages: [message("e-1")] }]),
  "log.loadPage": ({ log }) => log.loadPage({ ...REF, after: -1, limit: 10 }),
  "log.version": ({ log }) => log.version(REF),
  "log.readStream": ({ log }) => log.readStream(REF, { from: 0, limit: 10 }),
  "log.readLast": ({ log }) => log.readLast(REF),
  "log.readAll": ({ log }) => log.readAll({ after: 0, limit: 10 }),
  "log.countEvents": ({ log }) => log.countEvents({ after: 0, categories: ["a"], limit: 10 }),
  "log.listStreams": ({ log }) => log.listStreams("a", { limit: 10 }),
  "log.forget": ({ log }) => log.forget!({ category: "a", before: 0, after: 0, upTo: 9, limit: 9 }),
  "log.forgottenUpTo": ({ log }) => log.forgottenUpTo!(["a"]),
  "snapshots.write": ({ snapshots }) => snapshots.write([{ snapshot: SNAPSHOT, keep: 1 }]),
  "snapshots.read": ({ snapshots }) => snapshots.read(SNAPSHOT),
  "snapshots.listStreams": ({ snapshots }) => snapshots.listStreams("a:snapshot", { limit: 10 }),
  "snapshots.delete": ({ snapshots }) => snapshots.delete({ category: "a:snapshot" }),
  "operations.flush": ({ operations }) => operations.flush([{ kind: "upsertRows", table: TABLE, rows: [["r"]] }]),
  "readModels.createTable": ({ operations }) => operations.readModels.createTable({ ...TABLE, name: "others" }),
  "readModels.columnsOf": ({ operations }) => operations.readModels.columnsOf("rows"),
  "readModels.extendTable": ({ operations }) => operations.readModels.extendTable(TABLE),
  "readModels.dropTable": ({ operations }) => operations.readModels.dropTable("rows"),
  "readModels.dropTableUnless": ({ operations }) => operations.readModels.dropTableUnless(ALL),
  "readModels.has": ({ operations }) => operations.readModels.has("rows"),
  "readModels.createView": ({ operations }) =>
    operations.readModels.createView({ name: "shown", table: TABLE, columns: ["id"] }),
  "readModels.viewedTable": ({ operations }) => operations.readModels.viewedTable("shown"),
  "readModels.rows": ({ operations }) => operations.readModels.rows(TABLE, ["r"]),
  "readModels.query": ({ operations }) =>
    operations.readModels.query({ ...ALL, orderBy: [{ column: "id", direction: "asc" }] }),
  "readModels.count": ({ operations }) => operations.readModels.count(ALL),
  "subscriptions.layCheckpoints": ({ operations }) =>
    operations.subscriptions.layCheckpoints([{ subscription: "t", bucket: 0, position: 0 }]),
  "subscriptions.checkpoints": ({ operations }) => operations.subscriptions.checkpoints("s"),
  "subscriptions.subscriptions": ({ operations }) => operations.subscriptions.subscriptions(),
  "subscriptions.renew": ({ operations }) =>
    operations.subscriptions.renew({ server: "me", leaseMs: 60_000, subscriptions: ["s"] }),
  "subscriptions.shares": ({ operations }) => operations.subscriptions.shares(["s"]),
  "subscriptions.release": ({ operations }) => operations.subscriptions.release("me", "s", [0]),
  "subscriptions.leave": ({ operations }) => operations.subscriptions.leave("me"),
  "subscriptions.parked": ({ operations }) => operations.subscriptions.parked({}),
  "inbox.received": ({ operations }) => operations.inbox.received("i", ["m"]),
  "inbox.forget": ({ operations }) => operations.inbox.forget("i", 1),
  "timers.due": ({ operations }) => operations.timers.due({ now: 1, limit: 1 }),
  "timers.untilNext": ({ operations }) => operations.timers.untilNext(1),
  "timers.overdue": ({ operations }) => operations.timers.overdue(1),
  "timers.ofOwner": ({ operations }) => operations.timers.ofOwner("o"),
  "timers.list": ({ operations }) => operations.timers.list({ limit: 1 }),
  "commandQueue.extend": ({ operations }) => operations.commandQueue.extend({ worker: "w", ids: [], claimMs: 1 }),
  "commandQueue.release": ({ operations }) => operations.commandQueue.release("w", ["c"]),
  "commandQueue.untilNext": ({ operations }) => operations.commandQueue.untilNext(["default"]),
  "commandQueue.find": ({ operations }) => operations.commandQueue.find("c"),
  "commandQueue.list": ({ operations }) => operations.commandQueue.list({ limit: 1 }),
  "commandQueue.counts": ({ operations }) => operations.commandQueue.counts(),
  "commandQueue.overdue": ({ operations }) => operations.commandQueue.overdue(1),
  "commandQueue.forget": ({ operations }) => operations.commandQueue.forget(1, 1),
  "states.load": ({ operations }) => operations.states.load(REF),
  "states.loadAll": ({ operations }) => operations.states.loadAll([REF]),
  "states.list": ({ operations }) => operations.states.list("a", { limit: 1 }),
};

describe.each(["before", "after"] as const)("a store that goes away %s a call", (when) => {
  it.each(Object.entries(CALLS))("answers %s when it is back", async (method, call) => {
    const expected = await call(filled().memory);
    const store = filled();
    failingFirst(store, method, when);
    const answer = await call(patient(store) as FullStore);
    expect(store.calls.filter((called) => called === method)).toHaveLength(2);
    expect(answer).toEqual(expected);
  });
});

/** What a repetition would not give, or would do once more. */
const UNLESS_SENT: Readonly<Record<string, Call>> = {
  "subscriptions.claim": ({ operations }) =>
    operations.subscriptions.claim({ server: "me", subscription: "s", limit: 1 }),
  "commandQueue.claim": ({ operations }) =>
    operations.commandQueue.claim({ worker: "w", lanes: ["default"], limit: 1, oldest: 0, claimMs: 1, now: 1 }),
  "readModels.switchTable": ({ operations }) =>
    operations.readModels.switchTable({ table: TABLE, by: "rows_2", kept: "rows_1", lockTimeoutMs: 1, also: [] }),
};

describe("a call that a repetition would spoil", () => {
  const filledWithTwo = () => {
    const store = filled();
    store.memory.operations.readModels.createTable({ ...TABLE, name: "rows_2" });
    return store;
  };

  it.each(Object.entries(UNLESS_SENT))("is made again where it was not sent: %s", async (method, call) => {
    const expected = await call(filledWithTwo().memory);
    const store = filledWithTwo();
    failingFirst(store, method, "before");
    expect(await call(patient(store) as FullStore)).toEqual(expected);
  });

  it.each(Object.entries(UNLESS_SENT))("is left alone where it may have happened: %s", async (method, call) => {
    const store = filledWithTwo();
    failingFirst(store, method, "after");
    await expect(call(patient(store) as FullStore)).rejects.toMatchObject({ mayHaveHappened: true });
    expect(store.calls).toEqual([method]);
  });
});

it("a generation that was raised twice is the one that is given", async () => {
  const store = filled();
  failingFirst(store, "subscriptions.raiseGeneration", "after");
  const raised = await patient(store).operations!.subscriptions.raiseGeneration("s", 0);
  expect([raised]).toEqual(store.memory.operations.subscriptions.checkpoints("s"));
});

it("listens again where it could not the first time", async () => {
  const store = filled();
  failingFirst(store, "log.onAppend", "before");
  const { log } = patient(store);
  const told = new Promise<void>((resolve) => void log.onAppend!(resolve));
  await store.memory.log.append([{ ...REF, messages: [message("e-1")] }]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await store.memory.log.append([{ ...REF, messages: [message("e-2")] }]);
  await told;
});

it("a snapshot that was to be the first above a version is not reported as somebody else's", async () => {
  const store = filled();
  failingFirst(store, "snapshots.write", "after");
  const { snapshots } = patient(store);
  const thrown = snapshots.write([{ snapshot: SNAPSHOT, keep: 1, expectedVersion: -1 }]);
  await expect(thrown).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", mayHaveHappened: true });
  await expect(snapshots.write([{ snapshot: SNAPSHOT, keep: 1, expectedVersion: -1 }])).rejects.toMatchObject({
    code: "EXPECTED_VERSION_MISMATCH",
  });
});

it("answers at once where the store does", () => {
  const memory = new MemoryEventStore();
  const { log } = patient({ adapter: memory });
  expect(log.version(REF)).toBe(-1);
});

it("has no method that the store lacks", () => {
  const { log } = patient({ adapter: new MemoryEventStore() });
  expect([log.announce, log.onAnnounce]).toEqual([undefined, undefined]);
});
