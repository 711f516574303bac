import { type EventStoreAdapter, MemoryEventStore } from "../../../src/index";
import { bucketOf } from "../../../src/ports/buckets";
import { positionsAtTheEnd, positionsOfBuckets } from "../../../src/projections/inspection/row-positions";

type Log = EventStoreAdapter["log"];

async function append({ log }: Pick<EventStoreAdapter, "log">, category: string, ids: readonly string[]) {
  const messages = ids.map((id) => ({ id, type: "A", time: 0, data: "{}", metadata: "{}" }));
  await log.append([{ stream: `${category}-1`, category, messages }]);
}

/** A log of which a part is committed, but not settled: an earlier writer is still under way. */
function unsettledBehind(log: Log, settled: () => number): Log {
  return new Proxy(log, {
    get(target, name) {
      if (name === "readAll") {
        const readAll: Log["readAll"] = async (range) => {
          const { messages, upTo } = await target.readAll(range);
          const end = Math.max(range.after, Math.min(upTo, settled()));
          return { messages: messages.filter(({ globalPosition }) => globalPosition <= end), upTo: end, atEnd: true };
        };
        return readAll;
      }
      const value: unknown = target[name as keyof Log];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("the positions of inline rows", () => {
  it("are behind everything that was committed, settled or not", async () => {
    const store = new MemoryEventStore();
    await append(store, "account", ["a", "b", "c"]);
    let reads = 0;
    const log = unsettledBehind(store.log, () => (++reads < 4 ? 1 : 3));
    const positions = await positionsAtTheEnd(log, ["account"]);
    expect(positions.end).toBe(3);
    expect(positions.of("whoever")).toBe(3);
    expect(reads).toBe(4);
  });

  it("do not wait for events of other categories", async () => {
    const store = new MemoryEventStore();
    await append(store, "account", ["a"]);
    await append(store, "till", ["b", "c"]);
    const positions = await positionsAtTheEnd(
      unsettledBehind(store.log, () => 1),
      ["account"],
    );
    expect(positions.end).toBe(1);
  });

  it("are given up by a signal", async () => {
    const store = new MemoryEventStore();
    await append(store, "account", ["a", "b"]);
    const controller = new AbortController();
    const log = unsettledBehind(store.log, () => {
      controller.abort(new Error("enough"));
      return 1;
    });
    await expect(positionsAtTheEnd(log, ["account"], controller.signal)).rejects.toThrow("enough");
  });
});

describe("the positions of async rows", () => {
  it("are those of their buckets, and before the event that failed where their key is set aside", async () => {
    const { operations } = new MemoryEventStore();
    const subscription = "Summary.v1";
    const position = (bucket: number) => 10 + bucket;
    operations.subscriptions.layCheckpoints(
      [0, 1, 2].map((bucket) => ({ subscription, bucket, position: position(bucket) })),
    );
    const parked = { subscription, attempts: 1, data: "{}" };
    operations.flush([
      { kind: "putParked", parked: { ...parked, key: "waits", position: 4, state: "waiting" }, expected: null },
      { kind: "putParked", parked: { ...parked, key: "skips", position: 5, state: "skipped" }, expected: null },
    ]);
    const positions = await positionsOfBuckets(operations.subscriptions, subscription);
    expect(positions.end).toBe(12);
    for (const key of ["a", "b", "c", "d", "skips"]) expect(positions.of(key)).toBe(position(bucketOf(key, 3)));
    expect([positions.of("waits"), positions.isSetAside("waits"), positions.isSetAside("skips")]).toEqual([
      3,
      true,
      false,
    ]);
    expect([positions.skips("skips", 5), positions.skips("skips", 6), positions.skips("a", 5)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("are before everything where there is no checkpoint", async () => {
    const { operations } = new MemoryEventStore();
    const positions = await positionsOfBuckets(operations.subscriptions, "Summary.v1");
    expect([positions.end, positions.of("a")]).toEqual([0, 0]);
  });
});
