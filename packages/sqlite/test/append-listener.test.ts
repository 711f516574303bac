import { once } from "node:events";
import { join } from "node:path";

import type { SqliteEventStore } from "../src";
import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { append, snapshot } from "./messages";
import { temporaryFolder } from "./temporary-folder";

let path: string;
let store: SqliteEventStore;

beforeEach(async () => {
  path = join(temporaryFolder(), "store.db");
  store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
});
afterEach(() => store.close());

/** Resolves when the listener is called and finds that many events. */
function untilThereAre(count: number) {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const listener = async () => {
    const { messages } = await store.log.readAll({ after: 0, limit: 100 });
    if (messages.length === count) finish();
  };
  return { listener: () => void listener(), done };
}

it("tells a process of the appends of another one", async () => {
  const { listener, done } = untilThereAre(6);
  await store.log.onAppend(listener);
  const writer = startFixture(bundleFixture("append-many"), [path, "a", "3"]);
  await done;
  await writer.ended;
  expect(writer.lines).toEqual(["done"]);
});

it("tells another process of the appends of this one", async () => {
  const reader = startFixture(bundleFixture("listen"), [path, "3"]);
  while (reader.lines.length === 0) await once(reader.child.stdout!, "data");
  for (const id of ["a", "b", "c"]) {
    const before = reader.lines.length;
    await store.log.append([append("account-1", [id])]);
    while (id !== "c" && reader.lines.length === before) await once(reader.child.stdout!, "data");
  }
  await reader.ended;
  expect(reader.lines).toEqual(["listening", "1", "2", "3"]);
  expect(reader.child.exitCode).toBe(0);
});

it("keeps no process alive", async () => {
  const reader = startFixture(bundleFixture("listen-and-end"), [path]);
  await reader.ended;
  expect([reader.lines, reader.child.exitCode]).toEqual([["listening"], 0]);
});

it("calls once for one append of another store, and not for what others write beside events", async () => {
  const other = sqliteStore({ path });
  await other.open();
  let calls = 0;
  const { listener, done } = untilThereAre(1);
  await store.log.onAppend(() => {
    calls++;
    listener();
  });
  for (const version of [1, 2, 3]) await other.snapshots.write([{ snapshot: snapshot("1", version), keep: 1 }]);
  await other.operations.subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 0 }]);
  await other.log.append([append("account-1", ["a"])]);
  await done;
  await other.close();
  expect(calls).toBe(1);
});

it("stores, tells and closes while a test has stopped the clock", async () => {
  jest.useFakeTimers();
  try {
    const other = sqliteStore({ path });
    await other.open();
    const { listener, done } = untilThereAre(64);
    await store.log.onAppend(listener);
    // For longer than one turn of the event loop, so that the queue goes on in the next one.
    for (let n = 0; n < 64; n++) await other.log.append([append("account-1", [`e-${n}`], n - 1)]);
    await other.snapshots.write([{ snapshot: snapshot("1", 63), keep: 1 }]);
    await done;
    for await (const { faults } of other.verify()) expect(faults).toEqual([]);
    await other.close();
    await store.close();
  } finally {
    jest.useRealTimers();
  }
});
