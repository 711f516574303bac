import { deepEqual, equal, rejects } from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import type { LoadRequest } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import type { ReplacedMethods } from "../lent-store";
import { testRunner } from "../test-runner";
import { openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function failing(at: StoreUnderTest): void {
  const { it } = testRunner();
  const brokenWrites: ReplacedMethods = {
    snapshots: { write: () => Promise.reject(new Error("the disk is gone")) },
  };

  it("writes fail neither the save nor the load that they came with", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 3 }, store: brokenWrites });
    await openAccount(bank, "1", 4);
    equal((await bank.accounts.get("1")).balance, 6);
    deepEqual(
      bank.warnings.map(({ message }) => message),
      Array(2).fill('Snapshot of Account "1" not written: the disk is gone'),
    );
    deepEqual(await snapshotVersions(bank, "1"), []);
  });

  it("writes in the background fail nothing either, and are drained", async () => {
    const config = { snapshot_threshold: 3, snapshots: { mode: "background" } } as const;
    const bank = await openBank(at.adapter, { config, store: brokenWrites });
    await openAccount(bank, "1", 4);
    equal(await bank.domain.drainSnapshots(), 1);
    deepEqual(
      bank.warnings.map(({ message }) => message),
      ['Snapshot of Account "1" not written: the disk is gone'],
    );
    equal((await bank.accounts.get("1")).balance, 6);
    await bank.domain.close();
  });

  it("writes asked for by hand are told of", async () => {
    const bank = await openBank(at.adapter, { store: brokenWrites });
    await openAccount(bank, "1", 4);
    await rejects(bank.domain.createSnapshot(bank.Account, "1"), /the disk is gone/);
    const run = await bank.domain.createSnapshots(bank.Account);
    deepEqual({ ...run, failed: run.failed.map(({ id }) => id) }, { created: 0, unchanged: 0, failed: ["1"] });
  });

  it("strategies fail no save", async () => {
    const when = () => {
      throw new Error("the strategy has a bug");
    };
    const bank = await openBank(at.adapter, { snapshot: { when } });
    await openAccount(bank, "1", 4);
    equal((await bank.accounts.get("1")).version, 3);
    deepEqual(bank.warnings[0]?.message, 'Snapshot of Account "1" not written: the strategy has a bug');
  });

  it("reads give way to a full replay, with a warning", async () => {
    const seed = await openBank(at.adapter);
    await openAccount(seed, "1", 6);
    await seed.domain.createSnapshot(seed.Account, "1");
    const load = async (request: LoadRequest) => {
      if (request.snapshots !== undefined) throw new Error("snapshots are out of reach");
      return await at.adapter.load(request);
    };
    const bank = await openBank(at.adapter, { store: { load } });
    equal((await bank.accounts.get("1")).balance, 15);
    deepEqual(bank.warnings, [
      {
        message: 'Snapshot of Account "1" not used: snapshots are out of reach; its state comes from the events',
        reason: "read-failed",
      },
    ]);
  });

  it("reads that hang give way after read_timeout_ms", async () => {
    const seed = await openBank(at.adapter);
    await openAccount(seed, "1", 6);
    await seed.domain.createSnapshot(seed.Account, "1");
    const load = async (request: LoadRequest) => {
      if (request.snapshots !== undefined) await pause(60_000, undefined, { ref: false });
      return await at.adapter.load(request);
    };
    const bank = await openBank(at.adapter, { config: { snapshots: { read_timeout_ms: 20 } }, store: { load } });
    equal((await bank.accounts.get("1")).balance, 15);
    deepEqual(
      bank.warnings.map(({ reason }) => reason),
      ["read-timeout"],
    );
  });

  it("events are an error, never papered over: those below an unusable snapshot are gone", async () => {
    const seed = await openBank(at.adapter);
    await openAccount(seed, "1", 6);
    await seed.domain.createSnapshot(seed.Account, "1");
    const load = async (request: LoadRequest) => {
      const loaded = await at.adapter.load(request);
      // A stream of which only the end is left: its store answers a full replay with an error.
      if (request.snapshots === undefined || loaded.snapshot === undefined)
        return await at.adapter.load({ ...request, stream: "conformance::account-gone" });
      return { ...loaded, snapshot: { ...loaded.snapshot, fault: "its checksum does not match" } };
    };
    const bank = await openBank(at.adapter, { store: { load } });
    await rejects(bank.accounts.get("1"));
  });
}
