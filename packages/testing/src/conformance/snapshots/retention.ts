import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Bank, openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function retention(at: StoreUnderTest): void {
  const { it } = testRunner();
  const config = { snapshots: { keep: 10 } };

  /** Snapshots at the versions 1, 2, 3, … */
  async function snapshotted(bank: Bank, id: string, snapshots: number): Promise<void> {
    await openAccount(bank, id, 1);
    for (let count = 0; count < snapshots; count++) {
      await bank.accounts.update(id, (account) => account.deposit(1));
      await bank.domain.createSnapshot(bank.Account, id);
    }
  }

  it("keeps the newest of each aggregate, and tells how many went", async () => {
    const bank = await openBank(at.adapter, { config });
    await snapshotted(bank, "1", 5);
    await snapshotted(bank, "2", 2);
    await snapshotted(bank, "3", 1);
    const snapshots = bank.domain.snapshotsFor(bank.Account);
    equal(await snapshots.prune({ keep: 2, dryRun: true }), 3);
    equal(await snapshots.prune({ keep: 2 }), 3);
    deepEqual(await Promise.all(["1", "2", "3"].map((id) => snapshotVersions(bank, id))), [[5, 4], [2, 1], [1]]);
    equal(await snapshots.prune({ keep: 2 }), 0);
    equal((await bank.accounts.get("1")).balance, 5);
    deepEqual(bank.warnings, []);
  });

  it("counts per schema version and shape, so that no version of the application loses its own", async () => {
    const [old, other] = [
      await openBank(at.adapter, { config }),
      await openBank(at.adapter, { config, schemaVersion: 2, withBranch: true }),
    ];
    await snapshotted(old, "1", 3);
    for (let count = 0; count < 3; count++) {
      await other.accounts.update("1", (account) => account.deposit(1));
      await other.domain.createSnapshot(other.Account, "1");
    }
    equal(await other.domain.snapshotsFor(other.Account).prune({ keep: 1 }), 4);
    const kept = await old.domain.snapshotsFor(old.Account).list("1");
    deepEqual(
      kept.map(({ schemaVersion, version }) => [schemaVersion, version]),
      [
        [2, 6],
        [1, 3],
      ],
    );
  });

  it("does not count those that cannot be read, and removes them", async () => {
    const bank = await openBank(at.adapter, { config });
    await snapshotted(bank, "1", 3);
    const stream = "conformance::account:snapshot-1";
    const newest = await bank.domain.eventStore.readLast(stream);
    const broken = { ...(newest?.data as object), state: { balance: "tampered" } };
    await bank.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: broken }] }]);
    equal(await bank.domain.snapshotsFor(bank.Account).prune({ keep: 1 }), 2);
    deepEqual(await snapshotVersions(bank, "1"), [2]);
    equal((await bank.accounts.get("1")).balance, 3);
    deepEqual(bank.warnings, []);
  });

  it("refuses to keep nothing", async () => {
    const bank = await openBank(at.adapter);
    for (const keep of [0, -1, 1.5, Number.NaN])
      await rejects(bank.domain.snapshotsFor(bank.Account).prune({ keep }), { code: "INCORRECT_USAGE" });
  });
}
