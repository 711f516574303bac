import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { RebuildError, type RebuildResult } from "@tidemark/core";
import type { EventStoreAdapter, Operation, OperationStores, TableSwitch } from "@tidemark/core/adapter";

import { openTills } from "../projections/tills-to-rebuild";

/** When a process is killed that rebuilds a projection: when rows are folded and written, before the switch, and after it. */
export const MOMENTS = ["folded", "switching", "switched"] as const;

/** `never` for one that is to go on to the end. */
export type MomentOfRebuild = (typeof MOMENTS)[number] | "never";

/** How long a dead process keeps others from going on. */
export const SHORT_LEASE = { subscriptions: { lease: "1s" } } as const;

/** What a rebuild prints that has come to its end. */
export interface EndedRebuild extends Pick<RebuildResult, "rows" | "events"> {
  /** How many events it found folded already. */
  readonly found: number;
}

/**
 * Rebuilds a projection up to a moment, prints a line, and waits to be killed. What `rebuildCrashConformance` starts calls it with the
 * store, open already, and the moment that it was given.
 */
export async function rebuildUntilKilled(adapter: EventStoreAdapter, moment: MomentOfRebuild): Promise<void> {
  if (moment === "never") await rebuildToTheEnd(adapter);
  else await rebuildUpTo(moment, adapter);
}

/** Refused as long as a dead process may still be at it. */
async function rebuildToTheEnd(adapter: EventStoreAdapter): Promise<void> {
  const { domain, Takings } = await openTills(adapter, { config: SHORT_LEASE });
  for (;;) {
    let found: number | undefined;
    try {
      const { rows, events } = await domain.rebuildProjection(Takings, {
        onProgress: (each) => (found ??= each.events),
      });
      const ended: EndedRebuild = { rows, events, found: found ?? 0 };
      writeSync(1, `${JSON.stringify(ended)}\n`);
      await domain.close();
      return await adapter.close();
    } catch (error) {
      if (!(error instanceof RebuildError && /another rebuild/.test(error.message))) throw error;
      await pause(50);
    }
  }
}

async function rebuildUpTo(moment: MomentOfRebuild, adapter: EventStoreAdapter): Promise<never> {
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
