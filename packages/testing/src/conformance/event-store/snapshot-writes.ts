import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { ExpectedVersionError } from "@tidemark/core";
import type { SnapshotWrite } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { range, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

const [ONE, TWO, THREE] = ["account:snapshot-1", "account:snapshot-2", "order:snapshot-3"] as const;

/** Several snapshots in one call, on the condition of what is there: all or none. */
export function snapshotWrites(at: StoreUnderTest): void {
  const { it } = testRunner();

  const write = async (...writes: readonly SnapshotWrite[]): Promise<void> => at.adapter.snapshots.write(writes);
  const of = (stream: string, version: number, expectedVersion?: number): SnapshotWrite => ({
    snapshot: snapshotNote(stream, version),
    keep: 9,
    ...(expectedVersion !== undefined && { expectedVersion }),
  });
  const versions = async (...streams: readonly string[]): Promise<number[][]> => {
    const read = streams.map(async (stream) => at.adapter.snapshots.read(ref(stream)));
    return (await Promise.all(read)).map((snapshots) => Array.from(snapshots, ({ version }) => version));
  };
  const refused = (stream: string, expected: number, actual: number) => ({
    name: "ExpectedVersionError",
    code: "EXPECTED_VERSION_MISMATCH",
    details: { stream, expected, actual },
  });

  it("writes the snapshots of several streams, and several of one", async () => {
    await write(of(ONE, 3), of(TWO, 4), of(ONE, 5), of(THREE, 0));
    deepEqual(await versions(ONE, TWO, THREE), [[5, 3], [4], [0]]);
    await write();
  });

  it("takes the version of the newest one for the stream's, -1 for none", async () => {
    await write(of(ONE, 3, -1), of(TWO, 4, -1));
    await write({ ...of(ONE, 2, 3), snapshot: snapshotNote(ONE, 2, { fingerprint: "b", schemaVersion: 7 }) });
    await write(of(ONE, 9, 3));
    deepEqual(await versions(ONE, TWO), [[9, 3, 2], [4]]);
  });

  it("expects of a stream that is written twice what it was before the call", async () => {
    await write(of(ONE, 3, -1), of(ONE, 5, -1));
    deepEqual(await versions(ONE), [[5, 3]]);
    await rejects(write(of(ONE, 7, 5), of(ONE, 8, 7)), refused(ONE, 7, 5));
    deepEqual(await versions(ONE), [[5, 3]]);
  });

  it("writes none where one stream is at another version, names the first of them, and drops nothing", async () => {
    await write(of(ONE, 3), of(TWO, 4));
    const discard = [{ version: 3, schemaVersion: 1, fingerprint: "a" }];
    for (const stale of [of(TWO, 9, 3), of(TWO, 9, 5), of(TWO, 9, -1)]) {
      const { expectedVersion = 0 } = stale;
      await rejects(
        write({ ...of(ONE, 6, 3), keep: 1, discard }, of(THREE, 1, -1), stale, of(THREE, 2, 9)),
        refused(TWO, expectedVersion, 4),
      );
    }
    await rejects(write(of(THREE, 1, 0), of(ONE, 6)), refused(THREE, 0, -1));
    deepEqual(await versions(ONE, TWO, THREE), [[3], [4], []]);
  });

  it("lets exactly one of 32 concurrent writes replace what all of them expect, with all that it writes", async () => {
    await write(of(ONE, 0));
    const outcomes = await Promise.allSettled(range(32).map((n) => write(of(TWO, n), of(ONE, n + 1, 0))));
    const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
    equal(winners.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") ok(outcome.reason instanceof ExpectedVersionError, String(outcome.reason));
    }
    deepEqual(await versions(ONE, TWO), [[winners[0]! + 1, 0], winners]);
  });

  it("appends to several snapshot streams through the facade, all or none", async () => {
    const snapshot = (version: number) => ({ type: "SNAPSHOT", data: { version, state: { n: version } } });
    const append = (expectedVersion: number, version: number) =>
      at.store.append([
        { stream: TWO, events: [snapshot(version), snapshot(version + 1)] },
        { stream: ONE, expectedVersion, events: [snapshot(version)] },
      ]);
    deepEqual(
      (await append(-1, 4)).map(({ stream, version }) => [stream, version]),
      [
        [TWO, 5],
        [ONE, 4],
      ],
    );
    await rejects(append(3, 8), refused(ONE, 3, 4));
    deepEqual(await versions(ONE, TWO), [[4], [5, 4]]);
    const outcomes = await Promise.allSettled(range(16).map((n) => append(4, 10 * (n + 1))));
    const winners = range(16).filter((n) => outcomes[n]?.status === "fulfilled");
    equal(winners.length, 1);
    const version = 10 * (winners[0]! + 1);
    deepEqual(await versions(ONE, TWO), [
      [version, 4],
      [version + 1, version, 5, 4],
    ]);
  });
}
