import { setTimeout as pause } from "node:timers/promises";
import { MemoryEventStore } from "../../src/adapter";
import { StoreUnavailableError } from "../../src/index";
import type { AppendOptions, AppendRequest } from "../../src/ports/event-log";
import type { DueTimersQuery } from "../../src/ports/timer-store";
import { TimerWork } from "../../src/timers/timer-work";

const CATEGORY = "shop::shipping";
const NEVER = new AbortController().signal;

interface Options {
  readonly part?: () => DueTimersQuery["part"];
  readonly positionOf?: (subscription: string) => number | undefined;
  /** Called before an append; what it throws is the failure of the append. */
  readonly appending?: (requests: readonly AppendRequest[]) => Promise<void> | void;
}

/** Timers in a store, by a clock that a test sets. */
function timerWork({
  part = () => undefined,
  positionOf = () => undefined,
  appending = () => undefined,
}: Options = {}) {
  const adapter = new MemoryEventStore();
  const { log, operations } = adapter;
  const clock = { now: 1_000 };
  const appends: string[][] = [];
  const warnings: string[] = [];
  const work = new TimerWork({
    lanes: ["default", "bulk"],
    timers: () => operations.timers,
    log: {
      append: async (requests: readonly AppendRequest[], options?: AppendOptions) => {
        appends.push(requests.flatMap(({ messages }) => messages.map(({ id }) => id)));
        await appending(requests);
        return await log.append(requests, options);
      },
    },
    now: () => clock.now,
    part: async () => part(),
    positionOf: async (subscription) => positionOf(subscription),
    appended: () => undefined,
    logWarning: (message) => warnings.push(message),
  });
  const set = async (id: string, name: string, dueAt: number) => {
    const stream = `${CATEGORY}-${id}`;
    const data = {
      timerId: `${id}/${name}`,
      process: "Shipping",
      stream,
      category: CATEGORY,
      type: "Shop.ShippingTimerFired.v1",
      metadata: { correlationId: id },
    };
    await operations.flush([
      { kind: "setTimer", timer: { owner: stream, name, data: JSON.stringify(data) }, due: { at: dueAt } },
    ]);
  };
  const fired = async () => {
    const { messages } = await log.readAll({ after: 0, limit: 10_000, categories: [CATEGORY] });
    return messages.map(({ stream, data }) => {
      const { name, dueAt } = JSON.parse(data) as { readonly name: string; readonly dueAt: number };
      return `${stream.slice(CATEGORY.length + 1)}/${name}@${dueAt}`;
    });
  };
  const untilFired = async (count: number) => {
    for (let left = 600; left > 0 && (await fired()).length < count; left--) await pause(10);
    return await fired();
  };
  return { adapter, work, clock, set, fired, untilFired, appends, warnings };
}

describe("timers that are due", () => {
  it("fire once, in the order of their times, several of one instance in one transaction", async () => {
    const { work, clock, set, fired, appends, adapter } = timerWork();
    await set("a", "late", 1_000);
    await set("a", "early", 998);
    await set("b", "middle", 999);
    await set("b", "future", 1_001);
    expect(await work.runDue(["default"], NEVER)).toBe(3);
    expect(appends).toEqual([["a/early", "a/late", "b/middle"]]);
    expect((await fired()).toSorted()).toEqual(["a/early@998", "a/late@1000", "b/middle@999"]);
    expect(await work.runDue(["default"], NEVER)).toBe(0);
    clock.now = 1_001;
    expect(await work.runDue(["default"], NEVER)).toBe(1);
    expect(await adapter.operations.timers.list({ limit: 10 })).toEqual([]);
    expect(work.latestCause).toBe("Shipping");
  });

  it("carry what caused them, and the time of the domain", async () => {
    const { work, set, adapter } = timerWork();
    await set("a", "expiry", 900);
    await work.runDue(["bulk"], NEVER);
    const [message] = await adapter.log.readStream(
      { stream: `${CATEGORY}-a`, category: CATEGORY },
      { from: 0, limit: 2 },
    );
    expect(message).toMatchObject({
      id: "a/expiry",
      type: "Shop.ShippingTimerFired.v1",
      time: 1_000,
      metadata: '{"correlationId":"a"}',
      data: '{"name":"expiry","timerId":"a/expiry","dueAt":900}',
    });
  });

  it("stay where only other lanes are run", async () => {
    const { work, set, fired } = timerWork();
    await set("a", "expiry", 900);
    expect(await work.runDue(["mail"], NEVER)).toBe(0);
    expect(await fired()).toEqual([]);
  });

  it("fire without those that somebody else takes meanwhile", async () => {
    const { work, set, fired, adapter, appends } = timerWork({
      appending: async () => {
        if (appends.length > 1) return;
        // Cancelled, set anew, and fired by another server, before this server gets to them.
        const { operations, log } = adapter;
        const [, , c] = await operations.timers.list({ limit: 10 });
        await operations.flush([{ kind: "removeTimer", owner: `${CATEGORY}-a`, name: "expiry" }]);
        await set("b", "expiry", 5_000);
        const message = {
          ...{ id: "c/expiry", type: "Shop.ShippingTimerFired.v1", time: 0, metadata: "{}" },
          data: '{"name":"expiry","timerId":"c/expiry","dueAt":903}',
        };
        await log.append([{ stream: c!.owner, category: CATEGORY, messages: [message] }], {
          also: [{ kind: "removeTimer", owner: c!.owner, name: c!.name }],
        });
      },
    });
    for (const [index, id] of ["a", "b", "c", "d", "e"].entries()) await set(id, "expiry", 901 + index);
    await work.runDue(["default"], NEVER);
    expect((await fired()).toSorted()).toEqual(["c/expiry@903", "d/expiry@904", "e/expiry@905"]);
    expect((await adapter.operations.timers.list({ limit: 10 })).map(({ owner, dueAt }) => [owner, dueAt])).toEqual([
      [`${CATEGORY}-b`, 5_000],
    ]);
  });

  it("wait while the store cannot be reached, and fire once where only its answer was lost", async () => {
    let losses = 0;
    const { adapter, work, set, untilFired, appends } = timerWork({
      appending: async (requests) => {
        if (losses++ > 1) return;
        if (losses === 2) {
          const [timer] = await adapter.operations.timers.list({ limit: 1 });
          const { owner, name } = timer!;
          await adapter.log.append(requests, { also: [{ kind: "removeTimer", owner, name }] });
        }
        throw new StoreUnavailableError({ attempted: "Cannot write to", store: "the store", reason: "it went away" });
      },
    });
    await set("a", "expiry", 900);
    work.start(["default"]);
    expect(await untilFired(1)).toEqual(["a/expiry@900"]);
    await set("b", "expiry", 900);
    work.wake();
    expect(await untilFired(2)).toEqual(["a/expiry@900", "b/expiry@900"]);
    expect(appends).toEqual([["a/expiry"], ["a/expiry"], ["b/expiry"]]);
    expect(await work.end(1_000)).toBe(true);
  });

  it("are warned of once where the store never takes them", async () => {
    const { adapter, work, set, fired, warnings } = timerWork();
    const message = { id: "a/expiry", type: "Another.v1", time: 0, data: "{}", metadata: "{}" };
    await adapter.log.append([{ stream: "other-1", category: "other", messages: [message] }]);
    await set("a", "expiry", 900);
    await set("b", "expiry", 901);
    for (let times = 0; times < 3; times++) await work.runDue(["default"], NEVER);
    expect(await fired()).toEqual(["b/expiry@901"]);
    expect(warnings).toEqual([`Timer "expiry" of "${CATEGORY}-a" is due and cannot be fired`]);
  });
});

describe("the loop that fires timers", () => {
  it("fires what comes due until its end, in lanes that it has something for", async () => {
    const { work, clock, set, fired, untilFired } = timerWork();
    work.start(["mail"]);
    expect(work.loopAgeMs).toBeUndefined();
    work.start(["mail", "bulk"]);
    await set("a", "expiry", 1_050);
    clock.now = 1_049;
    work.wake();
    await pause(20);
    expect(await fired()).toEqual([]);
    clock.now = 1_050;
    work.wake();
    expect(await untilFired(1)).toEqual(["a/expiry@1050"]);
    expect(work.loopAgeMs).toBeGreaterThanOrEqual(0);
    work.start(["mail"]);
    await set("b", "expiry", 1_000);
    work.wake();
    await pause(20);
    work.start(["bulk"]);
    expect(await untilFired(2)).toEqual(["a/expiry@1050", "b/expiry@1000"]);
    expect(await work.end(1_000)).toBe(true);
    await set("c", "expiry", 1_000);
    await pause(60);
    expect(await fired()).toHaveLength(2);
  });

  it("fires its part of the timers, and leaves the rest to others", async () => {
    const { work, set, untilFired, fired } = timerWork({ part: () => ({ index: 0, of: 2 }) });
    for (let index = 0; index < 40; index++) await set(`i-${index}`, "expiry", 900);
    work.start(["default"]);
    await untilFired(10);
    await pause(150);
    const mine = (await fired()).length;
    expect(mine).toBeGreaterThan(5);
    expect(mine).toBeLessThan(35);
    await work.end(1_000);
    expect(await work.runDue(["default"], NEVER)).toBe(40 - mine);
  });

  it("fires what others have left for too long", async () => {
    const { work, set, untilFired } = timerWork({ part: () => ({ index: 0, of: 2 }) });
    for (let index = 0; index < 40; index++) await set(`i-${index}`, "expiry", 900);
    work.start(["default"]);
    expect(await untilFired(40)).toHaveLength(40);
    await work.end(1_000);
  });

  it("appends no more than two batches before the subscription has consumed one", async () => {
    let position = 0;
    const { work, set, untilFired, fired } = timerWork({ positionOf: () => position });
    for (let index = 0; index < 700; index++) await set(`i-${index}`, "expiry", 900);
    work.start(["default"]);
    expect(await untilFired(400)).toHaveLength(400);
    await pause(100);
    expect(await fired()).toHaveLength(400);
    position = 200;
    expect(await untilFired(600)).toHaveLength(600);
    position = 600;
    expect(await untilFired(700)).toHaveLength(700);
    await work.end(1_000);
  });
});
