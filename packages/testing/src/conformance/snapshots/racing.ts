import { deepEqual, equal } from "node:assert/strict";

import type { SnapshotWrite } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function racing(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("loads that cross the threshold together leave one snapshot", async () => {
    await openAccount(await openBank(at.adapter), "1", 50);
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 10 } });
    const balances = await Promise.all(Array.from({ length: 32 }, async () => (await bank.accounts.get("1")).balance));
    deepEqual(balances, Array(32).fill((49 * 50) / 2));
    deepEqual([await snapshotVersions(bank, "1"), bank.warnings], [[49], []]);
  });

  it("a write of an older one that finishes last does not become the latest", async () => {
    const held: (readonly SnapshotWrite[])[] = [];
    const write = (writes: readonly SnapshotWrite[]) => void held.push(writes);
    const slow = await openBank(at.adapter, { store: { snapshots: { write } } });
    await openAccount(slow, "1", 4);
    await slow.domain.createSnapshot(slow.Account, "1");
    const bank = await openBank(at.adapter);
    await bank.accounts.update("1", (account) => account.deposit(100));
    await bank.domain.createSnapshot(bank.Account, "1");
    deepEqual(
      held.map((writes) => writes.map(({ snapshot }) => snapshot.version)),
      [[3]],
    );
    for (const writes of held) await at.adapter.snapshots.write(writes);
    deepEqual(await snapshotVersions(bank, "1"), [4]);
    equal((await bank.accounts.get("1")).balance, 106);
  });

  it("saves and snapshots of one account by many writers end in the right state", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 3, snapshots: { keep: 2 } } });
    await openAccount(bank, "1", 1);
    const deposit = async () => {
      await bank.accounts.update("1", (account) => account.deposit(1), { retries: 1_000 });
      await bank.domain.createSnapshot(bank.Account, "1");
    };
    await Promise.all(Array.from({ length: 16 }, deposit));
    const account = await bank.accounts.get("1");
    deepEqual([account.version, account.balance, bank.warnings], [16, 16, []]);
    equal((await snapshotVersions(bank, "1"))[0], 16);
  });
}
