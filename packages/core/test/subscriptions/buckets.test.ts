import { MemoryEventStore } from "../../src/adapter";
import { OperationConflictError, StoreUnavailableError } from "../../src/index";
import { bucketOf } from "../../src/ports/buckets";
import { ChangeStore } from "../../src/subscriptions/holding/change-store";
import { JointFlushes } from "../../src/subscriptions/holding/joint-flushes";
import type { Change } from "../../src/subscriptions/reading/change";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import type { Attempt, Consumption, PendingCall } from "../../src/subscriptions/reading/consumer";
import { accountEvents, RecordingConsumer, until, untilIdle } from "./shop-engine";

const BUCKETS = 16;

/** Ids of accounts, each in a bucket of its own. */
function accountsApart(count: number): readonly string[] {
  const found = new Map<number, string>();
  for (let number = 0; found.size < count; number++) {
    const bucket = bucketOf(`fidelis::account-a-${number}`, BUCKETS);
    if (!found.has(bucket)) found.set(bucket, `a-${number}`);
  }
  return [...found.values()];
}

/** A consumer of which some calls end when the test says so. They are given back as pending at once, where that is allowed. */
class HeldConsumer extends RecordingConsumer {
  readonly held = new Map<number, () => void>();
  /** The amounts whose calls are held. */
  readonly slow = new Set<number>();

  override async consume(all: readonly ConsumedEvent[], attempt: Attempt): Promise<Consumption> {
    let done = 0;
    for (const event of all) {
      const { amount } = event.event as { readonly amount: number };
      if (attempt.takes !== undefined && !this.keysOf(event).some(attempt.takes)) {
        done++;
        continue;
      }
      if (this.slow.has(amount)) {
        const ended = new Promise<void>((resolve) => this.held.set(amount, resolve)).then((): Consumption => {
          this.amounts.push(amount);
          return { done: 1, operations: [] };
        });
        const pending: PendingCall = { events: [event], ended };
        if (attempt.patienceMs !== undefined) return { done, operations: [], pending };
        await ended;
      } else this.amounts.push(amount);
      done++;
    }
    return { done, operations: [] };
  }
}

describe("the bucket of a key", () => {
  it("is the same for ever", () => {
    expect(["a", "account-1", "fidelis::account-é", ""].map((key) => bucketOf(key, 16))).toMatchInlineSnapshot(`
[
  3,
  12,
  10,
  11,
]
`);
    expect(bucketOf("anything", 1)).toBe(0);
  });

  it("is hit as often as the others", () => {
    const counts = Array<number>(BUCKETS).fill(0);
    for (let number = 0; number < 16_000; number++) counts[bucketOf(`account-${number}`, BUCKETS)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe("a call that takes its time", () => {
  it("holds up the keys of its own bucket alone, and they keep their order", async () => {
    const events = accountEvents();
    const [slow, other, third] = accountsApart(3) as [string, string, string];
    const consumer = new HeldConsumer(events.model);
    consumer.slow.add(2);
    await events.deposit(1, other);
    await events.deposit(2, slow);
    await events.deposit(3, slow);
    await events.deposit(4, other);
    await events.deposit(5, third);
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await until(engine, () => consumer.amounts.length === 3);
    await events.deposit(6, other);
    await until(engine, () => consumer.amounts.length === 4);
    expect(consumer.amounts).toEqual([1, 4, 5, 6]);
    expect(engine.workers.get("Recorder")?.position).toBe(1);
    consumer.held.get(2)!();
    await untilIdle(engine);
    await engine.close();
    expect(consumer.amounts).toEqual([1, 4, 5, 6, 2, 3]);
    expect(await events.checkpoint("Recorder")).toBe(6);
  });

  it("lets others part again and again, until each bucket has a line, and all meet in one when nothing is left", async () => {
    const events = accountEvents();
    const accounts = accountsApart(5);
    const consumer = new HeldConsumer(events.model);
    for (const [index, account] of accounts.entries()) {
      consumer.slow.add(index);
      await events.deposit(index, account);
    }
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await until(engine, () => consumer.held.size === 5);
    for (const release of [...consumer.held.values()].reverse()) release();
    await untilIdle(engine);
    await events.deposit(10, accounts[0]);
    await events.deposit(11, accounts[1]);
    await until(engine, () => consumer.amounts.length === 7);
    expect(consumer.amounts.slice(5)).toEqual([10, 11]);
    await engine.close();
    expect([...consumer.amounts].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 10, 11]);
    expect(await events.checkpoint("Recorder")).toBe(7);
  });

  it("holds up everything where all events stand in one line", async () => {
    const events = accountEvents();
    const [slow, other] = accountsApart(2) as [string, string];
    const consumer = new HeldConsumer(events.model, { isOneLine: true });
    consumer.slow.add(1);
    await events.deposit(1, slow);
    await events.deposit(2, other);
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await until(engine, () => consumer.held.size === 1 || consumer.amounts.length > 0);
    expect(consumer.amounts).toEqual([]);
    consumer.held.get(1)!();
    await untilIdle(engine);
    await engine.close();
    expect(consumer.amounts).toEqual([1, 2]);
    expect(
      (await events.adapter.operations!.subscriptions.checkpoints("Recorder")).map(({ bucket }) => bucket),
    ).toEqual([0]);
  });

  it("counts as a line at work in its lane", async () => {
    const events = accountEvents();
    const [slow, other] = accountsApart(2) as [string, string];
    const consumer = new HeldConsumer(events.model);
    consumer.slow.add(1);
    await events.deposit(1, slow);
    await events.deposit(2, other);
    const engine = events.engineOf([consumer], { concurrencyOf: () => 1 });
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await until(engine, () => consumer.held.size === 1);
    // The other line waits for the only turn.
    await events.deposit(3, other);
    expect(consumer.amounts).toEqual([]);
    consumer.held.get(1)!();
    await untilIdle(engine);
    await engine.close();
    expect(consumer.amounts).toEqual([1, 2, 3]);
  });
});

describe("another number of buckets", () => {
  it("takes the place of the one that is stored when a server starts, under load, and each event is handled once", async () => {
    const events = accountEvents();
    const accounts = Array.from({ length: 32 }, (_, index) => `a-${index}`);
    const expected: number[] = [];
    const pay = async (from: number, to: number) => {
      for (let amount = from; amount <= to; amount++) {
        expected.push(amount);
        await events.deposit(amount, accounts[amount % accounts.length]);
      }
    };
    const numbers = [16, 5, 1, 16];
    const consumers = numbers.map(() => new RecordingConsumer(events.model));
    const engines = numbers.map((buckets, index) => events.engineOf([consumers[index]!], { buckets }));
    const seen = () => consumers.flatMap(({ amounts }) => amounts);
    const inHand = () => engines.map((engine) => engine.workers.get("Recorder")!.positions.size);
    await engines[0]!.layCheckpoints();
    for (const [index, engine] of engines.entries()) {
      await engine.hold([consumers[index]!]);
      await pay(index * 100 + 1, index * 100 + 100);
      const isSettled = () => inHand().reduce((sum, size) => sum + size) === numbers[index]!;
      await Promise.race(engines.map((each) => until(each, isSettled)));
    }
    await Promise.race(engines.map((engine) => until(engine, () => seen().length >= 400)));
    for (const engine of engines) await engine.close();
    expect(seen().sort((a, b) => a - b)).toEqual(expected);
    const checkpoints = await events.adapter.operations!.subscriptions.checkpoints("Recorder");
    expect(checkpoints.map(({ bucket, position }) => ({ bucket, position }))).toEqual(
      Array.from({ length: 16 }, (_, bucket) => ({ bucket, position: 400 })),
    );
  });

  it("takes the place of the single one of former versions", async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3]) await events.deposit(amount);
    await events.adapter.operations!.subscriptions.layCheckpoints([
      { subscription: "Recorder", bucket: 0, position: 2 },
    ]);
    const consumer = new RecordingConsumer(events.model);
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await untilIdle(engine);
    await engine.close();
    expect(consumer.amounts).toEqual([3]);
    expect(await events.adapter.operations!.subscriptions.checkpoints("Recorder")).toHaveLength(16);
  });
});

describe("flushes that come together", () => {
  it("are one, and are repeated one by one where the store refuses that", async () => {
    const flushed: string[][] = [];
    const flushes = new JointFlushes({
      flush: (operations) => {
        const streams = operations.map((each) => (each.kind === "deleteState" ? each.stream : ""));
        flushed.push(streams);
        if (streams.includes("bad")) throw new OperationConflictError({ subject: "bad", expected: "1", actual: "2" });
      },
    });
    const flush = (stream: string) => flushes.flush([{ kind: "deleteState", stream, expectedVersion: 0 }]);
    await Promise.all([flush("a"), flush("b")]);
    const outcomes = await Promise.allSettled([flush("c"), flush("bad"), flush("d")]);
    expect(flushed).toEqual([["a", "b"], ["c", "bad", "d"], ["c"], ["bad"], ["d"]]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("are one with appends and one without: a repeated append is recognised by its events alone", async () => {
    const adapter = new MemoryEventStore();
    let losses = 0;
    const store = new ChangeStore(adapter.operations, {
      append: async (requests, options) => {
        const appended = await adapter.log.append(requests, options);
        if (losses++ === 0)
          throw new StoreUnavailableError({ attempted: "Cannot write to", store: "the store", reason: "it went away" });
        return appended;
      },
    });
    const flushes = new JointFlushes(store);
    const put = (stream: string): Change => {
      return { kind: "putState", state: { stream, category: "kept", version: 0, data: "{}" }, expectedVersion: -1 };
    };
    const moved = (id: string): Change => {
      const message = { id, type: "Moved.v1", time: 0, data: "{}", metadata: "{}" };
      return { kind: "appendEvents", requests: [{ stream: `of-${id}`, category: "of", messages: [message] }] };
    };
    const a = [put("kept-a"), moved("a")];
    await expect(flushes.flush(a)).rejects.toThrow(StoreUnavailableError);
    // Its repetition comes together with others: one that appends, and one that does not.
    await Promise.all([flushes.flush(a), flushes.flush([put("kept-b"), moved("b")]), flushes.flush([put("kept-c")])]);
    const stored = await adapter.operations.states.list("kept", { limit: 10 });
    expect(stored.map(({ stream }) => stream)).toEqual(["kept-a", "kept-b", "kept-c"]);
    const { messages } = await adapter.log.readAll({ after: 0, limit: 10 });
    expect(messages.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
