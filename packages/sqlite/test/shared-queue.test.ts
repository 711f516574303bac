import { join } from "node:path";
import type { Operation } from "@tidemark/core/adapter";

import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

it("gives each entry to one worker of 4 processes, and those of a line in their order", async () => {
  const path = join(temporaryFolder(), "queue.db");
  const store = sqliteStore({ path });
  await store.open();
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  const entry = { type: "Bank.Pay.v1", due: { afterMs: 0 }, data: "{}" };
  await store.operations.flush(
    numbers.flatMap((n): readonly Operation[] => [
      { kind: "enqueue", entry: { ...entry, id: `alone-${n}`, lane: "mail", priority: n % 3, number: 0 } },
      { kind: "enqueue", entry: { ...entry, id: `line-${n}`, lane: "default", priority: n % 3, line: "l", number: n } },
    ]),
  );
  const bundle = bundleFixture("carry-out-entries");
  const workers = ["a", "b", "c", "d"].map((worker) => startFixture(bundle, [path, worker]));
  await Promise.all(workers.map(({ ended }) => ended));

  const carriedOut = workers.flatMap(({ lines }) => lines);
  expect(carriedOut.sort()).toEqual(numbers.flatMap((n) => [`alone-${n}`, `line-${n}`]).sort());
  const entries = await store.operations.commandQueue.list({ limit: 1_000 });
  expect(entries.filter(({ claims, revision, state }) => claims !== 1 || revision !== 2 || state !== "done")).toEqual(
    [],
  );
  const ends = entries.filter(({ line }) => line === "l").sort((a, b) => a.number - b.number);
  expect(ends.map(({ finishedAt }) => finishedAt)).toEqual(
    ends.map(({ finishedAt }) => finishedAt).sort((a, b) => a! - b!),
  );
  for (const { lines } of workers) {
    const own = lines.filter((id) => id.startsWith("line-")).map((id) => Number(id.slice("line-".length)));
    expect(own).toEqual(own.toSorted((a, b) => a - b));
  }
  await store.close();
});
