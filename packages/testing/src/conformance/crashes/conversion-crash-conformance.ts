import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { openWallets, walletsOn } from "../aggregate-upkeep/wallets-under-test";
import { testRunner } from "../test-runner";
import { AS_EVENTS, MOMENTS, type MomentOfConversion } from "./convert-until-killed";
import type { CrashConformance, CrashedStore } from "./crash-conformance";

/** What processes are killed on that convert aggregates. */
export interface ConversionCrashConformance extends Omit<CrashConformance, "kills" | "open"> {
  /** Makes a new and empty store that outlives the processes that write it. */
  readonly open: () => Promise<ConvertedStore>;
}

/** A store in which a process converts aggregates until it is killed. */
export interface ConvertedStore extends Omit<CrashedStore, "start"> {
  /** Starts a program that opens the store and calls `convertUntilKilled` with it. Its standard output is a pipe. */
  start(moment: MomentOfConversion): ChildProcess;
}

const IDS = ["w-1", "w-2", "w-3", "w-4"];

/** How many rows are gone by the time of the kill. */
const CONVERTED: Readonly<Record<MomentOfConversion, number>> = { appending: 1, appended: 2, dropping: 4, dropped: 4 };

/**
 * Declares a test for stores that are durable and keep operations: processes are killed while they move aggregates from rows to events.
 * Each aggregate is then in one of the two, and the next process goes on with the rest.
 */
export function conversionCrashConformance({ name, open }: ConversionCrashConformance): void {
  const { describe, it } = testRunner();

  describe(`conversions on ${name}, whose processes are killed`, () => {
    for (const moment of MOMENTS)
      it(`are gone on with when that happened at the moment "${moment}"`, async () => {
        const store = await open();
        try {
          await storeRows(await store.reopen());
          await killAt(store.start(moment), moment);
          await goOn(await store.reopen(), IDS.length - CONVERTED[moment]);
          await check(await store.reopen());
        } finally {
          await store.dispose();
        }
      });
  });
}

async function storeRows(adapter: EventStoreAdapter): Promise<void> {
  const { domain, Wallet, change } = await openWallets(adapter, { storage: { stored: "state" } });
  for (const [n, id] of IDS.entries()) {
    await change(id, { kind: "open", text: `Holder ${n}` });
    await change(id, { kind: "pay", number: 10 ** n });
  }
  await domain.repositoryFor(Wallet).update("w-2", (wallet) => wallet.rename("Renamed without event"));
  await domain.close();
  await adapter.close();
}

async function killAt(child: ChildProcess, moment: MomentOfConversion): Promise<void> {
  ok(child.stdout, "the program has no standard output to read");
  for await (const line of createInterface({ input: child.stdout })) {
    equal(line, moment);
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    return;
  }
  throw new Error("the program ended by itself");
}

async function goOn(adapter: EventStoreAdapter, left: number): Promise<void> {
  const { domain, Wallet } = walletsOn(adapter, AS_EVENTS);
  const { checked, converted, differing, failing } = await domain.convertAggregate(Wallet);
  deepEqual([checked, converted, differing, failing], [left, left, 0, 0]);
  await adapter.close();
}

async function check(adapter: EventStoreAdapter): Promise<void> {
  const { domain, Wallet } = await openWallets(adapter, AS_EVENTS);
  const states: unknown[] = [];
  for (const id of IDS) {
    const { holder, balance } = await domain.repositoryFor(Wallet).get(id);
    const types: string[] = [];
    for await (const { type } of domain.eventStore.read(domain.streamFor(Wallet, id))) types.push(type);
    states.push([id, holder, String(balance), types.filter((type) => type === "Conformance.Moved.v1").length]);
  }
  deepEqual(states, [
    ["w-1", "Holder 0", "1", 1],
    ["w-2", "Renamed without event", "10", 1],
    ["w-3", "Holder 2", "100", 1],
    ["w-4", "Holder 3", "1000", 1],
  ]);
  equal(await adapter.operations!.readModels.has("conformance_wallet_v1"), false);
  await domain.close();
  await adapter.close();
}
