import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import type { LoadRequest } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function creation(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("by id answers with the snapshot that is stored", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 4);
    const before = Date.now();
    const snapshot = await bank.domain.createSnapshot(bank.Account, "1", { metadata: { createdBy: "ops", ticket: 7 } });
    const { aggregateId, aggregateType, version, schemaVersion, stream, metadata, encoding } = snapshot;
    deepEqual(
      { aggregateId, aggregateType, version, schemaVersion, stream, metadata, encoding },
      {
        aggregateId: "1",
        aggregateType: "Account",
        version: 3,
        schemaVersion: 1,
        stream: "conformance::account:snapshot-1",
        metadata: { createdBy: "ops", reason: "manual", ticket: 7 },
        encoding: "json",
      },
    );
    ok(snapshot.createdAt.getTime() >= before - 1 && snapshot.createdAt.getTime() <= Date.now() + 1);
    deepEqual(await bank.domain.snapshotsFor(bank.Account).get("1"), snapshot);
  });

  it("by id folds only what came after the last one, unless a rebuild is asked for", async () => {
    const froms: (number | undefined)[] = [];
    const load = async (request: LoadRequest) => {
      const loaded = await at.adapter.load(request);
      froms.push(loaded.snapshot?.version);
      return loaded;
    };
    const bank = await openBank(at.adapter, { store: { load } });
    await openAccount(bank, "1", 4);
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(1));
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.domain.createSnapshot(bank.Account, "1", { rebuild: true });
    deepEqual(froms, [undefined, 3, 3, undefined]);
  });

  it("of an account that does not exist is refused", async () => {
    const bank = await openBank(at.adapter);
    await rejects(bank.domain.createSnapshot(bank.Account, "nobody"), { code: "OBJECT_NOT_FOUND" });
    deepEqual(await snapshotVersions(bank, "nobody"), []);
  });

  it("from a live account needs no load, and refuses unsaved events, earlier states and new accounts", async () => {
    const bank = await openBank(at.adapter);
    const account = bank.Account.open("1");
    account.deposit(5);
    await rejects(bank.domain.createSnapshot(account), { code: "INCORRECT_USAGE" });
    await bank.accounts.add(account);
    equal((await bank.domain.createSnapshot(account)).version, 1);
    account.deposit(6);
    await rejects(bank.domain.createSnapshot(account), /1 unsaved event/);
    await rejects(bank.domain.createSnapshot(await bank.accounts.get("1", { atVersion: 0 })), /earlier state/);
    await rejects(bank.domain.createSnapshot(bank.Account.createNew({ id: "2" })), /no events yet/);
    deepEqual(await snapshotVersions(bank, "1"), [1]);
  });

  it("of all brings those up to date that are not, counts the others, and goes on past broken ones", async () => {
    const bank = await openBank(at.adapter);
    for (let n = 0; n < 100; n++) await openAccount(bank, `a-${n}`, 3);
    await bank.domain.createSnapshot(bank.Account, "a-5");
    const broken = ["a-10", "a-50", "a-99"];
    for (const id of broken) {
      const unknown = { type: "Conformance.Unheard.v1", data: {} };
      await bank.domain.eventStore.append([{ stream: bank.domain.streamFor(bank.Account, id), events: [unknown] }]);
    }
    const steps: string[] = [];
    const run = await bank.domain.createSnapshots(bank.Account, {
      concurrency: 8,
      onProgress: ({ id }) => steps.push(id),
    });
    deepEqual(
      { ...run, failed: run.failed.map(({ id }) => id).toSorted() },
      { created: 96, unchanged: 1, failed: broken },
    );
    equal(new Set(steps).size, 100);
    for (const { error } of run.failed) deepEqual((error as { code: string }).code, "UNKNOWN_EVENT");
    const again = await bank.domain.createSnapshots(bank.Account);
    deepEqual([again.created, again.unchanged, again.failed.length], [0, 97, 3]);
    const rebuilt = await bank.domain.createAllSnapshots({ rebuild: true });
    deepEqual([Object.keys(rebuilt), rebuilt.Account?.created], [["Account"], 97]);
  });

  it("of all writes nothing in a dry run, and stops when told", async () => {
    const bank = await openBank(at.adapter);
    for (let n = 0; n < 20; n++) await openAccount(bank, `${n}`, 3);
    const dry = await bank.domain.createSnapshots(bank.Account, { dryRun: true });
    deepEqual([dry.created, await snapshotVersions(bank, "0")], [20, []]);
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    const run = await bank.domain.createSnapshots(bank.Account, { signal: abort.signal, concurrency: 1, onProgress });
    deepEqual(run, { created: 1, unchanged: 0, failed: [], stopped: true });
    await rejects(bank.domain.createSnapshots(bank.Account, { concurrency: 0 }), { code: "INCORRECT_USAGE" });
  });

  it("can be undone at any moment: deleted snapshots cost time and nothing else", async () => {
    const bank = await openBank(at.adapter);
    for (const id of ["1", "2"]) {
      await openAccount(bank, id, 4);
      await bank.domain.createSnapshot(bank.Account, id);
    }
    const snapshots = bank.domain.snapshotsFor(bank.Account);
    deepEqual(
      [await snapshots.exists("1"), await snapshots.delete("1"), await snapshots.delete("1")],
      [true, true, false],
    );
    deepEqual([await snapshots.exists("1"), await snapshots.deleteAll(), await snapshots.deleteAll()], [false, 1, 0]);
    equal((await bank.accounts.get("1")).balance, 6);
  });

  it("compresses large states, and reads them whatever is set since", async () => {
    const bank = await openBank(at.adapter, { config: { snapshots: { compress_above: 200 } } });
    await openAccount(bank, "small", 2);
    await openAccount(bank, "large", 500);
    const encodings = async () => {
      const run = ["small", "large"].map(async (id) => (await bank.domain.createSnapshot(bank.Account, id)).encoding);
      return await Promise.all(run);
    };
    deepEqual(await encodings(), ["json", "gzip"]);
    const never = await openBank(at.adapter, { config: { snapshots: { compress_above: 0 } } });
    for (const id of ["small", "large"]) await never.accounts.update(id, (account) => account.deposit(1));
    equal((await never.accounts.get("large")).tags.length, 500);
    equal((await never.domain.createSnapshot(never.Account, "large")).encoding, "json");
    equal((await bank.accounts.get("large")).tags.length, 500);
    deepEqual([bank.warnings, never.warnings], [[], []]);
  });

  it("refuses a state above max_state_bytes", async () => {
    const bank = await openBank(at.adapter, { config: { snapshots: { max_state_bytes: 500 } } });
    await openAccount(bank, "1", 300);
    await rejects(bank.domain.createSnapshot(bank.Account, "1"), { code: "VALIDATION_FAILED" });
    deepEqual(await snapshotVersions(bank, "1"), []);
  });
}
