import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateMigrationPlan, EventStoreMigration } from "@tidemark/core";
import { z } from "zod";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { FIRST, type Release, release, started } from "./released-customers";

const TABLE = "shop_customer_v1";
const SECOND: Release = {
  fields: {
    ...FIRST,
    phone: z.string().optional(),
    tier: z.enum(["basic", "it's gold"]).default("it's gold"),
    limit: z.number().default(0.5),
    tags: z.array(z.string()).default(["new"]),
    since: z.date().default(new Date(1_700_000_000_123)),
    left: z.boolean().nullable(),
  },
};
const ADDED = {
  phone: undefined,
  tier: "it's gold",
  limit: 0.5,
  tags: ["new"],
  since: new Date(1_700_000_000_123),
  left: null,
};

export function extending(at: StoreUnderTest): void {
  const { it } = testRunner();

  const columns = async () => (await at.adapter.operations!.readModels.columnsOf(TABLE))?.map(({ name }) => name);
  const kinds = ({ aggregates = [] }: EventStoreMigration) =>
    aggregates.flatMap(({ steps }: AggregateMigrationPlan) => steps.map(({ kind }) => kind));

  it("adds columns with their defaults, and finds nothing to do afterwards", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", { email: "ann@x", name: "Ann" });
    const second = release(at.adapter, SECOND);
    const { aggregates } = await second.domain.migrateEventStore();
    deepEqual(
      aggregates?.map(({ aggregate, refusals, steps }) => ({
        aggregate,
        refusals,
        steps: steps.map((each) => each.description),
      })),
      [
        {
          aggregate: "Customer",
          refusals: [],
          steps: [
            `adds the columns phone (text), tier (text, "it's gold" in rows that are there), limit (number, 0.5 in rows that are there), tags (json, "[\\"new\\"]" in rows that are there), since (time, 1700000000123 in rows that are there), left (boolean) to the table ${TABLE}`,
          ],
        },
      ],
    );
    await second.start();
    deepEqual(await second.shown("c-1"), { email: "ann@x", name: "Ann", ...ADDED, id: "c-1", version: 0 });
    equal((await release(at.adapter, SECOND).domain.migrateEventStore()).aggregates, undefined);
    await (await started(at.adapter, SECOND)).change("c-1", { tier: "basic", phone: "1" });
    const { tier, phone } = (await second.shown("c-1")) as { readonly tier: string; readonly phone: string };
    deepEqual([tier, phone], ["basic", "1"]);
  });

  it("is asked for when a release starts whose table lacks columns, which stays as it is", async () => {
    await (await started(at.adapter)).save("c-1", { email: "ann@x", name: "Ann" });
    await rejects(started(at.adapter, SECOND), {
      code: "INVALID_CONFIGURATION",
      message:
        /^the tables of aggregates: the stored rows of Customer do not fit its shape: run "domain eventstore migrate" before this release is started, which adds the columns phone \(text\), .* to the table shop_customer_v1$/,
    });
    deepEqual(await columns(), ["id", "email", "name", "_version"]);
  });

  it("changes nothing in a dry run", async () => {
    await (await started(at.adapter)).save("c-1", { email: "ann@x", name: "Ann" });
    const plans: EventStoreMigration[] = [];
    const onPlan = (plan: EventStoreMigration) => void plans.push(plan);
    const outcome = await release(at.adapter, SECOND).domain.migrateEventStore({ dryRun: true, onPlan });
    deepEqual(kinds(outcome), ["addColumns"]);
    deepEqual(plans, [outcome]);
    deepEqual(await columns(), ["id", "email", "name", "_version"]);
  });

  it("leaves columns of fields that are gone, and their values for releases that have them", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", { email: "ann@x", name: "Ann" });
    const second = await started(at.adapter, { fields: { email: z.string() } });
    await second.change("c-1", { email: "ann@y" });
    deepEqual(await second.shown("c-1"), { email: "ann@y", id: "c-1", version: 1 });
    deepEqual(await first.shown("c-1"), { email: "ann@y", name: "Ann", id: "c-1", version: 1 });
    deepEqual(await columns(), ["id", "email", "name", "_version"]);
  });

  const refused: Readonly<Record<string, readonly [Release, RegExp]>> = {
    "a required field": [
      { fields: { ...FIRST, phone: z.string() } },
      /the table shop_customer_v1 does not fit Customer: it has no column phone, and its rows have no value for phone, which is required; raise its schemaVersion to 2, and declare @domain\.snapshotMigration\(\{ aggregate: Customer, from: 1, to: 2 \}\)/,
    ],
    "another type": [
      { fields: { ...FIRST, name: z.number() } },
      /does not fit Customer: it has the column name of type text, and name needs number; raise its schemaVersion to 2/,
    ],
  };
  for (const [title, [declared, message]] of Object.entries(refused))
    it(`refuses ${title} at the start and when it migrates, and changes nothing`, async () => {
      await (await started(at.adapter)).save("c-1", { email: "ann@x", name: "Ann" });
      await rejects(started(at.adapter, declared), { code: "INVALID_CONFIGURATION", message });
      const plans: EventStoreMigration[] = [];
      const migration = release(at.adapter, declared).domain.migrateEventStore({ onPlan: (plan) => plans.push(plan) });
      await rejects(migration, { code: "INVALID_CONFIGURATION", message });
      equal(plans[0]?.aggregates?.[0]?.refusals.length, 1);
      deepEqual(await columns(), ["id", "email", "name", "_version"]);
    });

  it("refuses a field that is required from now on only where rows have no value for it", async () => {
    const optional = { fields: { ...FIRST, phone: z.string().optional() } };
    const required = { fields: { ...FIRST, phone: z.string() } };
    const first = await started(at.adapter, optional);
    await first.save("c-1", { email: "ann@x", name: "Ann", phone: "1" });
    await first.save("c-2", { email: "bob@x", name: "Bob" });
    const message = /its column phone is empty in 1 row, and phone is required/;
    await rejects(started(at.adapter, required), { message });
    await first.change("c-2", { phone: "2" });
    await started(at.adapter, required);
  });

  it("checks rows whose fields have another form, and names those that do not fit", async () => {
    const first = await started(at.adapter, { fields: { ...FIRST, tier: z.enum(["basic", "gold"]) } });
    await first.save("c-1", { email: "ann@x", name: "Ann", tier: "basic" });
    await first.save("c-2", { email: "bob@x", name: "Bob", tier: "gold" });
    const narrower = { fields: { ...FIRST, tier: z.enum(["basic", "silver"]) } };
    await rejects(started(at.adapter, narrower), {
      message: /checks whether the 2 rows of the table shop_customer_v1 fit tier, declared otherwise than before/,
    });
    await rejects(release(at.adapter, narrower).domain.migrateEventStore(), {
      code: "INVALID_CONFIGURATION",
      message: /^the rows of aggregates \(none was changed\): Customer "c-2" in the table shop_customer_v1: tier: /,
    });
    await first.change("c-2", { tier: "basic" });
    deepEqual(kinds(await release(at.adapter, narrower).domain.migrateEventStore()), ["checkRows"]);
    const second = await started(at.adapter, narrower);
    await second.change("c-2", { tier: "silver" });
    await started(at.adapter, { fields: { ...FIRST, tier: z.enum(["basic", "gold"]) } });
  });

  it("adds unique indexes, unless rows have the same values", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", { email: "ann@x", name: "Ann" });
    await first.save("c-2", { email: "ann@x", name: "Bob" });
    const unique: Release = { unique: ["email"] };
    await rejects(started(at.adapter, unique), {
      message: /adds a unique index on email to the 2 rows of the table shop_customer_v1/,
    });
    await rejects(release(at.adapter, unique).domain.migrateEventStore(), {
      code: "INVALID_CONFIGURATION",
      message:
        /^Cannot migrate Customer: rows of the table shop_customer_v1 have the same email, which it declares to be unique/,
    });
    await first.change("c-2", { email: "bob@x" });
    deepEqual(kinds(await release(at.adapter, unique).domain.migrateEventStore()), ["addIndexes"]);
    const second = await started(at.adapter, unique);
    await rejects(second.save("c-3", { email: "ann@x", name: "Cat" }), { code: "UNIQUE_VIOLATION" });
    await rejects(first.save("c-3", { email: "ann@x", name: "Cat" }), { code: "UNIQUE_VIOLATION" });
  });
}
