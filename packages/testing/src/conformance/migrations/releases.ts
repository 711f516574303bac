import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation } from "@tidemark/core/adapter";
import { z } from "zod";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { failingAfter } from "./moving";
import { FIRST, type Release, release, started } from "./released-customers";

const EXTENDED: Release = { fields: { ...FIRST, tier: z.string().default("basic") } };
const SECOND: Release = {
  schemaVersion: 2,
  fields: { ...FIRST, version2: z.boolean().default(true) },
  migrations: { 1: (state) => state },
};
const ANN = { email: "ann@x", name: "Ann" };
const BOB = { email: "bob@x", name: "Bob" };

export function releases(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** A store that does something before the rows of a migration are moved for the first time. */
  const meanwhile = (work: () => Promise<void>) => {
    const operations = at.adapter.operations!;
    let isDone = false;
    const flush = async (all: readonly Operation[]): Promise<void> => {
      const isMove = all.some((each) => each.kind === "upsertRows" && each.table.name === "shop_customer_v2");
      if (isMove && !isDone) {
        isDone = true;
        await work();
      }
      await operations.flush(all);
    };
    return { operations: { flush } };
  };

  it("write to an extended table at the same time, and start again, without a loss for the other one", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", ANN);
    const second = release(at.adapter, EXTENDED);
    await second.domain.migrateEventStore();
    await second.start();
    await second.change("c-1", { tier: "gold" });
    await first.change("c-1", { name: "Anna" });
    await first.save("c-2", BOB);
    const third = await started(at.adapter);
    await third.change("c-1", { email: "anna@x" });
    deepEqual(await second.shown("c-1"), { email: "anna@x", name: "Anna", tier: "gold", id: "c-1", version: 3 });
    deepEqual(await second.shown("c-2"), { ...BOB, tier: "basic", id: "c-2", version: 0 });
  });

  it("find conflicts with each other on an extended table", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", ANN);
    const second = release(at.adapter, EXTENDED);
    await second.domain.migrateEventStore();
    await second.start();
    const stale = await first.repository().get("c-1");
    await second.change("c-1", { tier: "gold" });
    stale.change({ name: "Anna" });
    await rejects(first.repository().add(stale), { code: "EXPECTED_VERSION_MISMATCH" });
    await first.change("c-1", { name: "Anne" });
    deepEqual(await second.shown("c-1"), { ...ANN, name: "Anne", tier: "gold", id: "c-1", version: 2 });
  });

  it("lose nothing that the older one writes while rows are moved", async () => {
    const first = await started(at.adapter);
    for (const id of ["c-1", "c-2", "c-3"]) await first.save(id, ANN);
    const work = async () => {
      await first.change("c-1", { name: "Changed" });
      await first.save("c-4", BOB);
      await first.domain.unitOfWork(async () => first.repository().delete(await first.repository().get("c-3")));
    };
    await release(at.adapter, { ...SECOND, store: meanwhile(work) }).domain.migrateEventStore();
    const second = await started(at.adapter, SECOND);
    const shown = await Promise.all(["c-1", "c-2", "c-4"].map((id) => second.shown(id)));
    deepEqual(shown, [
      { ...ANN, name: "Changed", version2: true, id: "c-1", version: 1 },
      { ...ANN, version2: true, id: "c-2", version: 0 },
      { ...BOB, version2: true, id: "c-4", version: 0 },
    ]);
    equal(await second.repository().find("c-3"), undefined);
  });

  it("refuse to save and to load a row that was moved on, with the reason", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", ANN);
    const stale = await first.repository().get("c-1");
    // Ends before the old table is dropped.
    const cutOff = release(at.adapter, { ...SECOND, store: failingAfter(at, 4) });
    await rejects(cutOff.domain.migrateEventStore(), /killed/);
    stale.change({ name: "Anna" });
    await rejects(first.repository().add(stale), { code: "EXPECTED_VERSION_MISMATCH" });
    await rejects(first.repository().get("c-1"), /its row was moved on from schema version 1 by a later release/);
    await rejects(first.save("c-1", BOB), { code: "EXPECTED_VERSION_MISMATCH" });
    await release(at.adapter, SECOND).domain.migrateEventStore();
    deepEqual(await (await started(at.adapter, SECOND)).shown("c-1"), {
      ...ANN,
      version2: true,
      id: "c-1",
      version: 0,
    });
  });

  it("refuse to save a new aggregate where its table is gone, and to start again", async () => {
    const first = await started(at.adapter);
    await first.save("c-1", ANN);
    await release(at.adapter, SECOND).domain.migrateEventStore();
    await rejects(first.save("c-2", BOB), /shop_customer_v1/);
    await rejects(started(at.adapter), {
      code: "INVALID_CONFIGURATION",
      message:
        /Customer declares schema version 1, and a later release has moved its rows to schema version 2: run that release/,
    });
    equal(await at.adapter.operations!.readModels.has("shop_customer_v1"), false);
    equal(await (await started(at.adapter, SECOND)).repository().count(), 1);
  });

  it("migrate at the same time, each row once", async () => {
    const first = await started(at.adapter);
    for (let n = 0; n < 30; n++) await first.save(`c-${n}`, { ...ANN, name: String(n) });
    await Promise.all([1, 2, 3].map(() => release(at.adapter, SECOND).domain.migrateEventStore()));
    const second = await started(at.adapter, SECOND);
    equal(await second.repository().count(), 30);
    for (let n = 0; n < 30; n++)
      deepEqual(await second.shown(`c-${n}`), { ...ANN, name: String(n), version2: true, id: `c-${n}`, version: 0 });
  });

  it("go on with a migration that was cut off at any moment", async () => {
    const first = await started(at.adapter);
    await first.domain.unitOfWork(async () => {
      for (let n = 0; n < 120; n++) await first.save(`c-${n}`, { ...ANN, name: String(n) });
    });
    let calls = 0;
    for (let isDone = false; !isDone; calls++) {
      const attempt = release(at.adapter, { ...SECOND, store: failingAfter(at, calls) });
      isDone = await attempt.domain.migrateEventStore().then(
        () => true,
        (error: Error) => {
          if (error.message !== "killed") throw error;
          return false;
        },
      );
      if (calls > 40) throw new Error("no end is in sight");
    }
    const second = await started(at.adapter, SECOND);
    equal(await second.repository().count(), 120);
    deepEqual(await second.shown("c-7"), { ...ANN, name: "7", version2: true, id: "c-7", version: 0 });
  });
}
