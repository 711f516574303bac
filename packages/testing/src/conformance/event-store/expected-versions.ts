import { deepEqual, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, LARGE_NUMBERS, noteds, numbers, range, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function expectedVersions(at: StoreUnderTest): void {
  const { it } = testRunner();

  const refuses = (title: string, before: number, expected: number) =>
    it(`${title} is refused and nothing is written`, async () => {
      if (before > 0) await at.store.append([{ stream: "account-1", events: noteds(before) }]);
      await rejects(at.store.append([{ stream: "account-1", expectedVersion: expected, events: noteds(2, 90) }]), {
        name: "ExpectedVersionError",
        code: "EXPECTED_VERSION_MISMATCH",
        details: { stream: "account-1", expected, actual: before - 1 },
      });
      deepEqual(await numbers(at.store.readAll()), range(before));
    });

  refuses("none yet, of a stream that exists", 3, -1);
  refuses("one version too few", 3, 1);
  refuses("one version too many", 3, 3);
  refuses("a version of a stream that does not exist", 0, 0);

  for (const expected of LARGE_NUMBERS) {
    refuses(`a version as large as ${expected}`, 3, expected);
    refuses(`a version as large as ${expected}, of a stream that does not exist,`, 0, expected);
  }

  it("refuses versions beyond every stream in appends to several streams, of several events and of snapshots", async () => {
    for (const expectedVersion of LARGE_NUMBERS) {
      const details = { stream: "account-2", expected: expectedVersion, actual: -1 };
      const several = at.store.append([
        { stream: "account-1", events: noteds(1) },
        { stream: "account-2", expectedVersion, events: noteds(1) },
      ]);
      await rejects(several, { code: "EXPECTED_VERSION_MISMATCH", details });
      await rejects(at.store.append([{ stream: "account-2", expectedVersion, events: noteds(1) }]), { details });
      const snapshot = snapshotNote("account:snapshot-1", 0);
      const write = async () => at.adapter.snapshots.write([{ snapshot, keep: 1, expectedVersion }]);
      await rejects(write(), {
        code: "EXPECTED_VERSION_MISMATCH",
        details: { stream: "account:snapshot-1", expected: expectedVersion, actual: -1 },
      });
    }
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("names the first stream, in the order of the call, that is at another version", async () => {
    await at.store.append([{ stream: "account-2", events: noteds(2) }]);
    const append = at.store.append([
      { stream: "account-1", expectedVersion: -1, events: noteds(1) },
      { stream: "account-2", expectedVersion: 0, events: noteds(1) },
      { stream: "account-3", expectedVersion: 5, events: noteds(1) },
    ]);
    await rejects(append, { details: { stream: "account-2", expected: 0, actual: 1 } });
  });

  it("appends at whatever end there is where no version is expected", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(2) }]);
    await at.store.append([{ stream: "account-1", events: noteds(2, 2) }]);
    deepEqual(await numbers(at.store.read("account-1")), [0, 1, 2, 3]);
  });

  it("refuses one that is no whole number from -1", async () => {
    for (const expectedVersion of [
      -2,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      "0" as never,
      null as never,
    ]) {
      const append = at.store.append([{ stream: "account-1", expectedVersion, events: noteds(1) }]);
      await rejects(append, { code: "INCORRECT_USAGE" }, `expected version ${String(expectedVersion)}`);
    }
    deepEqual(await collect(at.store.readAll()), []);
  });
}
