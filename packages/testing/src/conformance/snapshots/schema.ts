import { deepEqual, equal, rejects } from "node:assert/strict";

import { LARGE_NUMBERS } from "../event-store/sample-events";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount } from "./history";

export function schema(at: StoreUnderTest): void {
  const { it } = testRunner();
  const config = { snapshot_threshold: 5 };

  it("bumped: the old snapshot is not used, and the next load writes a new one", async () => {
    await openAccount(await openBank(at.adapter, { config, schemaVersion: 1 }), "1", 6);
    const bank = await openBank(at.adapter, { config, schemaVersion: 2 });
    equal((await bank.accounts.get("1")).balance, 15);
    const versions = (await bank.domain.snapshotsFor(bank.Account).list("1")).map(({ schemaVersion }) => schemaVersion);
    deepEqual(versions.toSorted(), [1, 2]);
    equal(await bank.domain.snapshotsFor(bank.Account).deleteAll({ schemaVersionBelow: 2 }), 1);
    deepEqual(
      (await bank.domain.snapshotsFor(bank.Account).list("1")).map((one) => one.schemaVersion),
      [2],
    );
  });

  it("left behind: they can be deleted of one aggregate alone", async () => {
    const before = await openBank(at.adapter, { config, schemaVersion: 1 });
    for (const id of ["1", "2"]) await openAccount(before, id, 6);
    const bank = await openBank(at.adapter, { config, schemaVersion: 2 });
    for (const id of ["1", "2"]) await bank.accounts.get(id);
    const snapshots = bank.domain.snapshotsFor(bank.Account);
    const schemas = async (id: string) => (await snapshots.list(id)).map((one) => one.schemaVersion).toSorted();
    equal(await snapshots.delete("1", { schemaVersionBelow: 1 }), false);
    equal(await snapshots.delete("1", { schemaVersionBelow: 2 }), true);
    deepEqual([await schemas("1"), await schemas("2")], [[2], [1, 2]]);
  });

  it("as large as a store keeps: used, and deleted below whatever number", async () => {
    const largest = 2 ** 31 - 1;
    await openAccount(await openBank(at.adapter, { config, schemaVersion: largest }), "1", 6);
    const bank = await openBank(at.adapter, { config, schemaVersion: largest });
    const snapshots = bank.domain.snapshotsFor(bank.Account);
    equal((await bank.accounts.get("1")).balance, 15);
    equal((await snapshots.get("1"))?.schemaVersion, largest);
    equal(await snapshots.deleteAll({ schemaVersionBelow: largest }), 0);
    equal(await snapshots.deleteAll({ schemaVersionBelow: Number.MAX_SAFE_INTEGER }), 1);
    for (const schemaVersionBelow of [0, 1.5, 2 ** 53, Number.NaN])
      await rejects(snapshots.deleteAll({ schemaVersionBelow }), { code: "INCORRECT_USAGE" });
  });

  it("does not keep a load at a version beyond every one from saying what the latest is", async () => {
    const bank = await openBank(at.adapter, { config });
    await openAccount(bank, "1", 6);
    for (const atVersion of LARGE_NUMBERS) {
      const details = { aggregate: "Account", id: "1", asked: `at version ${atVersion}`, latestVersion: 5 };
      await rejects(bank.accounts.get("1", { atVersion }), { name: "ObjectNotFoundError", details });
    }
    for (const atVersion of [-1, 0.5, 2 ** 53])
      await rejects(bank.accounts.get("1", { atVersion }), { code: "INCORRECT_USAGE" });
  });

  it("newer than the code: not used", async () => {
    await openAccount(await openBank(at.adapter, { config, schemaVersion: 3 }), "1", 6);
    const bank = await openBank(at.adapter, { schemaVersion: 2 });
    equal((await bank.accounts.get("1")).version, 5);
    deepEqual(
      (await bank.domain.snapshotsFor(bank.Account).list("1")).map((one) => one.schemaVersion),
      [3],
    );
  });

  it("changed without a bump: the fingerprint keeps the old snapshot from being used", async () => {
    await openAccount(await openBank(at.adapter, { config }), "1", 6);
    const bank = await openBank(at.adapter, { withBranch: true });
    const account = await bank.accounts.get("1");
    equal("branch" in account && account.branch, "main");
  });

  it("versions side by side each keep their own latest, and do not evict the other's", async () => {
    const [blue, green] = [
      await openBank(at.adapter, { config }),
      await openBank(at.adapter, { config, schemaVersion: 2 }),
    ];
    await openAccount(blue, "1", 6);
    await green.accounts.get("1");
    for (let round = 0; round < 3; round++) {
      await blue.accounts.update("1", (account) => account.deposit(1, 2, 3, 4, 5));
      await green.accounts.update("1", (account) => account.deposit(1, 2, 3, 4, 5));
    }
    const kept = await blue.domain.snapshotsFor(blue.Account).list("1");
    deepEqual(kept.map(({ schemaVersion }) => schemaVersion).toSorted(), [1, 2]);
    const [one, other] = [await blue.accounts.get("1"), await green.accounts.get("1")];
    deepEqual([one.balance, one.version], [other.balance, other.version]);
    deepEqual([blue.warnings, green.warnings], [[], []]);
  });
}
