import { writeSync } from "node:fs";

import type { EventStoreAdapter, Operation, OperationStores } from "@tidemark/core/adapter";

import { MOVED, release } from "../migrations/released-customers";

/** When a process is killed that migrates rows: before rows are moved, when the first of them are, and before the old table is dropped. */
export const MOMENTS_OF_MIGRATION = ["moving", "moved", "dropping"] as const;

/** One of `MOMENTS_OF_MIGRATION`. */
export type MomentOfMigration = (typeof MOMENTS_OF_MIGRATION)[number];

/**
 * Migrates rows up to a moment, prints a line, and waits to be killed. What `migrationCrashConformance` starts calls it with the store,
 * open already, and the moment that it was given.
 */
export async function migrateUntilKilled(adapter: EventStoreAdapter, moment: MomentOfMigration): Promise<void> {
  const store = adapter.operations!;
  const killed = async (): Promise<never> => {
    writeSync(1, `${moment}\n`);
    return await new Promise<never>(() => setInterval(() => undefined, 1_000));
  };
  const flush = async (operations: readonly Operation[]): Promise<void> => {
    const isMove = operations.some((each) => each.kind === "upsertRows");
    if (isMove && moment === "moving") await killed();
    await store.flush(operations);
    if (isMove && moment === "moved") await killed();
  };
  const readModels = new Proxy(store.readModels, {
    get(target, key) {
      const value: unknown = key === "dropTableUnless" ? killed : Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  }) as OperationStores["readModels"];
  const { domain } = release(adapter, { ...MOVED, store: { operations: { flush, readModels } } });
  await domain.migrateEventStore();
  throw new Error("the migration has ended");
}
