import { deepEqual, equal, ok } from "node:assert/strict";

import type { SnapshotEntry } from "@tidemark/core";

import { UNCACHED } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Bank, openBank } from "./bank-under-test";
import { openAccount } from "./history";

export function overview(at: StoreUnderTest): void {
  const { it } = testRunner();

  async function entriesOf({ domain, Account }: Bank, id?: string): Promise<SnapshotEntry[]> {
    const entries: SnapshotEntry[] = [];
    for await (const entry of domain.snapshotsFor(Account).entries(id)) entries.push(entry);
    return entries;
  }

  it("lists every snapshot with what a load would make of it", async () => {
    const old = await openBank(at.adapter, { config: { snapshots: { compress_above: 0 } } });
    await openAccount(old, "1", 3);
    await old.domain.createSnapshot(old.Account, "1");
    const bank = await openBank(at.adapter, { schemaVersion: 2, config: { snapshots: { compress_above: 10 } } });
    await bank.accounts.update("1", (account) => account.deposit(3));
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(4, 5));
    await openAccount(bank, "2", 3);
    await bank.domain.createSnapshot(bank.Account, "2");
    const shown = ({ id, version, currentVersion, eventsSince, schemaVersion, encoding, usable }: SnapshotEntry) => {
      return { id, version, currentVersion, eventsSince, schemaVersion, encoding, usable };
    };
    const entries = await entriesOf(bank);
    deepEqual(entries.map(shown), [
      { id: "1", version: 3, currentVersion: 5, eventsSince: 2, schemaVersion: 2, encoding: "gzip", usable: true },
      {
        id: "1",
        version: 2,
        currentVersion: 5,
        eventsSince: 3,
        schemaVersion: 1,
        encoding: "json",
        usable: "schema-version",
      },
      { id: "2", version: 2, currentVersion: 2, eventsSince: 0, schemaVersion: 2, encoding: "gzip", usable: true },
    ]);
    for (const { bytes, createdAt } of entries) {
      ok(bytes > 100 && bytes < 2_000, String(bytes));
      ok(Math.abs(createdAt.getTime() - Date.now()) < 600_000);
    }
    deepEqual((await entriesOf(bank, "2")).map(shown), entries.slice(2).map(shown));
    deepEqual(await entriesOf(bank, "nobody"), []);
  });

  it("sums up how many there are, how large and how stale, and what loads made of them", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 1_000 }, snapshot: { threshold: 4 } });
    const manual = await openBank(at.adapter, { config: { snapshots: { mode: "manual" } } });
    for (let n = 1; n <= 12; n++) await openAccount(bank, `a-${n}`, 4 + n);
    await manual.accounts.update("a-1", (account) => account.deposit(...Array<number>(9).fill(1)));
    await manual.accounts.update("a-2", (account) => account.deposit(...Array<number>(8).fill(1)));
    const largest = await bank.domain.snapshotsFor(bank.Account).stats();
    deepEqual(
      largest.largest.map(({ id }) => id),
      Array.from({ length: 10 }, (_, index) => `a-${12 - index}`),
    );
    const { count, staleness, threshold, overTwiceThreshold, schemaVersions, unusable, loads, bytes } = largest;
    ok(bytes > 12 * 100);
    deepEqual(
      { count, threshold, overTwiceThreshold, schemaVersions, unusable, loads },
      {
        count: 12,
        threshold: 4,
        overTwiceThreshold: 1,
        schemaVersions: { 1: 12 },
        unusable: {},
        loads: { hits: 0, misses: {}, hitRate: undefined },
      },
    );
    deepEqual([staleness.aggregates, staleness.eventsSince], [12, { mean: 17 / 12, max: 9 }]);
    ok(staleness.ageMs.max >= staleness.ageMs.mean && staleness.ageMs.mean >= 0);
  });

  it("counts hits, and misses by reason, of this process", async () => {
    const seed = await openBank(at.adapter);
    for (const id of ["1", "2", "3"]) await openAccount(seed, id, 3);
    await seed.domain.createSnapshot(seed.Account, "1");
    await seed.domain.createSnapshot(seed.Account, "2");
    const stream = "conformance::account:snapshot-2";
    const snapshot = await seed.domain.eventStore.readLast(stream);
    const broken = { ...(snapshot?.data as object), state: {} };
    await seed.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: broken }] }]);
    const bank = await openBank(at.adapter, { config: UNCACHED });
    for (const id of ["1", "1", "2", "3"]) await bank.accounts.get(id);
    equal(await bank.accounts.find("nobody"), undefined);
    const { loads, unusable } = await bank.domain.snapshotsFor(bank.Account).stats();
    deepEqual(loads, { hits: 2, misses: { damaged: 1, none: 1 }, hitRate: 0.5 });
    deepEqual(unusable, { damaged: 1 });
  });
}
