import { deepEqual, equal, rejects, throws } from "node:assert/strict";

import type { RecordedEvent } from "@tidemark/core";
import type { AppendRequest, EventLog } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all, openShop } from "./till-under-test";

const place = ({ stream, position, type }: RecordedEvent) => [stream, position, type];

export function recording(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("adds the whole state of each aggregate to its fact stream, once a save", async () => {
    const { domain, Till, tills } = await openShop(at.adapter);
    await domain.unitOfWork(async () => {
      await tills.add(Till.fill("a-1", 5n, 6n));
      await tills.add(Till.fill("b", 7n));
    });
    await tills.update("a-1", (till) => till.fill(8n));
    const stored = await all(domain.eventStore.readAll());
    deepEqual(stored.filter(({ type }) => type !== "Shop.Filled.v1").map(place), [
      ["shop::till:fact-a-1", 0, "Shop.TillFact.v1"],
      ["shop::till:fact-b", 0, "Shop.TillFact.v1"],
      ["shop::till:fact-a-1", 1, "Shop.TillFact.v1"],
    ]);
    deepEqual((await domain.eventStore.readLast("shop::till:fact-a-1"))?.data, {
      id: "a-1",
      version: 2,
      cents: "19",
      filledOn: ["1970-01-01T00:00:00.005Z", "1970-01-01T00:00:00.006Z", "1970-01-01T00:00:00.008Z"],
      note: "",
    });
  });

  it("stamps a fact with the time and the metadata of the event that led to it", async () => {
    const { domain, Till, tills } = await openShop(at.adapter);
    await tills.add(Till.fill("1", 5n));
    const event = await domain.eventStore.readLast("shop::till-1");
    const fact = await domain.eventStore.readLast("shop::till:fact-1");
    deepEqual({ time: fact?.time, metadata: fact?.metadata }, { time: event?.time, metadata: event?.metadata });
  });

  it("happens in the append of the events, of which there is one", async () => {
    const appended: string[][] = [];
    const append = async (requests: readonly AppendRequest[]) => {
      appended.push(requests.map(({ stream }) => stream));
      return await at.adapter.log.append(requests);
    };
    const { Till, tills } = await openShop(at.adapter, { store: { log: { append } } });
    await tills.add(Till.fill("1", 5n));
    deepEqual(appended, [["shop::till-1", "shop::till:fact-1"]]);
  });

  it("records nothing of a save that loses a race", async () => {
    const { Till, tills, facts } = await openShop(at.adapter);
    await tills.add(Till.fill("1", 5n));
    const stale = await tills.get("1");
    await tills.update("1", (till) => till.fill(6n));
    await rejects(tills.add(stale.fill(7n)), { code: "EXPECTED_VERSION_MISMATCH" });
    deepEqual(
      (await all(facts().read("1"))).map(({ version, state }) => [version, state.cents]),
      [
        [0, 5n],
        [1, 11n],
      ],
    );
  });

  it("records one fact of a save that is repeated after its acknowledgement was lost", async () => {
    let isLost = true;
    const append: EventLog["append"] = async (requests) => {
      const appended = await at.adapter.log.append(requests);
      if (isLost) throw new Error("the connection is gone");
      return appended;
    };
    const { Till, tills, facts } = await openShop(at.adapter, { store: { log: { append } } });
    const till = Till.fill("1", 5n, 6n);
    await rejects(tills.add(till), /the connection is gone/);
    isLost = false;
    await tills.add(till);
    await tills.add(till.fill(7n));
    deepEqual(
      (await all(facts().read("1"))).map(({ version, state }) => [version, state.cents]),
      [
        [1, 11n],
        [2, 18n],
      ],
    );
  });

  it("keeps the order of 32 saves that race for one aggregate", async () => {
    const { Till, tills, facts } = await openShop(at.adapter);
    await tills.add(Till.fill("1", 1n));
    await Promise.all(Array.from({ length: 32 }, () => tills.update("1", (till) => till.fill(1n), { retries: 1_000 })));
    deepEqual(
      (await all(facts().read("1"))).map(({ version, state }) => [version, state.cents]),
      Array.from({ length: 33 }, (_, version) => [version, BigInt(version + 1)]),
    );
  });

  it("begins with the next save where it is turned on later", async () => {
    const before = await openShop(at.adapter, { factEvents: false });
    await before.tills.add(before.Till.fill("1", 5n, 6n));
    const { tills, facts } = await openShop(at.adapter);
    equal(await facts().latest("1"), undefined);
    await tills.update("1", (till) => till.fill(7n));
    deepEqual(
      (await all(facts().read("1"))).map(({ version, state }) => [version, state.cents]),
      [[2, 18n]],
    );
  });

  it("changes nothing about the aggregates themselves", async () => {
    const { domain, Till, tills } = await openShop(at.adapter);
    await tills.add(Till.fill("1", 5n, 6n));
    await tills.add(Till.fill("fact-1", 7n));
    deepEqual(await all(tills.ids()), ["1", "fact-1"]);
    equal(await tills.count(), 2);
    const till = await tills.get("1");
    deepEqual([till.version, till.cents], [1, 11n]);
    deepEqual(await domain.createSnapshots(Till), { created: 2, unchanged: 0, failed: [] });
    deepEqual(
      (await all(domain.snapshotsFor(Till).verify())).map(({ id, outcome }) => [id, outcome]),
      [
        ["1", "equal"],
        ["fact-1", "equal"],
      ],
    );
    deepEqual((await all(domain.eventStore.readCategory("shop::till"))).map(place), [
      ["shop::till-1", 0, "Shop.Filled.v1"],
      ["shop::till-1", 1, "Shop.Filled.v1"],
      ["shop::till-fact-1", 0, "Shop.Filled.v1"],
    ]);
  });

  it("stores neither events nor fact of a state above max_event_bytes", async () => {
    const { domain, Till, tills } = await openShop(at.adapter, { config: { event_store: { max_event_bytes: 100 } } });
    const till = Till.fill("1", 5n, 6n, 7n, 8n, 9n);
    await rejects(tills.add(till), /Shop\.TillFact\.v1 is not valid: it takes \d+ bytes, max_event_bytes allows 100/);
    deepEqual(await all(domain.eventStore.readAll()), []);
  });

  it("records what the events lead to, whatever was tried on the aggregate before it was saved", async () => {
    const { domain, Till, tills, facts } = await openShop(at.adapter);
    const spoil = (till: typeof Till.prototype) => {
      throws(() => (till.note = "spoilt"), /note changes only in @apply/);
      throws(() => (till.cents += 1_000n), /cents changes only in @apply/);
    };
    const made = Till.createNew({ id: "1" });
    const save = async (till: typeof made, cents: bigint) => {
      spoil(till);
      till.fill(cents);
      spoil(till);
      await tills.add(till);
      const replayed = { ...(await tills.get("1")) };
      deepEqual((await facts().latest("1"))?.state, replayed);
    };
    await save(made, 5n);
    await save(made, 6n);
    await save(await tills.get("1"), 7n);
    const lost = (await tills.get("1")).fill(8n);
    await tills.update("1", (till) => till.fill(9n));
    await rejects(() => tills.add(lost));
    await rejects(() => tills.add(lost.fill(10n)));
    await domain.unitOfWork(async () => {
      const till = await tills.get("1");
      spoil(till);
      await tills.add(till.fill(11n));
      spoil(till.fill(12n));
    });
    const replayed = { ...(await tills.get("1")) };
    deepEqual((await facts().latest("1"))?.state, replayed);
    deepEqual(replayed.cents, 5n + 6n + 7n + 9n + 11n + 12n);
    await rejects(
      () => tills.update("1", (till) => (till.fill(13n).filledOn[0] as Date).setFullYear(1900)),
      /A value in filledOn/,
    );
    deepEqual((await facts().latest("1"))?.state, replayed);
  });
}
