import { join } from "node:path";

import { countingIds } from "@tidemark/testing";

import type { SqliteEventStore } from "../src";
import { bundleFixture, startFixture } from "./child-process";
import { openFile, sqliteStore } from "./driver-under-test";
import { openTills } from "./fixtures/tills";
import { append, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";

async function faultsIn(store: SqliteEventStore): Promise<unknown[]> {
  const faults: unknown[] = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  return faults;
}

describe("a file that several processes share", () => {
  it("lets 4 processes create it together and write it at the same time, and keeps every event", async () => {
    const path = join(temporaryFolder(), "shared.db");
    const bundle = bundleFixture("append-many");
    const writers = ["a", "b", "c", "d"].map((name) => startFixture(bundle, [path, name, "150"]));
    await Promise.all(writers.map(({ ended }) => ended));
    expect(writers.map(({ lines }) => lines)).toEqual([["done"], ["done"], ["done"], ["done"]]);

    const store = sqliteStore({ path });
    await store.open();
    for (const name of ["a", "b", "c", "d"]) {
      const own = await store.log.readStream(ref(`own-${name}`), { from: 0, limit: 1_000 });
      expect(own.map(({ id }) => id)).toEqual(Array.from({ length: 150 }, (_, index) => `own-${name}-${index}`));
    }
    const shared = (await store.log.readStream(ref("shared-1"), { from: 0, limit: 1_000 })).map(({ id }) => id);
    expect(shared.length).toBe(600);
    for (const name of ["a", "b", "c", "d"]) {
      const written = shared.filter((id) => id.startsWith(`shared-${name}-`));
      expect(written).toEqual(Array.from({ length: 150 }, (_, index) => `shared-${name}-${index}`));
    }
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
  });

  it("gives each bucket to one of 4 processes that claim together", async () => {
    const path = join(temporaryFolder(), "claimed.db");
    const store = sqliteStore({ path });
    await store.open();
    const buckets = Array.from({ length: 16 }, (_, bucket) => bucket);
    const subscriptions = Array.from({ length: 10 }, (_, n) => `S${n}`);
    await store.operations.subscriptions.layCheckpoints(
      subscriptions.flatMap((subscription) => buckets.map((bucket) => ({ subscription, bucket, position: 0 }))),
    );
    const bundle = bundleFixture("claim-buckets");
    const claimants = ["a", "b", "c", "d"].map((name) => startFixture(bundle, [path, name, ...subscriptions]));
    await Promise.all(claimants.map(({ ended }) => ended));
    const each = subscriptions.flatMap((subscription) => buckets.map((bucket) => `${subscription} ${bucket} 1`));
    expect(claimants.flatMap(({ lines }) => lines).sort()).toEqual(each.sort());
    await store.close();
  });

  it("refuses what a second process adds under ids that begin anew, and keeps what the first one stored", async () => {
    const path = join(temporaryFolder(), "counted.db");
    const first = await openTills(path, { ids: countingIds("id-") });
    await first.open(1);
    await first.domain.close();

    const second = await openTills(path, { ids: countingIds("id-") });
    await expect(second.open(999)).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringMatching(
        /the id "id-\d+" is stored already, at position 0 .* with other contents; give each/,
      ),
    });
    expect((await second.till()).paid).toEqual([1]);
    await second.domain.close();
  });

  it("waits for a lock from the event loop, then gives up with a sentence that names the file", async () => {
    const path = join(temporaryFolder(), "locked.db");
    const store = sqliteStore({ path, busyTimeoutMs: 300 });
    await store.open();
    const other = openFile(path);
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const counting = setInterval(() => turns++, 5);
    await expect(store.log.append([append("account-1", ["a"])])).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Cannot append to SQLite file ".*locked.db": another process held its lock/),
    });
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    expect(await store.log.version(ref("account-1"))).toBe(-1);

    other.exec("ROLLBACK");
    await store.log.append([append("account-1", ["a"])]);
    expect(await store.log.version(ref("account-1"))).toBe(0);
    other.close();
    await store.close();
  });
});
