import { writeSync } from "node:fs";

import type { EventStoreAdapter, Operation, OperationStores, TableSwitch } from "@tidemark/core/adapter";

import { openTills } from "../projections/tills-to-rebuild";

/** When a process is killed that rebuilds a projection: when rows are folded and written, before the switch, and after it. */
export type MomentOfRebuild = "folded" | "switching" | "switched";

export const MOMENTS: readonly MomentOfRebuild[] = ["folded", "switching", "switched"];

/** How long a dead process keeps others from going on. */
export const SHORT_LEASE = { subscriptions: { lease: "1s" } } as const;

/**
 * Rebuilds a projection up to a moment, prints a line, and waits to be killed. What `rebuildCrashConformance` starts calls it with the
 * store, open already, and the moment that it was given.
 */
export async function rebuildUntilKilled(adapter: EventStoreAdapter, moment: MomentOfRebuild): Promise<never> {
  const store = adapter.operations!;
  // Its timers keep the lease of the process, and with it the process itself, alive.
  const killed = async (): Promise<never> => {
    writeSync(1, `${moment}\n`);
    return await new Promise<never>(() => setInterval(() => undefined, 1_000));
  };
  const flush = async (operations: readonly Operation[]): Promise<void> => {
    await store.flush(operations);
    const isOfRebuild = operations.some((each) => each.kind === "moveCheckpoint" && /rebuild$/.test(each.subscription));
    if (moment === "folded" && isOfRebuild) await killed();
  };
  const switchTable = async (change: TableSwitch): Promise<void> => {
    if (moment === "switching") await killed();
    await store.readModels.switchTable(change);
    await killed();
  };
  const readModels = new Proxy(store.readModels, {
    get: (target, key) => {
      const value: unknown = key === "switchTable" ? switchTable : Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  }) as OperationStores["readModels"];
  const { domain, Takings } = await openTills(adapter, {
    config: SHORT_LEASE,
    store: { operations: { flush, readModels } },
  });
  await domain.rebuildProjection(Takings);
  throw new Error("the rebuild has ended");
}
