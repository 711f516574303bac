import type {
  Checkpoint,
  Operation,
  OperationStores,
  QueueEntry,
  Row,
  StoredState,
  Table,
  Timer,
} from "@tidemark/core/adapter";

import { ref } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";

/** A table of two columns, for tests of what happens to its rows. */
export const ACCOUNTS: Table = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "balance", type: "integer" },
  ],
};

export function operationsOf(at: StoreUnderTest): OperationStores {
  const { operations } = at.adapter;
  if (operations === undefined)
    throw new Error(`${at.conformance.name} has no operations; say so by leavesOut: ["operations"]`);
  return operations;
}

/** Promises what the store answers, at once or later, and what it throws. */
export async function flush(at: StoreUnderTest, ...operations: readonly Operation[]): Promise<void> {
  await operationsOf(at).flush(operations);
}

export function upsert(...rows: readonly Row[]): Operation {
  return { kind: "upsertRows", table: ACCOUNTS, rows };
}

export function remove(...keys: readonly string[]): Operation {
  return { kind: "deleteRows", table: ACCOUNTS, keys };
}

/** The rows of `ACCOUNTS` with these keys, by their keys. */
export async function rowsOf(at: StoreUnderTest, ...keys: readonly string[]): Promise<Row[]> {
  return sortedRows(await operationsOf(at).readModels.rows(ACCOUNTS, keys));
}

export function sortedRows(rows: readonly Row[]): Row[] {
  return rows
    .map((row) => [...row])
    .sort((a, b) => Buffer.compare(Buffer.from(String(a[0])), Buffer.from(String(b[0]))));
}

export function move(from: number, to: number, more: { generation?: number; bucket?: number } = {}): Operation {
  const { generation = 0, bucket = 0 } = more;
  return { kind: "moveCheckpoint", subscription: "Accounts", bucket, from, to, generation };
}

export async function lay(at: StoreUnderTest, position = 0, bucket = 0): Promise<void> {
  await operationsOf(at).subscriptions.layCheckpoints([{ subscription: "Accounts", bucket, position }]);
}

/** The checkpoints of the subscription `Accounts`. */
export async function checkpoints(at: StoreUnderTest, subscription = "Accounts"): Promise<Checkpoint[]> {
  return Array.from(await operationsOf(at).subscriptions.checkpoints(subscription), (each) => ({ ...each }));
}

export function timer(name: string, dueAt: number, more: Partial<Timer> = {}): Timer {
  return { owner: "transfer-1", name, dueAt, data: `{"timer":"${name}"}`, ...more };
}

export function entry(id: string, more: Partial<QueueEntry> = {}): QueueEntry {
  return { id, lane: "default", priority: 0, dueAt: 0, data: JSON.stringify({ id }), ...more };
}

export function state(version: number, more: Partial<StoredState> = {}): StoredState {
  return { ...ref("cart-1"), version, data: `{"at":${version}}`, ...more };
}

/** The state of `cart-1`, or of another stream. */
export async function loadState(at: StoreUnderTest, stream = "cart-1"): Promise<StoredState | undefined> {
  const stored = await operationsOf(at).states.load(ref(stream));
  return stored && { ...stored };
}

/** Everything that the operations of `everyKind` concern, to compare as a whole. */
export async function contentsOf(at: StoreUnderTest): Promise<object> {
  const { timers, commandQueue } = operationsOf(at);
  return {
    rows: await rowsOf(at, "1", "2", "3"),
    checkpoints: await checkpoints(at),
    timers: Array.from(await timers.ofOwner("transfer-1"), (each) => ({ ...each })),
    queue: Array.from(await commandQueue.waiting("default", 1_000, 10), (each) => ({ ...each })),
    states: [await loadState(at), await loadState(at, "cart-2")],
  };
}

/** Stores one of each thing, for `everyKind` to change: `contentsOf` before. */
export async function prepare(at: StoreUnderTest): Promise<void> {
  await operationsOf(at).readModels.createTable(ACCOUNTS);
  await lay(at, 4);
  await flush(
    at,
    upsert(["1", 10], ["2", 20]),
    { kind: "setTimer", timer: timer("expiry", 100) },
    { kind: "enqueue", entry: entry("old") },
    { kind: "putState", state: state(3), expectedVersion: -1 },
    { kind: "putState", state: state(0, ref("cart-2")), expectedVersion: -1 },
  );
}

/** One operation of each kind, all of which are applied after `prepare`. */
export const everyKind: readonly Operation[] = [
  upsert(["1", 11], ["3", 30]),
  remove("2"),
  move(4, 9),
  { kind: "setTimer", timer: timer("reminder", 200) },
  { kind: "removeTimer", owner: "transfer-1", name: "expiry", dueAt: 100 },
  { kind: "enqueue", entry: entry("new", { priority: 1 }) },
  { kind: "dequeue", id: "old" },
  { kind: "putState", state: state(4), expectedVersion: 3 },
  { kind: "deleteState", stream: "cart-2", expectedVersion: 0 },
];

/** What `contentsOf` finds after `prepare` and `everyKind`. */
export const afterEveryKind = {
  rows: [
    ["1", 11],
    ["3", 30],
  ],
  checkpoints: [{ subscription: "Accounts", bucket: 0, position: 9, generation: 0 }],
  timers: [timer("reminder", 200)],
  queue: [entry("new", { priority: 1 })],
  states: [state(4), undefined],
};
