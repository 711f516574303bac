import { MemoryEventStore, StoreUnavailableError } from "../../src/index";
import type { Engine } from "../../src/subscriptions/engine";
import { accountEvents, RecordingConsumer, until, untilIdle } from "./shop-engine";

/** The buckets of the subscription that an engine has. */
function bucketsOf(engine: Engine, subscription = "Recorder"): number[] {
  return [...engine.workers.get(subscription)!.positions.keys()].sort((a, b) => a - b);
}

/** A store of the same events whose leases can be cut off, as by a server that hangs. */
function leasedStore(adapter: MemoryEventStore) {
  let isCut = false;
  const away = () => new StoreUnavailableError({ attempted: "Cannot reach", store: "the store", reason: "it hangs" });
  const { subscriptions } = adapter.operations;
  const cut = new Proxy(subscriptions, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (isCut && key === "renew") throw away();
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  const operations = new Proxy(adapter.operations, {
    get: (target, key) => {
      if (key === "subscriptions") return cut;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  const { log, abilities, description } = adapter;
  return {
    adapter: { log, operations, abilities, description } as unknown as MemoryEventStore,
    cut: () => (isCut = true),
    mend: () => (isCut = false),
  };
}

describe("servers on one store", () => {
  it("share the buckets of a subscription, and handle each event once", async () => {
    const events = accountEvents();
    const [first, second] = [new RecordingConsumer(events.model), new RecordingConsumer(events.model)];
    const [one, other] = [events.engineOf([first]), events.engineOf([second])];
    await one.layCheckpoints();
    await one.hold([first]);
    expect(bucketsOf(one)).toEqual(Array.from({ length: 16 }, (_, bucket) => bucket));
    await other.hold([second]);
    await until(other, () => bucketsOf(other).length === 8);
    expect([...bucketsOf(one), ...bucketsOf(other)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, bucket) => bucket),
    );
    for (let index = 1; index <= 64; index++) await events.deposit(index, `a-${index % 32}`);
    await until(one, () => first.amounts.length + second.amounts.length === 64);
    expect([...first.amounts, ...second.amounts].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
    expect(first.amounts.length).toBeGreaterThan(0);
    expect(second.amounts.length).toBeGreaterThan(0);
    await one.close();
    await until(other, () => bucketsOf(other).length === 16);
    await events.deposit(65, "a-1");
    await untilIdle(other);
    expect(second.amounts).toContain(65);
    await other.close();
    expect(await events.checkpoint("Recorder")).toBe(65);
  });

  it("spread the buckets evenly over five, and do not lie with one server alone where there is one", async () => {
    const events = accountEvents();
    const engines: Engine[] = [];
    for (let count = 0; count < 5; count++) {
      const consumers = ["A", "B", "C", "D", "E", "F", "G", "H"].map(
        (name) => new RecordingConsumer(events.model, { subscription: name, isOneLine: true }),
      );
      const many = new RecordingConsumer(events.model, { subscription: "Many" });
      const engine = events.engineOf([...consumers, many]);
      await engine.layCheckpoints();
      await engine.hold([...consumers, many]);
      engines.push(engine);
    }
    const spread = () => engines.map((engine) => bucketsOf(engine, "Many").length).sort();
    const lines = () => engines.map((e) => "ABCDEFGH".split("").reduce((sum, s) => sum + bucketsOf(e, s).length, 0));
    const isEven = () => spread().join() === "3,3,3,3,4" && lines().reduce((a, b) => a + b) === 8;
    await Promise.race(engines.map((engine) => until(engine, isEven)));
    expect(lines().filter((count) => count > 0).length).toBeGreaterThan(1);
    await Promise.all(engines.map((engine) => engine.close()));
  });
});

describe("a lease that has run out", () => {
  it("gives the buckets to another server, and the former owner commits nothing", async () => {
    const events = accountEvents();
    const frozen = leasedStore(events.adapter as MemoryEventStore);
    const hers = accountEvents(frozen.adapter);
    await events.deposit(1);
    let letGo: () => void = () => undefined;
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    let calls = 0;
    const first = new RecordingConsumer(events.model, {
      handle: () =>
        calls++ > 0
          ? undefined
          : new Promise<void>((resolve) => {
              letGo = resolve;
              started();
            }),
    });
    const second = new RecordingConsumer(events.model);
    const one = hers.engineOf([first], { leaseMs: 100 });
    const other = events.engineOf([second], { leaseMs: 100 });
    await one.layCheckpoints();
    await one.hold([first]);
    await hasStarted;
    frozen.cut();
    await other.hold([second]);
    await until(other, () => other.workers.get("Recorder")?.position === 1);
    expect(second.amounts).toEqual([1]);
    await events.deposit(2, "a-2");
    await until(other, () => other.workers.get("Recorder")?.position === 2);
    letGo();
    frozen.mend();
    await until(one, () => bucketsOf(one).length === 8);
    await Promise.all([one.close(), other.close()]);
    // What it had in hand came to an end, and was not acknowledged: the other one has done it.
    expect(first.amounts).toEqual([1]);
    expect(second.amounts).toEqual([1, 2]);
    expect(await events.checkpoint("Recorder")).toBe(2);
    expect(events.logged).toEqual([]);
    expect(hers.logged).toEqual([]);
  });
});
