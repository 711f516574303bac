import { deepEqual, equal } from "node:assert/strict";

import type { RecordedEvent, SnapshotContext } from "@tidemark/core";
import type { SnapshotWrite } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount, snapshotVersion, snapshotVersions } from "./history";

export function writing(at: StoreUnderTest): void {
  const { it } = testRunner();
  const threshold = (snapshot_threshold: number) => ({ config: { snapshot_threshold } });

  it("is in the stream of its own category, with the whole record", async () => {
    const bank = await openBank(at.adapter, threshold(3));
    await openAccount(bank, "a-1", 3);
    const message = await bank.domain.eventStore.readLast("conformance::account:snapshot-a-1");
    const last = await bank.domain.eventStore.readLast("conformance::account-a-1");
    equal(message?.type, "SNAPSHOT");
    const { fingerprint, createdAt, checksum, ...record } = (message as RecordedEvent).data as Record<string, unknown>;
    equal(typeof fingerprint, "string");
    equal(typeof checksum, "number");
    equal(new Date(createdAt as string).toISOString(), createdAt);
    deepEqual(record, {
      aggregateType: "Account",
      aggregateId: "a-1",
      version: 2,
      lastEventId: last?.id,
      schemaVersion: 1,
      encoding: "json",
      metadata: { createdBy: "tidemark", reason: "threshold" },
      state: {
        holder: "Alice",
        openedOn: "2026-02-20T12:00:00.123Z",
        balance: 3,
        coins: "0",
        tags: ["t1", "t2"],
        notes: { "a-b": [null, { deep: -0 }], when: { $date: "2026-02-20T12:00:00.123Z" } },
      },
    });
  });

  it("never shows among the events", async () => {
    const bank = await openBank(at.adapter, threshold(1));
    await openAccount(bank, "1", 2);
    const { eventStore } = bank.domain;
    for (const events of [
      eventStore.readAll({ after: 0 }),
      eventStore.readCategory("conformance::account", { after: 0 }),
    ]) {
      const types: string[] = [];
      for await (const { type } of events) types.push(type);
      deepEqual(types, ["Conformance.AccountOpened.v1", "Conformance.DepositMade.v1"]);
    }
  });

  it("follows a save that brings threshold events since the last one, however many a save brings", async () => {
    const bank = await openBank(at.adapter, threshold(5));
    const versions: number[] = [];
    const account = bank.Account.open("1");
    account.deposit(1, 2);
    await bank.accounts.add(account);
    for (let save = 0; save < 5; save++) {
      versions.push(await snapshotVersion(bank, "1"));
      await bank.accounts.update("1", (loaded) => loaded.deposit(1, 2, 3));
    }
    deepEqual(versions, [-1, 5, 5, 11, 11]);
  });

  it("follows one save of more events than the threshold, at the version saved", async () => {
    const bank = await openBank(at.adapter, threshold(10));
    await openAccount(bank, "1", 16);
    deepEqual(await snapshotVersions(bank, "1"), [15]);
  });

  it("is not written below the threshold, nor with a threshold of 0", async () => {
    const bank = await openBank(at.adapter, threshold(10));
    await openAccount(bank, "1", 9);
    await bank.accounts.get("1");
    deepEqual(await snapshotVersions(bank, "1"), []);
    const off = await openBank(at.adapter, threshold(0));
    await openAccount(off, "2", 50);
    await off.accounts.get("2");
    deepEqual(await snapshotVersions(off, "2"), []);
  });

  it("follows a load that had to replay threshold events: the first one of a long stream", async () => {
    await openAccount(await openBank(at.adapter), "1", 40);
    const bank = await openBank(at.adapter, threshold(40));
    await bank.accounts.get("1");
    deepEqual(await snapshotVersions(bank, "1"), [39]);
  });

  it("does not follow a load of an earlier state", async () => {
    await openAccount(await openBank(at.adapter), "1", 40);
    const bank = await openBank(at.adapter, threshold(10));
    await bank.accounts.get("1", { atVersion: 30 });
    await bank.accounts.get("1", { asOf: new Date(Date.now() + 1_000) });
    deepEqual(await snapshotVersions(bank, "1"), []);
  });

  it("is written on the occasions asked for only", async () => {
    const onSave = await openBank(at.adapter, { config: { snapshot_threshold: 5, snapshots: { on: ["save"] } } });
    await openAccount(await openBank(at.adapter), "1", 20);
    await onSave.accounts.get("1");
    deepEqual(await snapshotVersions(onSave, "1"), []);
    await onSave.accounts.update("1", (account) => account.deposit(1));
    deepEqual(await snapshotVersions(onSave, "1"), [20]);
    const onLoad = await openBank(at.adapter, { config: { snapshot_threshold: 5, snapshots: { on: ["load"] } } });
    await openAccount(onLoad, "2", 20);
    deepEqual(await snapshotVersions(onLoad, "2"), []);
    await onLoad.accounts.get("2");
    deepEqual(await snapshotVersions(onLoad, "2"), [19]);
  });

  it("waits to be asked for in manual mode", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 5, snapshots: { mode: "manual" } } });
    await openAccount(bank, "1", 20);
    await bank.accounts.get("1");
    deepEqual(await snapshotVersions(bank, "1"), []);
    await bank.domain.createSnapshot(bank.Account, "1");
    deepEqual(await snapshotVersions(bank, "1"), [19]);
  });

  it("is there after draining in background mode, with the state of the save that it came with", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 5, snapshots: { mode: "background" } } });
    const account = bank.Account.open("1");
    account.deposit(1, 2, 3, 4);
    await bank.accounts.add(account);
    account.deposit(1_000);
    equal(await bank.domain.drainSnapshots(), 1);
    const snapshot = await bank.domain.snapshotsFor(bank.Account).get("1");
    deepEqual([snapshot?.version, snapshot?.state.balance], [4, 10]);
  });

  it("is not made again by every save while it is being written in the background", async () => {
    const written: number[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const write = async (writes: readonly SnapshotWrite[]) => {
      written.push(...writes.map(({ snapshot }) => snapshot.version));
      await held;
      await at.adapter.snapshots.write(writes);
    };
    const config = { snapshot_threshold: 5, snapshots: { mode: "background" } } as const;
    const bank = await openBank(at.adapter, { config, store: { snapshots: { write } } });
    await openAccount(bank, "1", 5);
    while (written.length === 0) await new Promise(setImmediate);
    for (let save = 0; save < 8; save++) await bank.accounts.update("1", (account) => account.deposit(1));
    release();
    await bank.domain.drainSnapshots();
    deepEqual([written, await snapshotVersions(bank, "1")], [[4, 9], [9]]);
  });

  it("of three aggregates drain as three in background mode", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 2, snapshots: { mode: "background" } } });
    for (const id of ["1", "2", "3"]) await openAccount(bank, id, 4);
    const drained = await bank.domain.drainSnapshots();
    deepEqual(await Promise.all(["1", "2", "3"].map((id) => snapshotVersions(bank, id))), [[3], [3], [3]]);
    equal(drained <= 3, true);
    await openAccount(bank, "4", 4);
    await bank.domain.close();
    deepEqual(await snapshotVersions(await openBank(at.adapter), "4"), [3]);
  });

  it("obeys the operator's file over the decorator, and the decorator over the domain", async () => {
    const decorated = await openBank(at.adapter, { config: { snapshot_threshold: 100 }, snapshot: { threshold: 4 } });
    await openAccount(decorated, "1", 4);
    deepEqual(await snapshotVersions(decorated, "1"), [3]);
    const operated = await openBank(at.adapter, {
      config: { snapshot_threshold: 1, snapshots: { aggregates: { Account: { threshold: 6 } } } },
      snapshot: { threshold: 2 },
    });
    await openAccount(operated, "2", 5);
    deepEqual(await snapshotVersions(operated, "2"), []);
    await operated.accounts.update("2", (account) => account.deposit(1));
    deepEqual(await snapshotVersions(operated, "2"), [5]);
  });

  it("asks a strategy with what happened", async () => {
    const asked: unknown[] = [];
    const when = ({ msSince, replayMs, events, ...context }: SnapshotContext) => {
      asked.push({
        ...context,
        events: events.map((event) => event.constructor.name),
        knowsTime: [msSince, replayMs].every((ms) => ms >= 0),
      });
      return context.version === 3;
    };
    const bank = await openBank(at.adapter, { snapshot: { when } });
    await openAccount(bank, "1", 2);
    await bank.accounts.update("1", (account) => account.deposit(5, 6));
    deepEqual(asked, [
      {
        aggregateType: "Account",
        aggregateId: "1",
        occasion: "save",
        version: 1,
        eventsSince: 2,
        replayed: 0,
        events: ["AccountOpened", "DepositMade"],
        knowsTime: true,
      },
      {
        aggregateType: "Account",
        aggregateId: "1",
        occasion: "load",
        version: 1,
        eventsSince: 2,
        replayed: 2,
        events: [],
        knowsTime: true,
      },
      {
        aggregateType: "Account",
        aggregateId: "1",
        occasion: "save",
        version: 3,
        eventsSince: 4,
        replayed: 0,
        events: ["DepositMade", "DepositMade"],
        knowsTime: true,
      },
    ]);
    deepEqual(await snapshotVersions(bank, "1"), [3]);
  });

  it("keeps as many as it is told, the newest ones", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 2, snapshots: { keep: 3 } } });
    await openAccount(bank, "1", 2);
    for (let save = 0; save < 5; save++) await bank.accounts.update("1", (account) => account.deposit(1, 2));
    deepEqual(await snapshotVersions(bank, "1"), [11, 9, 7]);
    equal((await bank.accounts.get("1", { atVersion: 8 })).version, 8);
  });
}
