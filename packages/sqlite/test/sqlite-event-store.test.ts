import { join } from "node:path";
import { eventStoreConformance } from "@tidemark/testing/conformance";

import { sqliteStore } from "./driver-under-test";
import { append, ref } from "./messages";
import { sqliteFile } from "./sqlite-file";
import { temporaryFolder } from "./temporary-folder";

eventStoreConformance(sqliteFile);

eventStoreConformance({
  name: "the SQLite event store in memory",
  abilities: { durable: false, sharedByProcesses: false, detectsDamage: true },
  open: async () => {
    const adapter = sqliteStore({ path: ":memory:" });
    await adapter.open();
    return { adapter, reopen: async () => adapter, dispose: () => adapter.close() };
  },
});

describe("SqliteEventStore", () => {
  it("finishes the appends under way before it closes", async () => {
    const path = join(temporaryFolder(), "store.db");
    const store = sqliteStore({ path });
    await store.open();
    const appends = ["a", "b", "c"].map((id) => store.log.append([append("account-1", [id])]));
    await store.close();
    await Promise.all(appends);
    await store.open();
    expect((await store.log.readStream(ref("account-1"), { from: 0, limit: 9 })).map(({ id }) => id)).toEqual([
      "a",
      "b",
      "c",
    ]);
    await store.close();
  });

  it("lets one of 16 concurrent appends to different streams have an id, and refuses the others", async () => {
    const store = sqliteStore({ path: join(temporaryFolder(), "store.db") });
    await store.open();
    const appends = Array.from({ length: 16 }, (_, n) => store.log.append([append(`account-${n}`, ["a"])]));
    const outcomes = await Promise.allSettled(appends);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    expect(refusals).toEqual(Array(15).fill("INCORRECT_USAGE"));
    const { messages } = await store.log.readAll({ after: 0, limit: 99 });
    const [stored, ...others] = messages;
    expect([outcomes[Number(stored?.stream.slice("account-".length))]?.status, others]).toEqual(["fulfilled", []]);
    await store.close();
  });

  it("says that it is closed to whoever appends or reads afterwards", async () => {
    const store = sqliteStore({ path: join(temporaryFolder(), "store.db") });
    await store.open();
    await store.close();
    await store.close();
    await expect(store.log.append([append("account-1", ["a"])])).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    expect(() => store.log.version(ref("account-1"))).toThrow(
      /^Cannot read from SQLite file ".*store.db": it is not open/,
    );
  });

  it("loses a store in memory when it closes", async () => {
    const store = sqliteStore({ path: ":memory:" });
    await store.open();
    await store.log.append([append("account-1", ["a"])]);
    await store.close();
    await store.open();
    expect(await store.log.version(ref("account-1"))).toBe(-1);
    await store.close();
  });
});
