type RealTimers = typeof import("../../src/ports/real-timers");

function loaded(): RealTimers {
  let timers: RealTimers | undefined;
  jest.isolateModules(() => {
    timers = require("../../src/ports/real-timers");
  });
  return timers!;
}

function stopTime(): void {
  jest.useFakeTimers({ now: 0 });
}

const orders: Readonly<Record<string, () => RealTimers>> = {
  "loaded before the clock was stopped": () => {
    const timers = loaded();
    stopTime();
    return timers;
  },
  "loaded after the clock was stopped": () => {
    stopTime();
    return loaded();
  },
};

describe.each(Object.entries(orders))("real timers %s", (_, ready) => {
  afterEach(() => jest.useRealTimers());

  it("call what they are given", async () => {
    const { setTimeout, setInterval, clearInterval, setImmediate, nextTick, pause } = ready();
    expect(Date.now()).toBe(0);
    await new Promise<void>((resolve) => nextTick(resolve));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    let calls = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (++calls < 2) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    await pause(1);
    expect([jest.getTimerCount(), calls]).toEqual([0, 2]);
  });

  it("leave out what was cleared", async () => {
    const { setTimeout, clearTimeout, pause } = ready();
    let calls = 0;
    clearTimeout(setTimeout(() => calls++, 1));
    await pause(20);
    expect(calls).toBe(0);
  });

  it("tell the time of this computer", () => {
    const { wallTime } = ready();
    expect(Date.now()).toBe(0);
    expect(wallTime()).toBeGreaterThan(Date.UTC(2026, 0, 1));
    expect(Number.isInteger(wallTime())).toBe(true);
  });

  it("tell a time that goes on", async () => {
    const { now, pause } = ready();
    const before = now();
    await pause(5);
    expect(now()).toBeGreaterThan(before);
    expect(Date.now()).toBe(0);
  });

  it("end a pause with the signal's reason", async () => {
    const { pause } = ready();
    const controller = new AbortController();
    const paused = pause(60_000, { signal: controller.signal });
    controller.abort("enough");
    await expect(paused).rejects.toBe("enough");
    await expect(pause(1, { signal: controller.signal })).rejects.toBe("enough");
    await expect(pause(1, { signal: new AbortController().signal })).resolves.toBeUndefined();
  });
});
