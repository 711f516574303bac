import type {
  Checkpoint,
  Operation,
  OperationStores,
  ParkedKey,
  ReceiveMessage,
  Row,
  StoredState,
  Table,
  Timer,
} from "@tidemark/core/adapter";

import { ref } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { asEntry, enqueue, entry, settle } from "./sample-entries";

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

/** A key of the subscription `Accounts` that is set aside. */
export function parked(key: string, position: number, more: Partial<ParkedKey> = {}): Omit<ParkedKey, "revision"> {
  return { subscription: "Accounts", key, position, state: "parked", attempts: 1, data: "{}", ...more };
}

/** @param expected the revision that is stored; null for nothing stored. */
export function putParked(key: Omit<ParkedKey, "revision">, expected: number | null = null): Operation {
  return { kind: "putParked", parked: key, expected };
}

export function removeParked(key: string, position: number, expected: number): Operation {
  return { kind: "removeParked", subscription: "Accounts", key, position, expected };
}

export function receive(id: string, more: Partial<ReceiveMessage> = {}): Operation {
  return { kind: "receiveMessage", inbox: "orders", id, receivedAt: 5, ...more };
}

/** Puts one checkpoint of the subscription `Orders` in the place of another one. */
export function replaceOrders(from: number, to: number, generation = 0): Operation {
  return {
    kind: "replaceCheckpoints",
    subscription: "Orders",
    expected: [{ bucket: 0, position: from, generation }],
    checkpoints: [{ bucket: 0, position: to }],
  };
}

/** A timer as it is stored. */
export function timer(name: string, dueAt: number, more: Partial<Timer> = {}): Timer {
  return { owner: "transfer-1", name, dueAt, data: `{"timer":"${name}"}`, ...more };
}

export function setTimer({ dueAt, ...timer }: Timer): Operation {
  return { kind: "setTimer", timer, due: { at: dueAt } };
}

/** @param expected what was read of it; whatever is there where absent. */
export function removeTimer(
  name: string,
  expected?: Pick<Timer, "dueAt" | "data">,
  owner = timer(name, 0).owner,
): Operation {
  return { kind: "removeTimer", owner, name, ...(expected && { expected }) };
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
  const { subscriptions, inbox, timers, commandQueue } = operationsOf(at);
  return {
    rows: await rowsOf(at, "1", "2", "3"),
    checkpoints: [...(await checkpoints(at)), ...(await checkpoints(at, "Orders"))],
    parked: Array.from(await subscriptions.parked({}), ({ key, position, revision }) => [key, position, revision]),
    received: [...(await inbox.received("orders", ["old", "new"]))].sort(),
    timers: Array.from(await timers.ofOwner("transfer-1"), (each) => ({ ...each })),
    queue: Array.from(await commandQueue.list({ limit: 10 }), asEntry),
    states: [await loadState(at), await loadState(at, "cart-2")],
  };
}

/** Stores one of each thing, for `everyKind` to change: `contentsOf` before. */
export async function prepare(at: StoreUnderTest): Promise<void> {
  await operationsOf(at).readModels.createTable(ACCOUNTS);
  await lay(at, 4);
  await operationsOf(at).subscriptions.layCheckpoints([{ subscription: "Orders", bucket: 0, position: 6 }]);
  await flush(
    at,
    upsert(["1", 10], ["2", 20]),
    putParked(parked("a", 1)),
    putParked(parked("b", 2)),
    receive("old"),
    setTimer(timer("expiry", 100)),
    enqueue(entry("old")),
    enqueue(entry("older")),
    { kind: "putState", state: state(3), expectedVersion: -1 },
    { kind: "putState", state: state(0, ref("cart-2")), expectedVersion: -1 },
  );
}

/** One operation of each kind, all of which are applied after `prepare`. */
export const everyKind: readonly Operation[] = [
  upsert(["1", 11], ["3", 30]),
  remove("2"),
  move(4, 9),
  replaceOrders(6, 7),
  putParked(parked("a", 1, { state: "retry" }), 0),
  putParked(parked("c", 3)),
  removeParked("b", 2, 0),
  receive("new"),
  setTimer(timer("reminder", 200)),
  removeTimer("expiry", timer("expiry", 100)),
  enqueue(entry("new", { priority: 1 })),
  settle("old", 0, { state: "parked", attempts: 3 }),
  settle("older", 0),
  { kind: "putState", state: state(4), expectedVersion: 3 },
  { kind: "deleteState", stream: "cart-2", expectedVersion: 0 },
];

/** What `contentsOf` finds after `prepare` and `everyKind`. */
export const afterEveryKind = {
  rows: [
    ["1", 11],
    ["3", 30],
  ],
  checkpoints: [
    { subscription: "Accounts", bucket: 0, position: 9, generation: 0 },
    { subscription: "Orders", bucket: 0, position: 7, generation: 1 },
  ],
  parked: [
    ["a", 1, 1],
    ["c", 3, 0],
  ],
  received: ["new", "old"],
  timers: [timer("reminder", 200)],
  queue: [entry("new", { priority: 1 }), entry("old", { state: "parked", attempts: 3, revision: 1 })],
  states: [state(4), undefined],
};
