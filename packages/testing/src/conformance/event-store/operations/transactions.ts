import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation, Row } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { collect, noteds, numbers, range, ref, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { enqueue, entry, settle } from "./sample-entries";
import {
  ACCOUNTS,
  afterEveryKind,
  checkpoints,
  contentsOf,
  everyKind,
  flush,
  lay,
  move,
  operationsOf,
  parked,
  prepare,
  putParked,
  receive,
  remove,
  removeParked,
  removeTimer,
  replaceOrders,
  rowsOf,
  setTimer,
  state,
  timer,
  upsert,
} from "./sample-operations";

/** By what keeps it from being applied, after `prepare`. */
const refusedOperations: Readonly<Record<string, Operation>> = {
  "a checkpoint elsewhere": move(3, 9),
  "a checkpoint of another generation": move(4, 9, { generation: 1 }),
  "a checkpoint that was not laid": move(0, 9, { bucket: 7 }),
  "checkpoints elsewhere": replaceOrders(5, 9),
  "checkpoints of another generation": replaceOrders(6, 9, 1),
  "a key that is set aside already": putParked(parked("a", 1)),
  "a key at another revision": putParked(parked("a", 1), 1),
  "a key that is not set aside": removeParked("c", 3, 0),
  "a message that was received": receive("old"),
  "a timer due at another time": removeTimer("expiry", timer("expiry", 99)),
  "a timer with other data": removeTimer("expiry", timer("expiry", 100, { data: "{}" })),
  "a timer that is not there": removeTimer("none", timer("none", 99)),
  "a queue entry that is not there": settle("none", 0),
  "a queue entry at another revision": settle("old", 1, { state: "done", attempts: 0 }),
  "a state at another version": { kind: "putState", state: state(9), expectedVersion: 2 },
  "a state that is there already": { kind: "putState", state: state(9), expectedVersion: -1 },
  "a state to delete at another version": { kind: "deleteState", stream: "cart-1", expectedVersion: 2 },
  "rows of a table that was not created": {
    kind: "upsertRows",
    table: { ...ACCOUNTS, name: "nobody" },
    rows: [["1", 1]],
  },
};

/** Beside which others are applied: nothing that a refused operation concerns. */
const [before, after]: readonly (readonly Operation[])[] = [
  [upsert(["1", 11], ["3", 30]), enqueue(entry("new"))],
  [remove("2"), setTimer(timer("reminder", 5))],
];

const overlapping: Readonly<Record<string, readonly [Operation, Operation]>> = {
  "two rows with one key": [upsert(["1", 1]), upsert(["2", 2], ["1", 3])],
  "a row to store and to delete": [upsert(["1", 1]), remove("1")],
  "a row to delete twice": [remove("1"), remove("2", "1")],
  "one checkpoint twice": [move(4, 5), move(5, 6)],
  "the checkpoints of one subscription twice": [replaceOrders(6, 7), replaceOrders(7, 8, 1)],
  "a checkpoint to move and to replace": [
    { kind: "moveCheckpoint", subscription: "Orders", bucket: 0, from: 6, to: 7, generation: 0 },
    replaceOrders(7, 8),
  ],
  "one key that is set aside twice": [putParked(parked("a", 1), 0), removeParked("a", 1, 1)],
  "one message twice": [receive("new"), receive("new")],
  "one timer twice": [setTimer(timer("expiry", 1)), removeTimer("expiry")],
  "one queue entry to add and to settle": [enqueue(entry("new")), settle("new", 0)],
  "one queue entry to replace and to settle": [enqueue(entry("old"), { replaces: true }), settle("old", 1)],
  "one queue entry to settle twice": [settle("old", 0, { state: "done", attempts: 0 }), settle("old", 1)],
  "one state twice": [
    { kind: "putState", state: state(4), expectedVersion: 3 },
    { kind: "deleteState", stream: "cart-1", expectedVersion: 4 },
  ],
};

export function transactions(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** All of them go together with an append, and with none. */
  const ways: Readonly<Record<string, (also: readonly Operation[]) => Promise<unknown>>> = {
    "without events": (also) => flush(at, ...also),
    "with events": (also) =>
      at.adapter.log.append(
        [request("account-1", [storedNote(0), storedNote(1)]), request("order-1", [storedNote(2)])],
        {
          also,
        },
      ),
  };
  const events = async () => {
    const { messages } = await at.adapter.log.readAll({ after: 0, limit: 100 });
    return Array.from(messages, ({ data }) => data);
  };

  for (const [way, write] of Object.entries(ways)) {
    const stored = way === "with events" ? ['{"n":0}', '{"n":1}', '{"n":2}'] : [];

    it(`applies operations of every kind together, ${way}`, async () => {
      await prepare(at);
      await write(everyKind);
      deepEqual(await contentsOf(at), afterEveryKind);
      deepEqual(await events(), stored);
    });

    it(`applies none where one is refused, ${way}, whatever its place`, async () => {
      await prepare(at);
      const unchanged = await contentsOf(at);
      for (const [reason, refused] of Object.entries(refusedOperations)) {
        for (const operations of [
          [refused, ...before!, ...after!],
          [...before!, refused, ...after!],
          [...before!, ...after!, refused],
        ]) {
          const code = /^(OPERATION_CONFLICT|EXPECTED_VERSION_MISMATCH|INCORRECT_USAGE)$/;
          await rejects(write(operations), { code }, reason);
          deepEqual(await contentsOf(at), unchanged, reason);
        }
      }
      deepEqual(await events(), []);
      await write([...before!, ...after!]);
      deepEqual(await rowsOf(at, "1", "2", "3"), [
        ["1", 11],
        ["3", 30],
      ]);
      deepEqual(await events(), stored);
    });

    it(`refuses two operations that concern the same thing, ${way}, and applies none`, async () => {
      await prepare(at);
      const unchanged = await contentsOf(at);
      for (const [reason, operations] of Object.entries(overlapping)) {
        await rejects(write([upsert(["3", 30]), ...operations]), { code: "INCORRECT_USAGE" }, reason);
        deepEqual(await contentsOf(at), unchanged, reason);
      }
      deepEqual(await events(), []);
    });
  }

  it("takes for the same thing only what is the same: other buckets, owners, tables and keys", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await operationsOf(at).readModels.createTable({ ...ACCOUNTS, name: "others" });
    await lay(at, 0, 1);
    await lay(at, 0, 11);
    await operationsOf(at).subscriptions.layCheckpoints([{ subscription: "Orders", bucket: 0, position: 0 }]);
    await flush(
      at,
      upsert(["1", 1], ["11", 2]),
      { kind: "upsertRows", table: { ...ACCOUNTS, name: "others" }, rows: [["1", 3]] },
      move(0, 1, { bucket: 1 }),
      move(0, 2, { bucket: 11 }),
      replaceOrders(0, 3),
      putParked(parked("a", 1)),
      putParked(parked("a", 11)),
      putParked(parked("b", 1)),
      putParked(parked("a", 1, { subscription: "b" })),
      receive("1"),
      receive("11"),
      receive("1", { inbox: "1" }),
      setTimer(timer("a", 1, { owner: "b" })),
      setTimer(timer("b", 1, { owner: "a" })),
      enqueue(entry("1")),
      enqueue(entry("11")),
      { kind: "putState", state: state(0, ref("cart-1")), expectedVersion: -1 },
      { kind: "putState", state: state(0, ref("cart-11")), expectedVersion: -1 },
    );
    deepEqual(await rowsOf(at, "1", "11"), [
      ["1", 1],
      ["11", 2],
    ]);
    deepEqual(
      (await checkpoints(at)).map(({ position }) => position),
      [1, 2],
    );
  });

  it("applies nothing of an append that is refused", async () => {
    await prepare(at);
    await at.adapter.log.append([request("account-1", [storedNote(0, { id: "taken" })], -1)]);
    const unchanged = await contentsOf(at);
    const stale = request("account-1", [storedNote(1)], -1);
    await rejects(at.adapter.log.append([stale], { also: everyKind }), { code: "EXPECTED_VERSION_MISMATCH" });
    const taken = [request("order-1", [storedNote(2)], -1), request("account-1", [storedNote(3, { id: "taken" })], 0)];
    await rejects(at.adapter.log.append(taken, { also: everyKind }), { code: "INCORRECT_USAGE" });
    deepEqual(await contentsOf(at), unchanged);
    deepEqual(await numbers(at.store.readAll()), [0]);
  });

  for (const [title, expectedVersion] of [
    ["that expects a version", -1],
    ["that expects no version", undefined],
  ] as const) {
    it(`applies what comes with a repeated append ${title} once, and answers the same`, async () => {
      await prepare(at);
      const requests = [
        request("account-1", [storedNote(0, { id: "a" }), storedNote(1, { id: "b" })], expectedVersion),
      ];
      const appended = await at.adapter.log.append(requests, { also: everyKind });
      // What happens after the first time is not undone by the second.
      await flush(at, upsert(["1", 12]), removeTimer("reminder"));
      const since = await contentsOf(at);
      deepEqual(await at.adapter.log.append(requests, { also: everyKind }), appended);
      deepEqual(await contentsOf(at), since);
      deepEqual(await numbers(at.store.readAll()), [0, 1]);
    });
  }

  it("applies the operations of an append without events", async () => {
    await prepare(at);
    deepEqual(await at.adapter.log.append([], { also: everyKind }), []);
    deepEqual(await contentsOf(at), afterEveryKind);
  });

  it("changes nothing for a flush of nothing", async () => {
    await prepare(at);
    const unchanged = await contentsOf(at);
    await flush(at);
    await at.adapter.log.append([], { also: [] });
    deepEqual(await contentsOf(at), unchanged);
  });

  it("refuses some of 64 concurrent writes and carries out all the others, with their events", async () => {
    await prepare(at);
    const outcomes = await Promise.allSettled(
      range(64).map((n) => {
        const also: Operation[] = [upsert([`${n}`, n])];
        if (n % 4 === 1) also.push(settle(`none-${n}`, 0));
        if (n % 4 === 2) also.unshift(enqueue(entry(`c-${n}`)));
        if (n % 8 === 7) return flush(at, ...also);
        return at.adapter.log.append([request(`account-${n}`, [storedNote(n)], n % 4 === 3 ? 5 : -1)], { also });
      }),
    );
    const accepted = range(64).filter((n) => n % 4 === 0 || n % 4 === 2 || n % 8 === 7);
    deepEqual(
      range(64).filter((n) => outcomes[n]?.status === "fulfilled"),
      accepted,
    );
    const rows = await rowsOf(at, ...range(64, 4).map((n) => `${n}`));
    deepEqual(
      rows.map(([, balance]) => Number(balance)).sort((a, b) => a - b),
      accepted.filter((n) => n >= 4),
    );
    const appended = accepted.filter((n) => n % 8 !== 7);
    deepEqual(
      (await numbers(at.store.readAll())).sort((a, b) => a - b),
      appended,
    );
  });

  it("gives each of 32 concurrent appends its row, whose position is that of the event", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    const rounds = 8;
    await Promise.all(
      range(32).map(async (writer) => {
        for (const round of range(rounds)) {
          const also = [upsert([`${writer}`, round])];
          await at.adapter.log.append([request(`account-${writer}`, [storedNote(round)], round - 1)], { also });
        }
      }),
    );
    const rows = await rowsOf(at, ...range(32).map((writer) => `${writer}`));
    deepEqual(new Set(rows.map(([, round]) => round)), new Set([rounds - 1]));
    equal((await collect(at.store.readAll())).length, 32 * rounds);
  });

  if (!at.conformance.abilities.durable) return;

  it("holds after it was closed and opened again what was acknowledged before", async () => {
    await prepare(at);
    await at.adapter.log.append([request("account-1", [storedNote(0)], -1)], { also: everyKind });
    await at.reopen();
    deepEqual(await contentsOf(at), afterEveryKind);
    await at.store.append([{ stream: "account-1", expectedVersion: 0, events: noteds(1, 1) }]);
    await flush(at, upsert(...range(3).map((n): Row => [`${n}`, n])), move(9, 10));
    deepEqual(await rowsOf(at, "0", "1", "2"), [
      ["0", 0],
      ["1", 1],
      ["2", 2],
    ]);
  });
}
