import { AggregateCache, type AggregateCacheLimits } from "../../src/aggregate-cache/aggregate-cache";
import { CacheCounter } from "../../src/aggregate-cache/cache-counts";
import type { CachedAggregate } from "../../src/aggregate-cache/cached-aggregate";

const cacheOf = (limits: Partial<AggregateCacheLimits> = {}) =>
  new AggregateCache({ maxAggregates: 3, maxBytes: 1_000_000, ...limits }, new CacheCounter());

function account(id: string, state = "{}"): CachedAggregate {
  const snapshot = { snapshotVersion: -1, snapshotTime: Number.NEGATIVE_INFINITY };
  return { id, version: 4, lastEventId: `${id}@4`, ...snapshot, state, stateVersion: 4, tail: "" };
}

const streams = (cache: AggregateCache, ...ids: string[]) => ids.filter((id) => cache.peek(`account-${id}`));

describe("AggregateCache", () => {
  it("gives back what was put", () => {
    const cache = cacheOf();
    cache.put("account-1", account("1"));
    expect(cache.get("account-1")).toEqual(account("1"));
    expect(cache.get("account-2")).toBeUndefined();
  });

  it("drops the least recently used beyond its count", () => {
    const cache = cacheOf();
    for (const id of ["1", "2", "3"]) cache.put(`account-${id}`, account(id));
    cache.get("account-1");
    cache.put("account-4", account("4"));
    expect(streams(cache, "1", "2", "3", "4")).toEqual(["1", "3", "4"]);
    expect(cache.stats).toMatchObject({ aggregates: 3, evictions: 1 });
  });

  it("drops the least recently used beyond its bytes, counted at two for each character", () => {
    const text = JSON.stringify("x".repeat(1_000));
    const cache = cacheOf({ maxAggregates: 100, maxBytes: 8_000 });
    for (const id of ["1", "2", "3", "4"]) cache.put(`account-${id}`, account(id, text));
    expect(streams(cache, "1", "2", "3", "4")).toEqual(["2", "3", "4"]);
    expect(cache.stats.bytes).toBeGreaterThan(3 * 2 * text.length);
    expect(cache.stats.bytes).toBeLessThanOrEqual(8_000);
  });

  it("counts a state that replaces another once", () => {
    const cache = cacheOf();
    cache.put("account-1", account("1"));
    const { bytes } = cache.stats;
    for (let n = 0; n < 10; n++) cache.put("account-1", account("1"));
    expect(cache.stats).toMatchObject({ aggregates: 1, bytes });
    cache.drop("account-1");
    expect(cache.stats).toMatchObject({ aggregates: 0, bytes: 0, evictions: 0 });
  });

  it("does not keep a state that is larger than all its bytes, nor an older one in its place", () => {
    const cache = cacheOf({ maxBytes: 5_000 });
    cache.put("account-1", account("1"));
    cache.put("account-2", account("2"));
    cache.put("account-1", account("1", JSON.stringify("x".repeat(10_000))));
    expect(streams(cache, "1", "2")).toEqual(["2"]);
  });

  it("drops the aggregates of one category and of none whose name only begins alike", () => {
    const cache = cacheOf();
    cache.put("account-1", account("1"));
    cache.put("account-2", account("2"));
    cache.put("accounting-1", account("1"));
    cache.dropCategory("account");
    expect(cache.stats.aggregates).toBe(1);
    expect(cache.peek("accounting-1")).toBeDefined();
  });
});
