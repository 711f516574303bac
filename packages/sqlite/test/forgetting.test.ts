import { join } from "node:path";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder();
let files = 0;

/** A store with six events of one stream, of which the first three were forgotten, and one of another one behind each. */
async function storeWithForgotten(alter?: string): Promise<SqliteEventStore> {
  const path = join(folder, `forgotten-${files++}.db`);
  const store = sqliteStore({ path });
  await store.open();
  for (let round = 0; round < 6; round++)
    await store.log.append([
      append("account-1", [`a${round}`], round - 1),
      append("order-1", [`o${round}`], round - 1),
    ]);
  await store.log.forget({ category: "account", before: 2 ** 50, after: 0, upTo: 6, limit: 10 });
  await store.close();
  if (alter !== undefined) inFile(path, (database) => database.exec(alter));
  await store.open();
  return store;
}

async function faultsIn(store: SqliteEventStore) {
  const faults: { stream: string; position: number; reason: string }[] = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  await store.close();
  return faults;
}

it("is known to a store that is opened again, whose chains go on", async () => {
  const store = await storeWithForgotten();
  const kept = await store.log.readStream(ref("account-1"), { from: 0, limit: 9 });
  expect(kept.map(({ id, position }) => [id, position])).toEqual([
    ["a3", 3],
    ["a4", 4],
    ["a5", 5],
  ]);
  await store.log.append([append("account-1", ["a6"], 5)]);
  expect((await store.log.loadPage({ ...ref("account-1"), after: 2, limit: 9 })).lastId).toBe("a6");
  expect(await faultsIn(store)).toEqual([]);
});

it("is told from a row that is missing behind it, in the stream and in the global order", async () => {
  const store = await storeWithForgotten("DELETE FROM event_log WHERE id = 'a3'");
  const missing = { code: "DESERIALIZATION_FAILED", details: { stream: "account-1", position: 3 } };
  await expect(async () => store.log.readStream(ref("account-1"), { from: 0, limit: 9 })).rejects.toMatchObject(
    missing,
  );
  await expect(async () => store.log.readAll({ after: 0, limit: 99 })).rejects.toMatchObject({
    message: expect.stringContaining("the event with global position 7 is missing"),
  });
  expect(await faultsIn(store)).toContainEqual({
    stream: "account-1",
    position: 3,
    reason: "the rows up to position 3 are missing",
  });
});

it("is found out where somebody deletes rows by hand", async () => {
  const store = await storeWithForgotten("DELETE FROM event_log WHERE id IN ('o0', 'o1')");
  await expect(async () => store.log.readAll({ after: 0, limit: 99 })).rejects.toMatchObject({
    message: expect.stringContaining("the event with global position 2 is missing"),
  });
  expect((await faultsIn(store)).map(({ stream, position }) => [stream, position])).toContainEqual(["order-1", 0]);
});

it("does not go on from a record of it that was altered", async () => {
  const store = await storeWithForgotten("UPDATE stream_starts SET position = 4");
  const damaged = { code: "DESERIALIZATION_FAILED", details: { stream: "account-1", position: 4 } };
  await expect(async () => store.log.readStream(ref("account-1"), { from: 0, limit: 9 })).rejects.toMatchObject(
    damaged,
  );
  expect(await store.log.listStreams("account", { limit: 9 })).toEqual(["account-1"]);
  expect(await faultsIn(store)).toContainEqual({
    stream: "account-1",
    position: 4,
    reason: "the record of its start was damaged or altered after it was written",
  });
});

it("is not done where the row that the rest goes on from is damaged", async () => {
  const store = await storeWithForgotten("UPDATE event_log SET id = 'x' WHERE id = 'a4'");
  const forget = async () => store.log.forget({ category: "account", before: 2 ** 50, after: 0, upTo: 12, limit: 99 });
  await expect(forget()).rejects.toMatchObject({
    code: "DESERIALIZATION_FAILED",
    details: { stream: "account-1", position: 4 },
  });
  const left = await store.log.readStream(ref("account-1"), { from: 5, limit: 9 });
  expect(left.map(({ id }) => id)).toEqual(["a5"]);
  await store.close();
});
