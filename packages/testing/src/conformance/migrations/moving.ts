import { deepEqual, equal, rejects } from "node:assert/strict";

import type { EventStoreMigration, MigrationProgress } from "@tidemark/core";
import { z } from "zod";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { FIRST, type Release, release, started } from "./released-customers";

/** Names have two parts from the second schema version on. */
const SECOND: Release = {
  schemaVersion: 2,
  fields: { email: z.string(), given: z.string(), family: z.string(), joined: z.date().nullable().default(null) },
  migrations: {
    1: ({ name, ...state }) => {
      const [given, family] = String(name).split(" ");
      return { ...state, given, family };
    },
  },
};
const THIRD: Release = {
  schemaVersion: 3,
  fields: { contact: z.object({ email: z.string(), given: z.string() }), family: z.string() },
  migrations: {
    ...SECOND.migrations,
    2: ({ email, given, family }) => ({ contact: { email, given }, family }),
  },
};

export function moving(at: StoreUnderTest): void {
  const { it } = testRunner();

  const has = async (table: string) => at.adapter.operations!.readModels.has(table);
  const described = ({ aggregates = [] }: EventStoreMigration) =>
    aggregates.flatMap(({ steps }) => steps.map(({ description }) => description));
  const fill = async (count: number, declared?: Release) => {
    const first = await started(at.adapter, declared);
    await first.domain.unitOfWork(async () => {
      for (let n = 1; n <= count; n++) await first.save(`c-${n}`, { email: `${n}@x`, name: `Given${n} Family${n}` });
    });
    return first;
  };

  it("takes rows to the table of the new schema version through the declared migrations, and drops the old table", async () => {
    const first = await fill(2);
    await first.change("c-2", { email: "two@x" });
    const plan = described(await release(at.adapter, SECOND).domain.migrateEventStore());
    deepEqual(plan, [
      "moves the 2 rows of the table shop_customer_v1 to shop_customer_v2, by CustomerFrom1",
      "drops the table shop_customer_v1",
    ]);
    const second = await started(at.adapter, SECOND);
    const moved = { family: "Family2", given: "Given2", joined: null };
    deepEqual(await second.shown("c-2"), { ...moved, email: "two@x", id: "c-2", version: 1 });
    deepEqual([await has("shop_customer_v1"), await has("shop_customer_v2")], [false, true]);
    equal(await at.adapter.operations!.readModels.viewedTable("shop_customer"), "shop_customer_v2");
    await second.change("c-1", { family: "Other" });
    equal((await release(at.adapter, SECOND).domain.migrateEventStore()).aggregates, undefined);
  });

  it("is asked for when a release starts before, and changes nothing in a dry run", async () => {
    const first = await fill(1);
    await rejects(started(at.adapter, SECOND), {
      code: "INVALID_CONFIGURATION",
      message:
        /run "domain eventstore migrate" before this release is started, which moves the 1 row of the table shop_customer_v1 to shop_customer_v2, by CustomerFrom1$/,
    });
    const { domain } = release(at.adapter, SECOND);
    equal(described(await domain.migrateEventStore({ dryRun: true })).length, 2);
    equal(await has("shop_customer_v2"), false);
    await first.change("c-1", { name: "Still here" });
  });

  it("goes over several schema versions at once, and over what an earlier migration has left", async () => {
    await fill(3);
    const failing = release(at.adapter, { ...SECOND, store: failingAfter(at, 2) });
    await rejects(failing.domain.migrateEventStore(), /killed/);
    await release(at.adapter, THIRD).domain.migrateEventStore();
    const third = await started(at.adapter, THIRD);
    for (const n of [1, 2, 3]) {
      const contact = { email: `${n}@x`, given: `Given${n}` };
      deepEqual(await third.shown(`c-${n}`), { contact, family: `Family${n}`, id: `c-${n}`, version: 0 });
    }
    deepEqual(await Promise.all([1, 2, 3].map((n) => has(`shop_customer_v${n}`))), [false, false, true]);
  });

  it("moves many rows, and tells how far it is", async () => {
    await fill(250);
    const told: MigrationProgress[] = [];
    await release(at.adapter, SECOND).domain.migrateEventStore({ onProgress: (progress) => told.push(progress) });
    const progress = (phase: string, ...counts: readonly number[]) =>
      counts.map((rows) => ({ aggregate: "Customer", phase, rows, total: 250 }));
    deepEqual(told, [...progress("checking", 100, 200, 250), ...progress("moving", 100, 200, 250)]);
    equal(await (await started(at.adapter, SECOND)).repository().count(), 250);
  });

  it("changes nothing where a row does not fit, and names the rows", async () => {
    const first = await fill(2);
    await first.change("c-2", { name: "Nofamily" });
    const message =
      /^the rows of aggregates \(none was changed\): Customer "c-2" in the table shop_customer_v1: its migrated state does not fit Customer: family: /;
    const { domain } = release(at.adapter, SECOND);
    await rejects(domain.migrateEventStore({ dryRun: true }), { code: "INVALID_CONFIGURATION", message });
    await rejects(domain.migrateEventStore(), { code: "INVALID_CONFIGURATION", message });
    equal(await has("shop_customer_v2"), false);
    await first.change("c-2", { name: "With Family" });
    await domain.migrateEventStore();
  });

  it("refuses rows that no migration starts from, and needs none where there are no rows", async () => {
    const { migrations: _, ...without } = SECOND;
    const first = await fill(1);
    const message =
      /the table shop_customer_v1 has 1 row of Customer in schema version 1, from which no migration leads to 2: declare @domain\.snapshotMigration\(\{ aggregate: Customer, from: 1, to: 2 \}\)/;
    await rejects(started(at.adapter, without), { code: "INVALID_CONFIGURATION", message });
    await rejects(release(at.adapter, without).domain.migrateEventStore(), { code: "INVALID_CONFIGURATION", message });
    await first.domain.unitOfWork(async () => {
      const customer = await first.repository().get("c-1");
      await first.repository().delete(customer);
    });
    await started(at.adapter, without);
    equal(await has("shop_customer_v1"), false);
  });

  it("refuses rows that a unique index of the new version forbids, naming one", async () => {
    const first = await fill(2);
    await first.change("c-2", { email: "1@x" });
    const unique = { ...SECOND, unique: ["email"] };
    await rejects(release(at.adapter, unique).domain.migrateEventStore(), {
      code: "INVALID_CONFIGURATION",
      message:
        'Cannot move the row of Customer "c-2" from shop_customer_v1 to shop_customer_v2: another one has the same email',
    });
    await first.change("c-2", { email: "2@x" });
    await release(at.adapter, unique).domain.migrateEventStore();
    equal(await (await started(at.adapter, unique)).repository().count(), 2);
  });

  it("folds the rows from their events where those are the truth", async () => {
    const both = { stored: "both", truth: "events" } as const;
    const first = await fill(2, { options: both });
    await first.change("c-2", { name: "Other Name" });
    const second: Release = {
      options: both,
      schemaVersion: 2,
      fields: { ...FIRST, phone: z.string().default("none") },
    };
    const plan = described(await release(at.adapter, second).domain.migrateEventStore());
    deepEqual(plan, [
      "moves the 2 rows of the table shop_customer_v1 to shop_customer_v2, folded from their events",
      "drops the table shop_customer_v1",
    ]);
    const { shown } = await started(at.adapter, second);
    deepEqual(await shown("c-2"), { email: "2@x", name: "Other Name", phone: "none", id: "c-2", version: 1 });
  });

  it("keeps every value exactly", async () => {
    const fields = {
      whole: z.int(),
      ratio: z.number(),
      big: z.bigint(),
      day: z.date(),
      isOpen: z.boolean(),
      nothing: z.string().nullable().optional(),
      taxID: z.string().nullable(),
      details: z.object({ list: z.array(z.date()), sum: z.bigint() }),
    };
    const values = {
      whole: 2 ** 53 - 1,
      ratio: 0.1,
      big: 2n ** 70n,
      day: new Date(1_700_000_000_123),
      isOpen: false,
      taxID: null,
      details: { list: [new Date(7)], sum: -(2n ** 70n) },
    };
    const first = await started(at.adapter, { fields });
    await first.save("c-1", values);
    await first.save("c-2", { ...values, nothing: null });
    const before = [await first.shown("c-1"), await first.shown("c-2")];
    const second: Release = { fields, schemaVersion: 2, migrations: { 1: (state) => state } };
    await release(at.adapter, second).domain.migrateEventStore();
    const { shown } = await started(at.adapter, second);
    deepEqual([await shown("c-1"), await shown("c-2")], before);
  });
}

/** Methods of a store that ends with the calls after so many that change something. */
export function failingAfter(at: StoreUnderTest, calls: number) {
  const operations = at.adapter.operations!;
  let left = calls;
  const guarded = <F extends (...args: any[]) => unknown>(method: F): F =>
    (async (...args: Parameters<F>) => {
      if (left-- <= 0) throw new Error("killed");
      return await method(...args);
    }) as unknown as F;
  const { readModels } = operations;
  const changing = ["createTable", "extendTable", "dropTable", "dropTableUnless", "createView"] as const;
  const replaced = new Map<string, unknown>(
    changing.map((name) => [name, guarded((readModels[name] as (...args: any[]) => unknown).bind(readModels))]),
  );
  return {
    operations: {
      flush: guarded(operations.flush.bind(operations)),
      readModels: new Proxy(readModels, {
        get(target, key) {
          const value: unknown = replaced.get(key as string) ?? Reflect.get(target, key);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      }),
    },
  };
}
