import { NotRetryableError } from "../../src/index";
import type { EventStoreAdapter } from "../../src/ports/event-store-adapter";
import type { Consumer } from "../../src/subscriptions/consumer";
import type { Engine } from "../../src/subscriptions/engine";
import { recordIn } from "../../src/subscriptions/parked-record";
import { accountEvents, RecordingConsumer, until, untilIdle } from "./shop-engine";

const HOUR_MS = 3_600_000;

async function running(engine: Engine, consumers: readonly Consumer[]): Promise<Engine> {
  await engine.layCheckpoints();
  await engine.hold(consumers);
  return engine;
}

async function stored({ operations }: EventStoreAdapter) {
  const found = (await operations?.subscriptions.parked({})) ?? [];
  return found.map(({ key, position, state, attempts }) => ({ key, position, state, attempts }));
}

const key = "fidelis::account-a-1";

describe("an event that fails", () => {
  it("has its key set aside in the flush that moves the checkpoint past it, and the later events of other keys go on", async () => {
    const events = accountEvents();
    const consumer = new RecordingConsumer(events.model, {
      onFailure: "park",
      retry: { attempts: 1, firstMs: HOUR_MS, maxMs: HOUR_MS },
      handle: ({ globalPosition }) => {
        if (globalPosition === 1) throw new Error("not yet");
      },
    });
    for (const id of ["a-1", "a-1", "a-2"]) await events.deposit(1, id);
    const engine = await running(events.engineOf([consumer]), [consumer]);
    await untilIdle(engine);
    expect(consumer.amounts).toEqual([1]);
    expect(await stored(events.adapter)).toEqual([{ key, position: 1, state: "waiting", attempts: 1 }]);
    expect(await events.checkpoint("Recorder")).toBe(3);
    expect(events.warned[0]).toMatch(
      /^Event handler Recorder: Recorder\.deposited failed for key "fidelis::account-a-1"/,
    );
    await engine.close();
  });

  it("is repeated where it stands by a consumer that halts; its attempts and its pause survive a restart", async () => {
    const events = accountEvents();
    const attempts: number[] = [];
    const failing = () =>
      new RecordingConsumer(events.model, {
        onFailure: "halt",
        retry: { attempts: 2, firstMs: HOUR_MS, maxMs: HOUR_MS },
        handle: (_, { number }) => {
          attempts.push(number);
          throw new Error("not yet");
        },
      });
    await events.deposit(1);
    const first = failing();
    const before = await running(events.engineOf([first]), [first]);
    await until(before, () => before.workers.get("Recorder")!.aside.hasInPlace);
    await before.close();
    expect(await stored(events.adapter)).toEqual([{ key, position: 1, state: "waiting", attempts: 1 }]);
    expect(await events.checkpoint("Recorder")).toBe(0);

    const second = failing();
    const after = await running(events.engineOf([second]), [second]);
    await until(after, () => after.workers.get("Recorder")!.aside.hasInPlace);
    expect(attempts).toEqual([1]);
    after.workers.get("Recorder")!.hurry();
    await until(after, () => after.workers.get("Recorder")!.state === "stopped");
    expect(attempts).toEqual([1, 2, 3]);
    expect(await stored(events.adapter)).toEqual([]);
    expect(events.logged[0]).toMatch(/^Event handler Recorder has stopped: Recorder\.deposited failed 3 times/);
    await after.close();
  });

  it("is repeated where it stands, too, where as many keys as may be are set aside", async () => {
    const events = accountEvents();
    const consumer = new RecordingConsumer(events.model, {
      onFailure: "park",
      retry: { attempts: 5, firstMs: HOUR_MS, maxMs: HOUR_MS },
      handle: () => {
        throw new Error("the mail server is down");
      },
    });
    for (const id of ["a-1", "a-2", "a-3"]) await events.deposit(1, id);
    const engine = await running(events.engineOf([consumer], { maxParkedKeysOf: () => 1, buckets: 1 }), [consumer]);
    const { aside } = engine.workers.get("Recorder")!;
    await until(engine, () => aside.hasInPlace);
    expect(aside.size).toBe(1);
    expect(await stored(events.adapter)).toEqual([
      { key: "fidelis::account-a-1", position: 1, state: "waiting", attempts: 1 },
      { key: "fidelis::account-a-2", position: 2, state: "waiting", attempts: 1 },
    ]);
    expect(engine.workers.get("Recorder")!.state).toBe("running");
    await engine.close();
    expect(await events.checkpoint("Recorder")).toBe(1);
  });

  it("keeps what is known of it, without what no store takes", async () => {
    const events = accountEvents();
    const consumer = new RecordingConsumer(events.model, {
      onFailure: "park",
      handle: () => {
        throw new NotRetryableError(`a NUL: \0, half a pair: \ud800, and ${"much ".repeat(5_000)}`);
      },
    });
    await events.deposit(1);
    const engine = await running(events.engineOf([consumer]), [consumer]);
    await untilIdle(engine);
    await engine.close();
    const [parked] = (await events.adapter.operations?.subscriptions.parked({})) ?? [];
    const { error, ...record } = recordIn(parked!);
    expect(record).toMatchObject({
      class: "handler",
      place: "Recorder.deposited",
      type: "Fidelis.DepositMade.v1",
      stream: key,
      streamPosition: 0,
      eventId: "e-1",
    });
    expect(error).toMatchObject({ name: "NotRetryableError", code: "NOT_RETRYABLE" });
    expect(error.message).toMatch(/^a NUL: \ufffd, half a pair: \ufffd, and much/);
    expect(error.message.length).toBeLessThan(5_000);
  });
});
