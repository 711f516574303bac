import { NotRetryableError, StoreUnavailableError } from "../../src/index";
import { SharedEvent } from "../../src/subscriptions/reading/shared-event";
import { accountEvents, RecordingConsumer, until, untilIdle } from "./shop-engine";

/** Runs consumers over everything that is there. */
async function run(events: ReturnType<typeof accountEvents>, ...consumers: RecordingConsumer[]) {
  const engine = events.engineOf(consumers);
  await engine.layCheckpoints();
  await engine.hold(consumers);
  await untilIdle(engine);
  await engine.close();
  return engine;
}

describe("the delivery of events", () => {
  it("hands over what was appended before and after the start once, in global order", async () => {
    const events = accountEvents();
    await events.deposit(1);
    await events.deposit(2, "a-2");
    const consumer = new RecordingConsumer(events.model);
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await untilIdle(engine);
    await events.deposit(3);
    await until(engine, () => consumer.amounts.length === 3);
    await engine.close();
    expect(consumer.amounts).toEqual([1, 2, 3]);
    expect(await events.checkpoint("Recorder")).toBe(3);
  });

  it("goes on after the last checkpoint when it starts again", async () => {
    const events = accountEvents();
    await events.deposit(1);
    await run(events, new RecordingConsumer(events.model));
    await events.deposit(2);
    const again = new RecordingConsumer(events.model);
    await run(events, again);
    expect(again.amounts).toEqual([2]);
  });

  it("keeps the progress of two subscriptions apart", async () => {
    const events = accountEvents();
    await events.deposit(1);
    const sound = new RecordingConsumer(events.model, { subscription: "Sound" });
    const broken = new RecordingConsumer(events.model, {
      subscription: "Broken",
      handle: () => {
        throw new Error("no");
      },
    });
    await run(events, sound, broken);
    expect(sound.amounts).toEqual([1]);
    expect(broken.amounts).toEqual([]);
    expect([await events.checkpoint("Sound"), await events.checkpoint("Broken")]).toEqual([1, 0]);
  });

  it("moves the checkpoint past events of other types and of other categories", async () => {
    const events = accountEvents();
    await events.append("Fidelis.WithdrawalMade.v1", { accountId: "a-1", amount: 1 });
    await events.append("Elsewhere.Happened.v1", {}, { category: "elsewhere", id: "1" });
    const consumer = new RecordingConsumer(events.model);
    await run(events, consumer);
    expect(consumer.amounts).toEqual([]);
    expect(await events.checkpoint("Recorder")).toBe(2);
  });

  it("reads and decodes each page once for 16 subscriptions that start together", async () => {
    const events = accountEvents();
    for (let amount = 1; amount <= 2_000; amount++) await events.deposit(amount);
    const ranges: number[] = [];
    const log = new Proxy(events.adapter.log, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...args: [{ after: number }]) => {
          if (key === "readAll") ranges.push(args[0].after);
          return Reflect.apply(member, target, args);
        };
      },
    });
    const seen = new Map<number, Set<object>>();
    const consumers = Array.from({ length: 16 }, (_, index) => {
      const handle = (event: SharedEvent) => {
        seen.set(event.globalPosition, (seen.get(event.globalPosition) ?? new Set()).add(event.event));
      };
      return new RecordingConsumer(events.model, { subscription: `S${index}`, handle: handle as never });
    });
    const engine = events.engineOf(consumers, {}, log);
    await engine.layCheckpoints();
    await engine.hold(consumers);
    await until(engine, () => consumers.every(({ amounts }) => amounts.length === 2_000));
    await engine.close();
    expect(ranges.filter((after) => after < 2_000 && after % 500 === 0)).toEqual([0, 500, 1_000, 1_500]);
    expect([...seen.values()].every((instances) => instances.size === 1)).toBe(true);
    expect(consumers.map(({ amounts }) => amounts.length)).toEqual(Array(16).fill(2_000));
  });
});

describe("where a new subscription starts", () => {
  it('starts at the end for "now", behind a position, and at the first event for "beginning"', async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3]) await events.deposit(amount);
    const now = new RecordingConsumer(events.model, { subscription: "Now", startFrom: "now" });
    const third = new RecordingConsumer(events.model, { subscription: "Third", startFrom: 2 });
    const all = new RecordingConsumer(events.model, { subscription: "All", startFrom: "beginning" });
    const engine = events.engineOf([now, third, all]);
    await engine.layCheckpoints();
    await events.deposit(4);
    await run(events, now, third, all);
    expect([now.amounts, third.amounts, all.amounts]).toEqual([[4], [3, 4], [1, 2, 3, 4]]);
  });

  it('sees everything for "now" on an empty store', async () => {
    const events = accountEvents();
    const now = new RecordingConsumer(events.model, { startFrom: "now" });
    await events.engineOf([now]).layCheckpoints();
    await events.deposit(1);
    await run(events, now);
    expect(now.amounts).toEqual([1]);
  });

  it("refuses to run one that does not say where, over events that it wants, and tells their number", async () => {
    const events = accountEvents();
    await events.deposit(1);
    await events.deposit(2);
    await events.append("Fidelis.WithdrawalMade.v1", { accountId: "a-1", amount: 1 });
    const silent = new RecordingConsumer(events.model, { startFrom: undefined });
    const engine = events.engineOf([silent]);
    await engine.layCheckpoints();
    await expect(engine.hold([silent])).rejects.toThrow(
      'Cannot run event handler Recorder: it is new to this store, which holds 2 events for it, and does not say where it starts. Give it startFrom: "beginning"',
    );
    expect(await events.checkpoint("Recorder")).toBeUndefined();
  });

  it("starts one that does not say where at the beginning of a store without events that it wants", async () => {
    const events = accountEvents();
    await events.append("Fidelis.WithdrawalMade.v1", { accountId: "a-1", amount: 1 });
    const silent = new RecordingConsumer(events.model, { startFrom: undefined });
    await events.engineOf([silent]).layCheckpoints();
    await events.deposit(1);
    await run(events, silent);
    expect(silent.amounts).toEqual([1]);
  });
});

describe("failures", () => {
  it("tries a failed event again, as often as its policy says, and keeps what came before", async () => {
    const events = accountEvents();
    for (const amount of [1, 2, 3]) await events.deposit(amount);
    const attempts: [number, number][] = [];
    const consumer = new RecordingConsumer(events.model, {
      handle: ({ globalPosition }, { number }) => {
        attempts.push([globalPosition, number]);
        if (globalPosition === 2) throw new Error("no mail today");
      },
    });
    await run(events, consumer);
    expect(attempts).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    expect(await events.checkpoint("Recorder")).toBe(1);
    expect(events.logged).toEqual([
      'Event handler Recorder has stopped: Recorder.deposited failed 3 times on event "Fidelis.DepositMade.v1" at global position 2, ' +
        'position 1 of stream "fidelis::account-a-1": no mail today. Its checkpoint is before that event; correct the cause, and start the server again',
    ]);
  });

  it("counts anew after a success", async () => {
    const events = accountEvents();
    for (const amount of [1, 2]) await events.deposit(amount);
    const failures = new Map<number, number>();
    const consumer = new RecordingConsumer(events.model, {
      handle: ({ globalPosition }) => {
        const count = (failures.get(globalPosition) ?? 0) + 1;
        failures.set(globalPosition, count);
        if (count < 3) throw new Error("not yet");
      },
    });
    await run(events, consumer);
    expect(consumer.amounts).toEqual([1, 2]);
    expect(events.logged).toEqual([]);
  });

  it("does not try again what is not retryable", async () => {
    const events = accountEvents();
    await events.deposit(1);
    let attempts = 0;
    const consumer = new RecordingConsumer(events.model, {
      handle: () => {
        attempts++;
        throw new NotRetryableError("the address does not exist");
      },
    });
    await run(events, consumer);
    expect(attempts).toBe(1);
    expect(events.logged).toEqual([expect.stringContaining("failed on event")]);
  });

  it("spends no budget while the store cannot be reached", async () => {
    const events = accountEvents();
    await events.deposit(1);
    const numbers: number[] = [];
    const consumer = new RecordingConsumer(events.model, {
      retry: { attempts: 0, firstMs: 1, maxMs: 1 },
      handle: (_event, { number }) => {
        numbers.push(number);
        if (numbers.length < 4)
          throw new StoreUnavailableError({ attempted: "Cannot read", store: "the store", reason: "it is away" });
      },
    });
    await run(events, consumer);
    expect(numbers).toEqual([1, 1, 1, 1]);
    expect(consumer.amounts).toEqual([1]);
  });

  it.each([
    ["a type that the code does not know", "Fidelis.Vanished.v1", "{}", /Cannot fold event "Fidelis.Vanished.v1"/],
    ["a payload that cannot be decoded", "Fidelis.DepositMade.v1", "{not JSON", /its data is not valid JSON/],
  ])("stops before %s, and does what came before", async (_fault, type, data, message) => {
    const events = accountEvents();
    await events.deposit(1);
    await events.append(type, data);
    await events.deposit(3);
    const consumer = new RecordingConsumer(events.model);
    await run(events, consumer);
    expect(consumer.amounts).toEqual([1]);
    expect(await events.checkpoint("Recorder")).toBe(1);
    expect(events.logged).toEqual([expect.stringMatching(message)]);
    expect(events.logged[0]).toContain("at global position 2");
  });
});

describe("the end of a server", () => {
  it("ends what is in hand, takes nothing more, and stores how far it got", async () => {
    const events = accountEvents();
    await events.deposit(1);
    await events.deposit(2);
    let release: () => void = () => undefined;
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const consumer = new RecordingConsumer(events.model, {
      batch: 1,
      handle: () =>
        new Promise<void>((resolve) => {
          release = resolve;
          started();
        }),
    });
    const engine = events.engineOf([consumer]);
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await hasStarted;
    const closing = engine.close();
    release();
    await closing;
    expect(consumer.amounts).toEqual([1]);
    expect(await events.checkpoint("Recorder")).toBe(1);
  });

  it("gives up what does not end in time, and acknowledges nothing of it", async () => {
    const events = accountEvents();
    await events.deposit(1);
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const consumer = new RecordingConsumer(events.model, {
      handle: (_event, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          started();
        }),
    });
    const engine = events.engineOf([consumer], { shutdownMs: 5 });
    await engine.layCheckpoints();
    await engine.hold([consumer]);
    await hasStarted;
    await engine.close();
    expect(await events.checkpoint("Recorder")).toBe(0);
    expect(events.logged).toEqual([]);
  });
});
