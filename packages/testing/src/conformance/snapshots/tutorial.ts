import { deepEqual, equal } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

/** What tutorials on snapshots show, with our numbering: an account of 16 events is at version 15. */
export function tutorial(at: StoreUnderTest): void {
  const { it } = testRunner();
  const config = (mode: "sync" | "background" | "manual") => ({ snapshot_threshold: 10, snapshots: { mode } });

  it("threshold 10, one save of 16 events: in sync mode it is there when the save returns", async () => {
    const bank = await openBank(at.adapter, { config: config("sync") });
    await openAccount(bank, "acc-1", 16);
    deepEqual(await snapshotVersions(bank, "acc-1"), [15]);
    equal((await bank.accounts.get("acc-1")).version, 15);
  });

  it("threshold 10, one save of 16 events: in background mode it is there after draining", async () => {
    const bank = await openBank(at.adapter, { config: config("background") });
    await openAccount(bank, "acc-1", 16);
    equal(await bank.domain.drainSnapshots(), 1);
    deepEqual(await snapshotVersions(bank, "acc-1"), [15]);
  });

  it("threshold 10, one save of 16 events: in manual mode it is not there before it is asked for", async () => {
    const bank = await openBank(at.adapter, { config: config("manual") });
    await openAccount(bank, "acc-1", 16);
    equal(await bank.domain.drainSnapshots(), 0);
    deepEqual(await snapshotVersions(bank, "acc-1"), []);
    equal((await bank.domain.createSnapshot(bank.Account, "acc-1")).version, 15);
    deepEqual(await snapshotVersions(bank, "acc-1"), [15]);
  });

  for (const mode of ["sync", "background"] as const) {
    it(`a schema bump after that loads by full replay, and a new one is written in ${mode} mode`, async () => {
      const before = await openBank(at.adapter, { config: config(mode) });
      await openAccount(before, "acc-1", 16);
      await before.domain.drainSnapshots();
      let froms: unknown[] = [];
      const load: typeof at.adapter.load = async (request) => {
        const loaded = await at.adapter.load(request);
        froms.push(loaded.snapshot?.schemaVersion);
        return loaded;
      };
      const bank = await openBank(at.adapter, { config: config(mode), schemaVersion: 2, store: { load } });
      const account = await bank.accounts.get("acc-1");
      deepEqual([account.version, account.balance, froms], [15, 120, [undefined]]);
      await bank.domain.drainSnapshots();
      const snapshots = bank.domain.snapshotsFor(bank.Account);
      const schemaVersions = async () => (await snapshots.list("acc-1")).map(({ schemaVersion }) => schemaVersion);
      deepEqual(await schemaVersions(), [2, 1]);
      equal(await snapshots.deleteAll({ schemaVersionBelow: 2 }), 1);
      deepEqual(await schemaVersions(), [2]);
      froms = [];
      equal((await bank.accounts.get("acc-1")).balance, 120);
      deepEqual(froms, [2]);
    });
  }

  it("a schema bump is followed by a new one on the next save where loads write none", async () => {
    await openAccount(await openBank(at.adapter, { config: config("sync") }), "acc-1", 16);
    const onSave = { snapshot_threshold: 10, snapshots: { on: ["save" as const] } };
    const bank = await openBank(at.adapter, { config: onSave, schemaVersion: 2 });
    await bank.accounts.update("acc-1", (account) => account.deposit(1));
    const kept = await bank.domain.snapshotsFor(bank.Account).list("acc-1");
    deepEqual(
      kept.map(({ schemaVersion, version }) => [schemaVersion, version]),
      [
        [2, 16],
        [1, 15],
      ],
    );
  });

  it("threshold 5 with saves of three events each snapshots", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 5, snapshots: { keep: 10 } } });
    await openAccount(bank, "acc-1", 3);
    for (let save = 0; save < 4; save++) await bank.accounts.update("acc-1", (account) => account.deposit(1, 2, 3));
    deepEqual(await snapshotVersions(bank, "acc-1"), [11, 5]);
  });
}
