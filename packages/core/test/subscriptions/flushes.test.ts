import { StoreUnavailableError } from "../../src/index";
import type { Operation } from "../../src/ports/operations";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import type { Consumer, Consumption } from "../../src/subscriptions/reading/consumer";
import { accountEvents, RecordingConsumer, untilIdle } from "./shop-engine";

/** Keeps the amount of each deposit as a state; the store refuses a second one of the same amount. */
class StateKeeper extends RecordingConsumer implements Consumer {
  readonly batches: number[] = [];

  override async consume(events: readonly ConsumedEvent[]): Promise<Consumption> {
    this.batches.push(events.length);
    const operations = events.map(({ event }): Operation => {
      const stream = `kept-${(event as { readonly amount: number }).amount}`;
      return { kind: "putState", state: { stream, category: "kept", version: 0, data: "{}" }, expectedVersion: -1 };
    });
    return { done: events.length, operations };
  }
}

async function run(events: ReturnType<typeof accountEvents>, consumer: RecordingConsumer): Promise<void> {
  const engine = events.engineOf([consumer]);
  await engine.layCheckpoints();
  await engine.hold([consumer]);
  await untilIdle(engine);
  await engine.close();
}

describe("a flush that the store refuses", () => {
  it("is repeated with fewer events, so that what precedes the failing one is stored and that one is named", async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3, 4, 5, 6, 3, 8]) await events.deposit(amount);
    await events.adapter.operations?.flush([
      { kind: "putState", state: { stream: "kept-6", category: "kept", version: 0, data: "{}" }, expectedVersion: -1 },
    ]);
    const consumer = new StateKeeper(events.model, { retry: { attempts: 0, firstMs: 1, maxMs: 1 } });
    await run(events, consumer);
    expect(await events.checkpoint("Recorder")).toBe(5);
    const { states } = events.adapter.operations!;
    expect(await states.load({ stream: "kept-5", category: "kept" })).toBeDefined();
    expect(await states.load({ stream: "kept-8", category: "kept" })).toBeUndefined();
    expect(events.logged).toEqual([
      expect.stringMatching(/failed on event "Fidelis\.DepositMade\.v1" at global position 6,.*stream "kept-6"/),
    ]);
  });

  it("counts as stored when only its acknowledgement was lost", async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3]) await events.deposit(amount);
    const operations = events.adapter.operations!;
    const flush = operations.flush.bind(operations);
    let losses = 0;
    operations.flush = async (all) => {
      await flush(all);
      if (losses++ === 0)
        throw new StoreUnavailableError({ attempted: "Cannot write to", store: "the store", reason: "it went away" });
    };
    const consumer = new StateKeeper(events.model, { isOneLine: true });
    await run(events, consumer);
    expect(consumer.batches).toEqual([3]);
    expect(losses).toBe(1);
    expect(events.logged).toEqual([]);
    expect(await events.checkpoint("Recorder")).toBe(3);
  });

  it("waits for a store that is away, and forgets nothing", async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3]) await events.deposit(amount);
    const away = () =>
      new StoreUnavailableError({ attempted: "Cannot reach", store: "the store", reason: "nobody answers" });
    let reads = 0;
    const log = new Proxy(events.adapter.log, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (key === "readAll" && reads++ < 3) throw away();
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    const consumer = new RecordingConsumer(events.model);
    const engine = events.engineOf([consumer], {}, log);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await new Promise<void>((resolve) => {
      const stop = engine.onMove(() => {
        if (consumer.amounts.length < 3) return;
        stop();
        resolve();
      });
    });
    await engine.close();
    expect(consumer.amounts).toEqual([1, 2, 3]);
    expect(reads).toBeGreaterThan(3);
    expect(events.logged).toEqual([]);
  });
});
