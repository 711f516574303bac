import { deepEqual, equal, ok } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { noted, numbers } from "./sample-events";
import { MAX_EVENT_BYTES, type StoreUnderTest, storeOver } from "./store-under-test";

export function listening(at: StoreUnderTest): void {
  const { it } = testRunner();

  const listen = async (listener: () => void) => {
    const { log } = at.adapter;
    ok(log.onAppend, `${at.conformance.name} has no onAppend; say so by leavesOut: ["onAppend"]`);
    return log.onAppend(listener);
  };
  const append = (n: number) => at.store.append([{ stream: `account-${n}`, events: [noted(n)] }]);

  it("calls a listener after an append, when the event can be read", async () => {
    const calls = new Calls();
    await listen(calls.listener);
    for (const n of [0, 1, 2]) {
      await append(n);
      await calls.until(async () => (await numbers(at.store.readAll())).length === n + 1);
    }
  });

  it("calls each of several listeners, and a function that was added twice as long as one of them is left", async () => {
    const [one, other] = [new Calls(), new Calls()];
    const stop = await listen(one.listener);
    await listen(one.listener);
    await listen(other.listener);
    await append(0);
    await Promise.all([one.next(), other.next()]);
    await stop();
    await append(1);
    await Promise.all([one.next(), other.next()]);
  });

  it("calls nobody who has stopped, however often", async () => {
    const [stopped, other] = [new Calls(), new Calls()];
    const stop = await listen(stopped.listener);
    await listen(other.listener);
    await stop();
    await stop();
    const before = stopped.count;
    await append(0);
    await other.next();
    await append(1);
    await other.next();
    equal(stopped.count, before);
  });

  it("lets a listener throw, at the cost of nobody", async () => {
    const calls = new Calls();
    const before = new Calls();
    const throwing = () => {
      before.listener();
      throw new Error("a listener has a bug");
    };
    await listen(throwing);
    await listen(calls.listener);
    await listen(throwing);
    for (const n of [0, 1]) {
      await append(n);
      await Promise.all([before.next(), calls.next()]);
    }
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("lets a listener stop, append and listen while it is called", async () => {
    const later = new Calls();
    const calls = new Calls();
    const stop = await listen(() => {
      calls.listener();
      void (async () => {
        await stop();
        await listen(later.listener);
        await append(1);
      })();
    });
    await append(0);
    await calls.next();
    await later.until(async () => (await numbers(at.store.readAll())).length === 2);
  });

  it("ends with the store", async () => {
    const calls = new Calls();
    await listen(calls.listener);
    await append(0);
    await calls.next();
    await at.adapter.close();
    const { count } = calls;
    await new Promise((resolve) => setImmediate(resolve));
    equal(calls.count, count);
  });

  if (!at.conformance.abilities.sharedByProcesses) return;

  it("calls a listener after the appends of another store on the same data", async () => {
    const calls = new Calls();
    await listen(calls.listener);
    const other = storeOver(await at.another(), MAX_EVENT_BYTES);
    for (const n of [0, 1, 2]) {
      await other.append([{ stream: `account-${n}`, events: [noted(n)] }]);
      await calls.until(async () => (await numbers(at.store.readAll())).length === n + 1);
    }
  });
}

/** The calls of a listener. */
class Calls {
  count = 0;
  private seen = 0;
  private waiting: (() => void)[] = [];

  readonly listener = (): void => {
    this.count++;
    for (const resolve of this.waiting.splice(0)) resolve();
  };

  /** Waits for a call since the last one that was waited for. */
  async next(): Promise<void> {
    if (this.count === this.seen) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.seen = this.count;
  }

  /** Waits for calls until what they are a sign of is there. */
  async until(isThere: () => Promise<boolean>): Promise<void> {
    for (;;) {
      await this.next();
      if (await isThere()) return;
    }
  }
}
