import { MemoryEventStore } from "../../src/adapter";
import type { Operation } from "../../src/ports/operations";
import type { StreamRef } from "../../src/ports/stored-message";
import type { ProcessEvent } from "../../src/process-managers/process-event";
import { ProcessFeed } from "../../src/process-managers/process-feed";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import type { Consumption } from "../../src/subscriptions/reading/consumer";
import { orders } from "./orders";

/** A feed on a store in memory, whose ids are those that a test says. */
function fed(options: Parameters<typeof orders>[0] = {}) {
  const declared = orders(options);
  const adapter = new MemoryEventStore();
  const { operations, log } = adapter;
  const loads: string[][] = [];
  const ids = new Map<ProcessEvent, readonly string[]>();
  const feed = new ProcessFeed({
    steps: declared.steps,
    states: () => ({
      loadAll: (streams: readonly StreamRef[]) => {
        loads.push(streams.map(({ stream }) => stream.slice(declared.model.category.length + 1)));
        return operations.states.loadAll(streams);
      },
    }),
    log,
    categories: [declared.model.category],
    shared: () => {
      throw new Error("Nothing is kept");
    },
    idsOf: (event) => ids.get(event) ?? [event.aggregateId],
    logWarning: () => undefined,
  });
  const consume = async (...events: readonly ProcessEvent[]) =>
    await feed.consume(events as readonly ConsumedEvent[], {});
  const store = async ({ operations: all, stored }: Consumption) => {
    await operations.flush(all as readonly Operation[]);
    stored?.();
  };
  const to = (event: ProcessEvent, ...all: readonly string[]): ProcessEvent => {
    ids.set(event, all);
    return event;
  };
  const stateOf = async (id: string) => {
    const stored = await operations.states.load({ stream: `${declared.model.category}-${id}`, category: "" });
    return stored && (JSON.parse(stored.data) as { readonly state: { readonly changes: number } }).state;
  };
  return { ...declared, adapter, feed, loads, consume, store, to, stateOf };
}

describe("batches of a process manager", () => {
  it("ask the store once for all instances that are not known, and not again until they are forgotten", async () => {
    const { consume, store, to, placed, changed, feed, loads } = fed();
    await store(await consume(to(placed(), "o-1"), to(placed(), "o-1"), to(changed("nothing"), "o-1", "o-2")));
    await store(await consume(to(changed("nothing"), "o-1"), to(changed("nothing"), "o-3")));
    await store(await consume(to(changed("nothing"), "o-1", "o-2", "o-3")));
    expect(loads).toEqual([["o-1", "o-2"], ["o-3"]]);
    feed.forget();
    await store(await consume(to(changed("nothing"), "o-1", "o-2")));
    expect(loads.slice(2)).toEqual([["o-1", "o-2"]]);
  });

  it("read again what a batch has left that was not stored", async () => {
    const { consume, store, placed, changed, loads, stateOf } = fed();
    await store(await consume(placed()));
    const lost = await consume(changed("nothing"));
    expect(lost.done).toBe(1);
    await store(await consume(changed("nothing")));
    expect(await stateOf("o-1")).toMatchObject({ changes: 1 });
    expect(loads).toEqual([["o-1"], ["o-1"]]);
  });

  it("give what comes before an event that fails, and nothing of that event", async () => {
    const { consume, store, placed, changed, Ship, stateOf } = fed();
    const failing = changed((shipping) => {
      shipping.ship(new Ship({ orderId: "o-1" }));
      shipping.set("expiry", { after: "1h" });
      throw new RangeError("boom");
    });
    const consumption = await consume(placed(), changed("nothing"), failing, changed("nothing"));
    expect(consumption).toMatchObject({
      done: 2,
      operations: [{ kind: "putState", expectedVersion: -1, state: { version: 0 } }],
      failure: { error: new RangeError("boom"), key: "o-1", place: "Shipping.changed", isRetryable: false },
    });
    await store(consumption);
    expect(await stateOf("o-1")).toMatchObject({ changes: 1 });
  });

  it("change no instance by an event that fails for one of several", async () => {
    const { consume, store, to, placed, changed, stateOf } = fed({ missing: "park" });
    await store(await consume(placed()));
    const { done, failure, operations } = await consume(changed("nothing"), to(changed("nothing"), "o-1", "absent"));
    expect([done, failure?.key, failure?.place]).toEqual([1, "absent", "Shipping"]);
    await store({ done, operations });
    expect(await stateOf("o-1")).toMatchObject({ changes: 1 });
  });

  it("set and cancel timers once in a batch, by what was said last", async () => {
    const { consume, placed, changed, model } = fed();
    const set = (after: string) => changed((shipping) => shipping.set("expiry", { after }));
    const cancel = changed((shipping) => shipping.cancel("expiry"));
    const { operations } = await consume(placed(), set("1h"), cancel, set("2h"), set("3h"));
    const timers = operations.filter(({ kind }) => kind === "setTimer" || kind === "removeTimer");
    expect(timers).toMatchObject([
      { kind: "setTimer", timer: { owner: `${model.category}-o-1`, name: "expiry" }, due: { afterMs: 3 * 3_600_000 } },
    ]);
  });

  it("record each step with what it did, where the process manager has a history", async () => {
    const { consume, placed, changed, closed, Ship, model } = fed({ history: true });
    const shipped = changed((shipping) => {
      shipping.ship(new Ship({ orderId: "o-1" }));
      shipping.set("expiry", { after: "1h" });
    });
    const { operations } = await consume(placed("a"), shipped, closed());
    const [append] = operations.flatMap((one) => (one.kind === "appendEvents" ? [one] : []));
    expect(append?.requests).toHaveLength(1);
    const { stream, expectedVersion, messages } = append!.requests[0]!;
    expect([stream, expectedVersion, messages.map(({ type }) => type)]).toEqual([
      `${model.category}-o-1`,
      undefined,
      Array.from({ length: 3 }, () => "Shop.ShippingMoved.v1"),
    ]);
    const [first, second, third] = messages.map(({ data }) => JSON.parse(data) as object);
    expect(first).toMatchObject({ step: 1, method: "Shipping.placed", status: "running", state: { changes: 0 } });
    expect(second).toMatchObject({
      step: 2,
      method: "Shipping.changed",
      cause: { eventId: shipped.eventId, type: shipped.type, globalPosition: shipped.globalPosition },
      commands: [{ type: "Shop.Ship.v1" }],
      timers: { set: [{ name: "expiry", due: { afterMs: 3_600_000 } }], cancelled: [] },
    });
    expect(third).toEqual({
      step: 3,
      method: "Shipping.closed",
      cause: expect.any(Object),
      status: "ended",
      commands: [],
      timers: { set: [], cancelled: ["expiry"] },
    });
    expect(JSON.parse(messages[1]!.metadata)).toEqual({
      correlationId: "request-1",
      cause: { eventId: shipped.eventId, type: shipped.type, handler: "Shipping" },
    });
  });

  it("fail for an instance whose stored state is damaged, and for no other", async () => {
    const { adapter, consume, to, changed, model } = fed({ missing: "ignore" });
    const stream = `${model.category}-o-1`;
    await adapter.operations.flush([
      { kind: "putState", state: { stream, category: model.category, version: 4, data: "{" }, expectedVersion: -1 },
    ]);
    const { done, failure } = await consume(to(changed("nothing"), "o-2"), to(changed("nothing"), "o-2", "o-1"));
    expect([done, failure?.key, failure?.isRetryable]).toEqual([1, "o-1", false]);
    expect((failure!.error as Error).message).toMatch(/^Cannot go on with Shipping "o-1": its state is no JSON/);
  });
});
