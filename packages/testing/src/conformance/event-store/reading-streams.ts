import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, fill, LARGE_NUMBERS, noteds, numbers, range } from "./sample-events";
import { type StoreUnderTest, streamLengths } from "./store-under-test";

export function readingStreams(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("begins at `from` and stops exactly at `limit`", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(10) }]);
    deepEqual(await numbers(at.store.read("account-1", { from: 4 })), [4, 5, 6, 7, 8, 9]);
    deepEqual(await numbers(at.store.read("account-1", { limit: 3 })), [0, 1, 2]);
    deepEqual(await numbers(at.store.read("account-1", { from: 8, limit: 1 })), [8]);
    deepEqual(await numbers(at.store.read("account-1", { from: 8, limit: 5 })), [8, 9]);
    deepEqual(await numbers(at.store.read("account-1", { from: 10 })), []);
    deepEqual(await numbers(at.store.read("account-1", { limit: 0 })), []);
  });

  it("reads nothing from a position beyond every event, and everything with a limit beyond them", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(3) }]);
    for (const large of LARGE_NUMBERS) {
      deepEqual(await numbers(at.store.read("account-1", { from: large })), [], `from ${large}`);
      deepEqual(await numbers(at.store.read("account-1", { limit: large })), [0, 1, 2], `limit ${large}`);
      deepEqual(await numbers(at.store.readAll({ after: large })), [], `after ${large}`);
      deepEqual(await numbers(at.store.readAll({ limit: large })), [0, 1, 2], `limit ${large}`);
      deepEqual(await numbers(at.store.readCategory("account", { after: large })), [], `category after ${large}`);
    }
  });

  for (const count of streamLengths(at.conformance)) {
    it(`reads a stream of ${count} events completely`, async () => {
      await fill(at.adapter, "account-1", count);
      const positions: number[] = [];
      for await (const { position, data } of at.store.read("account-1")) {
        positions.push(position);
        equal(data.n, position);
      }
      deepEqual(positions, range(count));
      equal((await at.store.readLast("account-1"))?.position, count - 1);
    });
  }

  it("stops exactly at a limit at the border of its pages", async () => {
    await fill(at.adapter, "account-1", 2_500);
    for (const limit of [999, 1_000, 1_001, 2_000, 2_001]) {
      deepEqual(await numbers(at.store.read("account-1", { from: 7, limit })), range(limit, 7), `limit ${limit}`);
    }
  });

  it("reads nothing of a stream that does not exist", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(2) }]);
    for (const stream of ["account-2", "account-11", "accoun-1", "Account-1", "account-1 "]) {
      deepEqual(await collect(at.store.read(stream)), []);
      equal(await at.store.readLast(stream), undefined);
    }
  });

  it("can be left in the middle and read again", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(5) }]);
    for await (const { position } of at.store.read("account-1")) if (position === 2) break;
    deepEqual(await numbers(at.store.read("account-1")), range(5));
  });

  it("refuses ranges that are no whole numbers from 0", async () => {
    for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "1" as never, null as never]) {
      const reads = [
        at.store.read("account-1", { from: wrong }),
        at.store.read("account-1", { limit: wrong }),
        at.store.readAll({ limit: wrong }),
        at.store.readCategory("account", { limit: wrong }),
      ];
      for (const read of reads) await rejects(collect(read), { code: "INCORRECT_USAGE" }, String(wrong));
    }
  });

  it("refuses names that are no streams", async () => {
    for (const name of ["", "account", "-1", "account-", "account-\0", "account-\ud800", 7 as never, null as never]) {
      await rejects(collect(at.store.read(name)), { code: "INCORRECT_USAGE" }, JSON.stringify(name));
      await rejects(at.store.readLast(name), { code: "INCORRECT_USAGE" }, JSON.stringify(name));
    }
  });
}
