import { CommandCancelledError, IncorrectUsageError, ValidationError } from "../../../src/index";
import { openShop } from "./shop";

/** A clock that tests set. */
class SetClock {
  constructor(private time = Date.parse("2026-02-20T12:00:00Z")) {}

  now(): Date {
    return new Date(this.time);
  }

  advance(ms: number): void {
    this.time += ms;
  }
}

const DAY = 86_400_000;

describe("schedule", () => {
  it("carries a command out when its time has come by the clock of the domain, and not before", async () => {
    const clock = new SetClock();
    const { domain, Pay, runs } = await openShop({ clock });
    const job = await domain.schedule(new Pay({ tillId: "a", amount: 5 }), { after: "30d" });
    expect(await job.status()).toMatchObject({ state: "waiting", dueAt: new Date(clock.now().getTime() + 30 * DAY) });
    clock.advance(30 * DAY - 1);
    await domain.catchUp();
    expect(runs).toEqual([]);
    clock.advance(1);
    await domain.catchUp();
    expect(await job.result()).toMatchObject({ sum: 5n });
    await domain.close();
  });

  it("carries a command out at once whose time has passed", async () => {
    const { domain, Pay } = await openShop();
    const job = await domain.schedule(new Pay({ tillId: "a", amount: 5 }), { at: new Date(0) });
    await domain.catchUp();
    expect(await job.result()).toMatchObject({ sum: 5n });
    await domain.close();
  });

  it("replaces what waits under the same key", async () => {
    const clock = new SetClock();
    const { domain, Pay, events, queue } = await openShop({ clock });
    await domain.schedule(new Pay({ tillId: "a", amount: 1 }), { after: "1h", key: "k" });
    await domain.schedule(new Pay({ tillId: "a", amount: 2 }), { after: "2h", key: "k" });
    await domain.schedule(new Pay({ tillId: "a", amount: 4 }), { after: "1h", key: "other" });
    expect(await queue.list({ limit: 10 })).toHaveLength(2);
    clock.advance(3_600_000);
    await domain.catchUp();
    expect((await events()).map(({ data }) => data)).toEqual([{ amount: 4 }]);
    clock.advance(3_600_000);
    await domain.catchUp();
    expect((await events()).map(({ data }) => data)).toEqual([{ amount: 4 }, { amount: 2 }]);
    await domain.close();
  });

  it("takes a key again once its command is done", async () => {
    const clock = new SetClock();
    const { domain, Pay, events } = await openShop({ clock });
    for (const amount of [1, 2]) {
      await domain.schedule(new Pay({ tillId: "a", amount }), { after: "1s", key: "k" });
      clock.advance(1_000);
      await domain.catchUp();
    }
    expect((await events()).map(({ data }) => data)).toEqual([{ amount: 1 }, { amount: 2 }]);
    await domain.close();
  });

  it("lets the handler of a command schedule the next one under the same key", async () => {
    const clock = new SetClock();
    const { domain, Pay, events, hooks } = await openShop({ clock });
    const schedule = () => domain.schedule(new Pay({ tillId: "a", amount: 1 }), { after: "1h", key: "k" });
    hooks.before = schedule;
    await schedule();
    for (let n = 1; n <= 4; n++) {
      clock.advance(3_600_000);
      await domain.catchUp();
      await domain.catchUp();
      expect(await events()).toHaveLength(n);
    }
    expect(await domain.unschedule("k")).toBe(true);
    clock.advance(3_600_000);
    await domain.catchUp();
    expect(await events()).toHaveLength(4);
    await domain.close();
  });

  it("is stored with the unit of work around it", async () => {
    const { domain, Pay, queue } = await openShop();
    const pay = new Pay({ tillId: "a", amount: 1 });
    const failing = domain.unitOfWork(async () => {
      await domain.schedule(pay, { after: "1h", key: "k" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await queue.list({ limit: 10 })).toEqual([]);
    await domain.unitOfWork(async () => {
      await domain.schedule(pay, { after: "1h", key: "k" });
      await domain.schedule(pay, { after: "2h", key: "k" });
      await domain.schedule(pay, { after: "1h", key: "gone" });
      expect(await domain.unschedule("gone")).toBe(true);
    });
    const [entry, ...others] = await queue.list({ limit: 10 });
    expect(others).toEqual([]);
    expect(JSON.parse(entry!.data)).toMatchObject({ scheduledAs: "k" });
    await domain.close();
  });

  it("refuses what is no time, and keys that no store could keep", async () => {
    const { domain, Pay } = await openShop();
    const pay = new Pay({ tillId: "a", amount: 1 });
    await expect(domain.schedule(pay, {} as never)).rejects.toThrow(IncorrectUsageError);
    await expect(domain.schedule(pay, { after: "soon" })).rejects.toThrow(
      'Cannot take the time of Shop.Pay.v1: "after" must be a duration such as "30s", "15m", "1h" or "2d", not "soon"',
    );
    await expect(domain.schedule(pay, { after: "1h", key: "" })).rejects.toThrow(ValidationError);
    await expect(domain.unschedule("")).rejects.toThrow(ValidationError);
    await domain.close();
  });
});

describe("unschedule", () => {
  it("cancels what waits under a key, once", async () => {
    const { domain, Pay, runs } = await openShop();
    const job = await domain.schedule(new Pay({ tillId: "a", amount: 1 }), { at: new Date(0), key: "k" });
    expect(await domain.unschedule("k")).toBe(true);
    expect(await domain.unschedule("k")).toBe(false);
    await domain.catchUp();
    expect(runs).toEqual([]);
    await expect(job.result()).rejects.toThrow(CommandCancelledError);
    await domain.close();
  });

  it("finds nothing under a key that was carried out, and under an unknown one", async () => {
    const { domain, Pay } = await openShop();
    await domain.schedule(new Pay({ tillId: "a", amount: 1 }), { at: new Date(0), key: "k" });
    await domain.catchUp();
    expect(await domain.unschedule("k")).toBe(false);
    expect(await domain.unschedule("unknown")).toBe(false);
    await domain.close();
  });
});
