import { writeSync } from "node:fs";

import type { EventLog, EventStoreAdapter, ReadModelStore } from "@tidemark/core/adapter";

import { type WalletRelease, walletsOn } from "../aggregate-upkeep/wallets-under-test";

/** When a process is killed that converts aggregates: before and after it stores the second one, and before and after it drops the table. */
export const MOMENTS = ["appending", "appended", "dropping", "dropped"] as const;

/** One of `MOMENTS`. */
export type MomentOfConversion = (typeof MOMENTS)[number];

/** The release whose wallets are stored as events. */
export const AS_EVENTS: WalletRelease = { storage: { stored: "events" }, opening: {} };

/**
 * Converts aggregates up to a moment, prints a line, and waits to be killed. What `conversionCrashConformance` starts calls it with the
 * store, open already, and the moment that it was given.
 */
export async function convertUntilKilled(adapter: EventStoreAdapter, moment: MomentOfConversion): Promise<never> {
  const { log, operations } = adapter;
  const killed = async (): Promise<never> => {
    writeSync(1, `${moment}\n`);
    return await new Promise<never>(() => setInterval(() => undefined, 1_000));
  };
  let appends = 0;
  const append: EventLog["append"] = async (...args) => {
    appends++;
    if (moment === "appending" && appends === 2) await killed();
    const appended = await log.append(...args);
    if (moment === "appended" && appends === 2) await killed();
    return appended;
  };
  const stored = operations!.readModels;
  const dropTableUnless: ReadModelStore["dropTableUnless"] = async (rows) => {
    if (moment === "dropping") await killed();
    await stored.dropTableUnless(rows);
    return await killed();
  };
  const readModels = new Proxy(stored, {
    get: (target, key) => {
      const value: unknown = key === "dropTableUnless" ? dropTableUnless : Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  }) as ReadModelStore;
  const store = { log: { append }, operations: { readModels } };
  const { domain, Wallet } = walletsOn(adapter, { ...AS_EVENTS, store });
  await domain.convertAggregate(Wallet);
  throw new Error("the conversion has ended");
}
