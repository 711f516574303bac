import { join } from "node:path";

import type { DriverName } from "../../src/drivers/database";
import { bundleFixture, type RunningFixture, startFixture } from "../child-process";
import { sqliteStore } from "../driver-under-test";
import { append, ref } from "../messages";
import { temporaryFolder } from "../temporary-folder";

/** better-sqlite3 may be built for another version of Node than the one that runs the tests. */
const NODE_OF: Readonly<Record<DriverName, string>> = {
  "better-sqlite3": process.env.TIDEMARK_NODE_OF_BETTER_SQLITE3 ?? process.execPath,
  node: process.execPath,
};

function start(bundle: string, driver: DriverName, ...args: readonly string[]): RunningFixture {
  return startFixture(bundle, args, { node: NODE_OF[driver], env: { TIDEMARK_SQLITE_DRIVER: driver } });
}

const DRIVERS = ["better-sqlite3", "node"] as const;

it("write one file at the same time from 4 processes, and keep every event", async () => {
  const path = join(temporaryFolder(), "shared.db");
  const bundle = bundleFixture("append-many");
  const names = ["a", "b", "c", "d"];
  const writers = names.map((name, index) => start(bundle, DRIVERS[index % 2]!, path, name, "150"));
  await Promise.all(writers.map(({ ended }) => ended));
  expect(writers.map(({ lines }) => lines)).toEqual([["done"], ["done"], ["done"], ["done"]]);

  const store = sqliteStore({ path });
  await store.open();
  const shared = (await store.log.readStream(ref("shared-1"), { from: 0, limit: 1_000 })).map(({ id }) => id);
  expect(shared.length).toBe(600);
  for (const name of names) {
    const written = shared.filter((id) => id.startsWith(`shared-${name}-`));
    expect(written).toEqual(Array.from({ length: 150 }, (_, index) => `shared-${name}-${index}`));
    const own = await store.log.readStream(ref(`own-${name}`), { from: 0, limit: 1_000 });
    expect(own.map(({ id }) => id)).toEqual(Array.from({ length: 150 }, (_, index) => `own-${name}-${index}`));
  }
  const faults: unknown[] = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  expect(faults).toEqual([]);
  await store.close();
});

it.each([
  ["better-sqlite3", "node"],
  ["node", "better-sqlite3"],
] as const)("read what %s wrote with %s, to the last bit", async (writer, reader) => {
  const path = join(temporaryFolder(), "handed-over.db");
  const bundle = bundleFixture("write-or-read");
  const written = start(bundle, writer, path, "write");
  await written.ended;
  const read = start(bundle, reader, path, "read");
  await read.ended;
  expect(JSON.parse(written.lines.join())).toMatchObject({
    faults: [],
    rows: [["1", 10, 0.5, true, 7]],
    dueTimers: [{ owner: "o", name: "n", dueAt: Number.MAX_SAFE_INTEGER }],
    entries: [
      { id: "1", priority: -2_147_483_648, expiresAt: 2 ** 45, claimedBy: "w", claimedUntil: 2 ** 43 + 7, revision: 1 },
      { id: "2", dueAt: Number.MAX_SAFE_INTEGER, number: 2, revision: 0 },
    ],
    untilNext: 7,
  });
  expect(read.lines).toEqual(written.lines);
});

it("hear of each other's events", async () => {
  const path = join(temporaryFolder(), "heard.db");
  const store = sqliteStore({ path });
  await store.open();
  const listener = start(bundleFixture("listen"), "better-sqlite3", path, "1");
  while (listener.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.log.append([append("account-1", ["a"])]);
  await listener.ended;
  expect(listener.lines).toEqual(["listening", "1"]);
  await store.close();
});
