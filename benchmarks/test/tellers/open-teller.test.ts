import { PrivateServer } from "@tidemark/testing/postgres-server";

import { historicBalance } from "../../src/bank";
import { inStore } from "../../src/program/in-store";
import { CONTENDERS, type ContenderName, type Place } from "../../src/program/place";
import { openTeller } from "../../src/tellers/open-teller";
import { AMOUNT, PLAIN, SNAPSHOTS_BY_HAND, type TellerOptions } from "../../src/tellers/teller";

const HOT: TellerOptions = { ...PLAIN, snapshotEvery: 10, isCaching: true };

let server: PrivateServer | undefined;

beforeAll(async () => {
  if (process.env.TIDEMARK_POSTGRES_URL) return;
  server = await PrivateServer.start();
  process.env.TIDEMARK_POSTGRES_URL = server.url;
});

afterAll(async () => {
  if (server === undefined) return;
  delete process.env.TIDEMARK_POSTGRES_URL;
  await server.stop();
});

/** What one contender answers after all the work that workloads give it. */
async function work(place: Place, options: TellerOptions): Promise<Record<string, number>> {
  const teller = await openTeller(place, options);
  try {
    await teller.open(["alice", "bob"], 25);
    await teller.append("alice", 25, 1);
    await teller.append("alice", 26, 7);
    await teller.appendEach(["alice", "bob"].slice(0, 1), 33);
    for (let command = 0; command < 33; command++) await teller.deposit("alice");
    await Promise.all([1, 2, 3].map(() => teller.depositPersistently("bob")));
    await teller.snapshotAll();
    await teller.deleteSnapshots();
    const snapshots = await teller.snapshotAll();
    const snapshotsAgain = await teller.snapshotAll();
    await teller.append("bob", 28, 5);
    const [alice, bob] = [await teller.balance("alice"), await teller.balance("bob")];
    const events = options.reads === "category" ? await teller.readCategory() : await teller.readAll();
    return { snapshots, snapshotsAgain, alice, bob, events };
  } finally {
    await teller.close();
  }
}

const EXPECTED = {
  snapshots: 2,
  snapshotsAgain: 0,
  alice: historicBalance(34) + 33 * AMOUNT,
  bob: historicBalance(25) + 3 * AMOUNT + historicBalance(33) - historicBalance(28),
  events: 34 + 33 + 25 + 3 + 5,
};

describe.each(["memory", "sqlite-normal", "postgres"] as const)("the tellers on %s", (store) => {
  it.each([
    ["one after the other", { ...PLAIN, reads: "all" }],
    ["with snapshots", { ...SNAPSHOTS_BY_HAND, reads: "all" }],
    ["with snapshots and the cache", { ...HOT, reads: "all" }],
    ["read by category", { ...PLAIN, reads: "category" }],
  ] as [string, TellerOptions][])("leave the same behind, %s", async (_, options) => {
    await inStore(store, async (where) => {
      const found: Partial<Record<ContenderName, Record<string, number>>> = {};
      for (const contender of CONTENDERS)
        found[contender] = await work({ ...where, store, contender, round: "0-0" }, options);
      expect(found).toEqual({ tidemark: EXPECTED, "hand-written": EXPECTED, lean: EXPECTED });
    });
  });

  it.each(CONTENDERS)("load a stream of several pages: %s", async (contender) => {
    await inStore(store, async (where) => {
      const teller = await openTeller({ ...where, store, contender, round: "0-0" });
      for (const events of [500, 5_000, 10_001]) {
        await teller.open([`alice-${events}`], events);
        expect(await teller.balance(`alice-${events}`)).toBe(historicBalance(events));
      }
      await teller.close();
    });
  });

  it.each(CONTENDERS)("refuse an append at a position that is taken: %s", async (contender) => {
    await inStore(store, async (where) => {
      const teller = await openTeller({ ...where, store, contender, round: "0-0" });
      await teller.open(["alice"], 3);
      // The driver of SQLite makes its errors in the first suite that loads it in a process: they are no errors of this one.
      await expect((async () => await teller.append("alice", 2, 1))()).rejects.toHaveProperty("message");
      await expect((async () => await teller.append("alice", 2, 4))()).rejects.toHaveProperty("message");
      expect(await teller.balance("alice")).toBe(historicBalance(3));
      await teller.close();
    });
  });
});
