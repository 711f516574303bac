import { join } from "node:path";

import { EventsBehind } from "../src/events-behind";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), "behind.db");
});

async function opened() {
  const store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
  return store;
}

it("knows the events of others once they are noticed, and not those that were rolled back", async () => {
  const store = await opened();
  await store.log.append([append("account-1", ["a", "b"]), append("account-2", ["c"])]);
  inFile(path, (database) => {
    const behind = new EventsBehind(database);
    behind.bringUpTo(0, 3);
    expect(["a", "b", "c", "d"].filter((id) => behind.has(id))).toEqual(["a", "b", "c"]);
    expect([1, 2, 3].map((stream) => behind.endOf(stream))).toEqual([1, 0, -1]);
    behind.add("d", 2, 1, 4);
    expect([behind.has("d"), behind.endOf(2)]).toEqual([true, 1]);
    behind.forget();
    behind.bringUpTo(0, 3);
    expect([behind.has("d"), behind.endOf(2), behind.has("c")]).toEqual([false, 0, true]);
  });
  await store.close();
});

it("two stores that append by turns each refuse what the other has stored, at whatever number of events", async () => {
  const stores = [await opened(), await opened()];
  for (let n = 0; n < 100; n++) {
    const [one, other] = n % 3 === 0 ? stores : stores.toReversed();
    await one!.log.append([append("account-1", [`e${n}`], n - 1)]);
    await expect(other!.log.append([append("account-2", [`e${n}`])])).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
    await expect(other!.log.append([append("account-1", ["stale"], n - 1)])).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
    });
    await expect(one!.log.append([append("account-1", ["x", "x"], n)])).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
  }
  const { messages } = await stores[0]!.log.readAll({ after: 0, limit: 999, categories: ["account"] });
  expect(messages.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, n) => `e${n}`));
  expect(await stores[1]!.log.listStreams("account", { limit: 9 })).toEqual(["account-1"]);
  for (const store of stores) {
    const faults = [];
    for await (const page of store.verify()) faults.push(...page.faults);
    expect(faults).toEqual([]);
    await store.close();
  }
});

it("an append whose transaction is rolled back leaves its ids free and its stream without a number", async () => {
  const store = await opened();
  const state = { ...ref("cart-1"), version: 3, data: "{}" };
  const refused = { also: [{ kind: "putState" as const, state, expectedVersion: 2 }] };
  await expect(store.log.append([append("account-1", ["a", "b"], -1)], refused)).rejects.toMatchObject({
    code: "EXPECTED_VERSION_MISMATCH",
  });
  const [alone, shared, other] = await Promise.allSettled([
    store.log.append([append("account-2", ["c"], -1)]),
    store.log.append([append("account-3", ["a"], -1)], refused),
    store.log.append([append("account-4", ["a"], -1)]),
  ]);
  expect([alone.status, shared.status, other.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await store.log.append([append("account-1", ["b"], -1)])).toMatchObject([{ version: 0 }]);
  expect(await store.log.listStreams("account", { limit: 9 })).toEqual(["account-1", "account-2", "account-4"]);
  const faults = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  expect(faults).toEqual([]);
  await store.close();
});

it("refuses to go on in a file whose log ends before events that it has appended, and stores nothing", async () => {
  const store = await opened();
  await store.log.append([append("account-1", ["a"]), append("account-2", ["b"])]);
  inFile(path, (database) => database.exec("DELETE FROM event_log WHERE global_position = 2"));
  const next = store.log.append([append("account-3", ["c"])]);
  await expect(next).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringMatching(/event_log is damaged/),
  });
  inFile(path, (database) => {
    expect(database.values("SELECT count(*) FROM event_log").get()).toBe(1);
  });
  expect(store.log.version(ref("account-1"))).toBe(0);
  await store.close();
});
