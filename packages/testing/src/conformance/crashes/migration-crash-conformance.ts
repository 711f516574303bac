import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { MOVED, release, started } from "../migrations/released-customers";
import { testRunner } from "../test-runner";
import type { CrashConformance, CrashedStore } from "./crash-conformance";
import { MOMENTS_OF_MIGRATION, type MomentOfMigration } from "./migrate-until-killed";

/** What processes are killed on that migrate rows of aggregates. */
export interface MigrationCrashConformance extends Omit<CrashConformance, "kills" | "open"> {
  /** Makes a new and empty store that outlives the processes that write it. */
  readonly open: () => Promise<MigratedStore>;
}

/** A store in which a process migrates rows until it is killed. */
export interface MigratedStore extends Omit<CrashedStore, "start"> {
  /** Starts a program that opens the store and calls `migrateUntilKilled` with it. Its standard output is a pipe. */
  start(moment: MomentOfMigration): ChildProcess;
}

/** More than are moved in one transaction. */
const COUNT = 150;

/**
 * Declares a test for stores that are durable and keep operations: processes are killed while they move the rows of aggregates to another
 * table. Every row is in one of the tables then, the release before goes on with those that were not moved, and another process ends the
 * migration.
 */
export function migrationCrashConformance({ name, open }: MigrationCrashConformance): void {
  const { describe, it } = testRunner();

  describe(`migrations of rows on ${name}, whose processes are killed`, () => {
    for (const moment of MOMENTS_OF_MIGRATION)
      it(`are gone on with when that happened at the moment "${moment}"`, async () => {
        const store = await open();
        try {
          await fill(store);
          await killAt(store.start(moment), moment);
          await endMigration(store);
        } finally {
          await store.dispose();
        }
      });
  });
}

async function fill(store: MigratedStore): Promise<void> {
  const adapter = await store.reopen();
  const customers = await started(adapter);
  await customers.domain.unitOfWork(async () => {
    for (let n = 0; n < COUNT; n++) await customers.save(`c-${n}`, { email: `${n}@x`, name: `Name ${n}` });
  });
  await customers.domain.close();
  await adapter.close();
}

async function killAt(child: ChildProcess, moment: MomentOfMigration): Promise<void> {
  ok(child.stdout, "the program has no standard output to read");
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    equal(line, moment);
    break;
  }
  child.kill("SIGKILL");
  await ended;
  equal(child.signalCode, "SIGKILL", "the program ended by itself");
}

async function endMigration(store: MigratedStore): Promise<void> {
  const adapter = await store.reopen();
  await release(adapter, MOVED).domain.migrateEventStore();
  const customers = await started(adapter, MOVED);
  equal(await customers.repository().count(), COUNT);
  for (const n of [0, 99, 100, COUNT - 1])
    deepEqual(await customers.shown(`c-${n}`), {
      email: `${n}@x`,
      name: `Name ${n}`,
      isMoved: true,
      id: `c-${n}`,
      version: 0,
    });
  equal(await adapter.operations!.readModels.has("shop_customer_v1"), false);
  await customers.domain.close();
  await adapter.close();
}
