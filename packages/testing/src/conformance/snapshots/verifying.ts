import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";

import type { SnapshotVerification } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Bank, openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function verifying(at: StoreUnderTest): void {
  const { it } = testRunner();
  const doubled = { worth: (amount: number) => 2 * amount };

  async function verified({ domain, Account }: Bank, repair = false): Promise<SnapshotVerification[]> {
    const found: SnapshotVerification[] = [];
    for await (const each of domain.snapshotsFor(Account).verify({ repair })) found.push(each);
    return found;
  }

  const outcomes = (found: readonly SnapshotVerification[]) => found.map(({ id, outcome }) => `${id}: ${outcome}`);

  it("finds a snapshot equal to what its events say at its version", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 6);
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(5));
    const equalAtFive = { id: "1", version: 5, outcome: "equal", differences: [], repaired: false };
    deepEqual(await bank.domain.snapshotsFor(bank.Account).verify("1"), equalAtFive);
    deepEqual(await verified(bank), [equalAtFive]);
  });

  it("finds changed @apply logic, with the path and both values of each difference", async () => {
    const before = await openBank(at.adapter);
    await openAccount(before, "1", 3);
    await before.domain.createSnapshot(before.Account, "1");
    const bank = await openBank(at.adapter, doubled);
    deepEqual(await bank.domain.snapshotsFor(bank.Account).verify("1"), {
      id: "1",
      version: 2,
      outcome: "drift",
      differences: [{ path: "balance", snapshot: 3, events: 6 }],
      repaired: false,
    });
    equal((await bank.accounts.get("1")).balance, 3);
  });

  it("goes through all aggregates, in order, those without events included", async () => {
    const before = await openBank(at.adapter);
    for (const id of ["drifted", "missing", "equal"]) await openAccount(before, id, 3);
    await before.domain.createSnapshot(before.Account, "drifted");
    const bank = await openBank(at.adapter, doubled);
    await bank.domain.createSnapshot(bank.Account, "equal");
    const other = await bank.domain.eventStore.readLast("conformance::account:snapshot-equal");
    const stream = "conformance::account:snapshot-ghost";
    await bank.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: other?.data }] }]);
    deepEqual(outcomes(await verified(bank)), [
      "drifted: drift",
      "equal: equal",
      "ghost: unusable",
      "missing: missing",
    ]);
    deepEqual(outcomes(await verified(bank, true)).length, 4);
    deepEqual(outcomes(await verified(bank)), ["drifted: equal", "equal: equal", "missing: missing"]);
  });

  it("goes on past aggregates whose events cannot be folded any more", async () => {
    const before = await openBank(at.adapter);
    for (const id of ["1", "2"]) {
      await openAccount(before, id, id === "1" ? 3 : 1);
      await before.domain.createSnapshot(before.Account, id);
    }
    const worth = () => {
      throw new Error("the logic has a bug");
    };
    const bank = await openBank(at.adapter, { worth });
    const reason =
      'Cannot read position 1 of stream "conformance::account-1": its event "Conformance.DepositMade.v1" cannot be folded: the logic has a bug';
    deepEqual(await verified(bank, true), [
      { id: "1", version: -1, outcome: "failed", differences: [], reason, repaired: false },
      { id: "2", version: 0, outcome: "equal", differences: [], repaired: false },
    ]);
    deepEqual(await snapshotVersions(bank, "1"), [2]);
  });

  it("says why a snapshot is unusable", async () => {
    const before = await openBank(at.adapter);
    await openAccount(before, "1", 3);
    await before.domain.createSnapshot(before.Account, "1");
    const bank = await openBank(at.adapter, { schemaVersion: 2 });
    const { outcome, reason, explanation } = await bank.domain.snapshotsFor(bank.Account).verify("1");
    deepEqual([outcome, reason], ["unusable", "schema-version"]);
    ok(explanation?.includes("schema version is 1"), explanation);
  });

  it("rewrites what drifted or is unusable when told to repair, from the events alone", async () => {
    const before = await openBank(at.adapter, { config: { snapshots: { keep: 3 } } });
    for (const id of ["1", "2"]) {
      await openAccount(before, id, 3);
      await before.domain.createSnapshot(before.Account, id);
      await before.accounts.update(id, (account) => account.deposit(3));
      await before.domain.createSnapshot(before.Account, id);
    }
    await before.domain.snapshotsFor(before.Account).delete("2");
    const bank = await openBank(at.adapter, { ...doubled, config: { snapshots: { keep: 3 } } });
    const [first, second] = await verified(bank, true);
    deepEqual([first?.outcome, first?.repaired, second?.outcome, second?.repaired], ["drift", true, "missing", false]);
    deepEqual(await snapshotVersions(bank, "1"), [3]);
    equal((await bank.domain.snapshotsFor(bank.Account).get("1"))?.metadata.reason, "repair");
    equal((await bank.accounts.get("1")).balance, 12);
    equal((await bank.accounts.get("1", { atVersion: 2 })).balance, 6);
    deepEqual(outcomes(await verified(bank)), ["1: equal", "2: missing"]);
  });

  it("sees a migration that gives another state than the events", async () => {
    const before = await openBank(at.adapter);
    await openAccount(before, "1", 3);
    await before.domain.createSnapshot(before.Account, "1");
    const migrate = (state: Record<string, any>) => ({ ...state, balance: state.balance * 100 });
    const bank = await openBank(at.adapter, { schemaVersion: 2, migrations: [{ from: 1, to: 2, migrate }] });
    const { outcome, differences } = await bank.domain.snapshotsFor(bank.Account).verify("1");
    deepEqual([outcome, differences], ["drift", [{ path: "balance", snapshot: 300, events: 3 }]]);
    deepEqual(outcomes(await verified(bank, true)), ["1: drift"]);
    deepEqual(outcomes(await verified(bank)), ["1: equal"]);
    equal((await before.accounts.get("1")).balance, 3);
    deepEqual(before.warnings, []);
  });

  it("ends after the aggregates in hand when its signal is aborted", async () => {
    const bank = await openBank(at.adapter);
    for (const id of ["1", "2", "3", "4", "5", "6"]) await openAccount(bank, id, 1);
    const stop = new AbortController();
    const found: SnapshotVerification[] = [];
    const verifications = bank.domain.snapshotsFor(bank.Account).verify({ concurrency: 2, signal: stop.signal });
    for await (const each of verifications) {
      found.push(each);
      stop.abort();
    }
    deepEqual(outcomes(found), ["1: missing", "2: missing"]);
  });

  it("refuses an id that nobody has, and a concurrency that makes no sense", async () => {
    const bank = await openBank(at.adapter);
    const snapshots = bank.domain.snapshotsFor(bank.Account);
    await rejects(snapshots.verify("nobody"), { code: "OBJECT_NOT_FOUND" });
    throws(() => snapshots.verify({ concurrency: 0 }), { code: "INCORRECT_USAGE" });
  });
}
