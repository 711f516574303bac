import type { Operation } from "../../src/adapter";
import { OperationConflictError, StoreUnavailableError } from "../../src/index";
import { Outage } from "../../src/patience/outage";
import { patientStore } from "../../src/patience/patient-store";
import { StorePatience } from "../../src/patience/store-patience";
import { type Failure, failingFirst, leavingStore } from "./leaving-store";

const TABLE = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "version", type: "integer" },
  ],
} as const;
const STATE = { stream: "a-1", category: "a", version: 0, data: "{}" };
const ENTRY = {
  id: "c-1",
  lane: "default",
  type: "T",
  priority: 0,
  number: 0,
  data: "{}",
  due: { at: 0 },
};
const CHANGE = { state: "done", attempts: 0 } as const;
const PARKED = { subscription: "s", key: "k", position: 1, state: "parked", attempts: 1, data: "{}" } as const;
const TIMER = { owner: "o", name: "t", data: "{}" };

/** What is there before: a row, an entry of the queue, a timer, a state, checkpoints, a key that is set aside. */
const BEFORE: readonly Operation[] = [
  { kind: "upsertRows", table: TABLE, rows: [["old", 1]] },
  { kind: "enqueue", entry: { ...ENTRY, id: "old" } },
  { kind: "setTimer", timer: TIMER, due: { at: 5 } },
  { kind: "putState", state: { ...STATE, stream: "a-old" }, expectedVersion: -1 },
  { kind: "putParked", parked: { ...PARKED, key: "old" }, expected: null },
];

async function store() {
  const leaving = leavingStore();
  const { memory } = leaving;
  memory.operations.readModels.createTable(TABLE);
  memory.operations.subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 3 }]);
  memory.operations.flush(BEFORE);
  const outage = new Outage({
    store: "the store",
    patienceMs: 5_000,
    logWarning: () => undefined,
    waiting: () => undefined,
  });
  const patience = new StorePatience({ patienceMs: 5_000, outage, signal: () => undefined, failed: () => undefined });
  const { operations } = patientStore(leaving.adapter, patience);
  const flush = async (all: readonly Operation[], ...failures: readonly Failure[]) => {
    failingFirst(leaving, "operations.flush", ...failures);
    leaving.calls.length = 0;
    try {
      await operations!.flush(all);
      return "stored";
    } catch (error) {
      return error;
    } finally {
      leaving.fails = () => undefined;
    }
  };
  const attempts = () => leaving.calls.filter((method) => method === "operations.flush").length;
  return { memory, flush, attempts };
}

/** Operations that are refused once they have been applied. */
const APPLIED_ONCE: readonly (readonly [string, Operation])[] = [
  [
    "a new row",
    { kind: "upsertRows", table: TABLE, rows: [["new", 1]], guard: { column: "version", expected: [null] } },
  ],
  ["a row", { kind: "upsertRows", table: TABLE, rows: [["old", 2]], guard: { column: "version", expected: [1] } }],
  ["a deletion", { kind: "deleteRows", table: TABLE, keys: ["old"], guard: { column: "version", expected: [1] } }],
  ["a state", { kind: "putState", state: STATE, expectedVersion: -1 }],
  ["the end of a state", { kind: "deleteState", stream: "a-old", expectedVersion: 0 }],
  ["a received message", { kind: "receiveMessage", inbox: "i", id: "m", receivedAt: 1 }],
  ["the end of a command", { kind: "settleEntry", id: "old", expected: 0, change: CHANGE }],
  ["a command taken out of the queue", { kind: "settleEntry", id: "old", expected: 0 }],
  ["a key that is set aside", { kind: "putParked", parked: PARKED, expected: null }],
  ["a key that comes back", { kind: "removeParked", subscription: "s", key: "old", position: 1, expected: 0 }],
  ["the timer as it was read", { kind: "removeTimer", ...TIMER, expected: { dueAt: 5, data: "{}" } }],
  [
    "other checkpoints",
    {
      kind: "replaceCheckpoints",
      subscription: "s",
      expected: [{ bucket: 0, position: 3, generation: 0 }],
      checkpoints: [{ bucket: 0, position: 9 }],
    },
  ],
];

/** Operations that come to the same however often they are applied. */
const REPEATABLE: readonly (readonly [string, Operation])[] = [
  ["a row without guard", { kind: "upsertRows", table: TABLE, rows: [["old", 2]] }],
  ["a deletion without guard", { kind: "deleteRows", table: TABLE, keys: ["old"] }],
  ["a command", { kind: "enqueue", entry: ENTRY }],
  ["a timer that is cancelled", { kind: "removeTimer", ...TIMER }],
  ["a fence", { kind: "moveCheckpoint", subscription: "s", bucket: 0, from: 3, to: 3, generation: 0 }],
];

/** Operations that would happen twice. */
const NEVER_AGAIN: readonly (readonly [string, Operation])[] = [
  ["a timer", { kind: "setTimer", timer: { ...TIMER, name: "new" }, due: { at: 7 } }],
  ["a command in the place of another one", { kind: "enqueue", entry: { ...ENTRY, id: "old" }, replaces: true }],
];

describe("a flush that has not happened", () => {
  it.each([...APPLIED_ONCE, ...REPEATABLE, ...NEVER_AGAIN])("is made again: %s", async (_, operation) => {
    const { flush, attempts } = await store();
    expect([await flush([operation], "before", "before"), attempts()]).toEqual(["stored", 3]);
  });

  it.each([...APPLIED_ONCE, ...REPEATABLE])("is made again where nobody knows that: %s", async (_, operation) => {
    const { flush, attempts } = await store();
    expect([await flush([operation], "lost"), attempts()]).toEqual(["stored", 2]);
  });
});

describe("a flush whose answer was lost", () => {
  it.each(APPLIED_ONCE)("is not taken for somebody else's change: %s", async (_, operation) => {
    const { flush } = await store();
    const error = (await flush([operation], "after")) as StoreUnavailableError;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ mayHaveHappened: true, isLasting: false });
    expect(error.message).toMatch(
      /repeated after its answer was lost, and refused then; whether the first attempt was stored is not known\. Cannot /,
    );
  });

  it.each(REPEATABLE)("is made again where it comes to the same: %s", async (_, operation) => {
    const { flush, attempts } = await store();
    expect([await flush([operation], "after"), attempts()]).toEqual(["stored", 2]);
  });

  it.each(NEVER_AGAIN)("is not made again where it would happen twice: %s", async (_, operation) => {
    const { flush, attempts } = await store();
    expect(await flush([operation], "after")).toMatchObject({ code: "STORE_UNAVAILABLE", mayHaveHappened: true });
    expect(attempts()).toBe(1);
  });

  it("is made again where one operation keeps the others from being applied twice", async () => {
    const { flush, attempts, memory } = await store();
    const operations = [NEVER_AGAIN[0]![1], { kind: "receiveMessage", inbox: "i", id: "m", receivedAt: 1 } as const];
    expect([await flush(operations, "lost"), attempts()]).toEqual(["stored", 2]);
    expect(memory.operations.timers.ofOwner("o")).toHaveLength(2);
  });

  it("has stored a checkpoint that has arrived where it moves it: nobody else moves it under its generation", async () => {
    const { flush, memory } = await store();
    const move = { kind: "moveCheckpoint", subscription: "s", bucket: 0, from: 3, to: 8, generation: 0 } as const;
    expect(await flush([move, NEVER_AGAIN[0]![1]], "after")).toBe("stored");
    expect(memory.operations.subscriptions.checkpoints("s")).toMatchObject([{ position: 8 }]);
  });

  it("has lost its checkpoint where another generation holds it", async () => {
    const { flush, memory } = await store();
    memory.operations.subscriptions.raiseGeneration("s", 0);
    const move = { kind: "moveCheckpoint", subscription: "s", bucket: 0, from: 3, to: 8, generation: 0 } as const;
    expect(await flush([move])).toBeInstanceOf(OperationConflictError);
    expect(await flush([move], "before")).toBeInstanceOf(OperationConflictError);
  });
});

it("a row whose version stays may be written again", async () => {
  const { flush, attempts } = await store();
  const guard = { column: "version", expected: [1] };
  expect([await flush([{ kind: "upsertRows", table: TABLE, rows: [["old", 1]], guard }], "after"), attempts()]).toEqual(
    ["stored", 2],
  );
});

it("a conflict stands where no attempt before was sent", async () => {
  const { flush, memory } = await store();
  memory.operations.flush([{ kind: "putState", state: STATE, expectedVersion: -1 }]);
  const error = await flush([{ kind: "putState", state: STATE, expectedVersion: -1 }], "before");
  expect(error).toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
});
