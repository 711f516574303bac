import { deepEqual, equal } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, noteds, numbers } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function appending(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("gives back every part of an event", async () => {
    const time = new Date("2026-02-20T12:00:00.123Z");
    const metadata = { userId: "u-1", trace: ["a", "b"] };
    const event = { id: "event-1", type: "Bank.DepositMade.v1", data: { amount: 12.5 }, metadata, time };
    const [appended] = await at.store.append([{ stream: "bank::account-1", expectedVersion: -1, events: [event] }]);
    deepEqual(await collect(at.store.read("bank::account-1")), [
      { ...event, stream: "bank::account-1", position: 0, globalPosition: appended?.globalPosition },
    ]);
  });

  it("numbers the events of a stream from 0 without gaps, append after append", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(3) }]);
    await at.store.append([{ stream: "account-2", events: noteds(2) }]);
    await at.store.append([{ stream: "account-1", expectedVersion: 2, events: noteds(2, 3) }]);
    const events = await collect(at.store.read("account-1"));
    deepEqual(
      events.map(({ position, data }) => [position, data.n]),
      [0, 1, 2, 3, 4].map((position) => [position, position]),
    );
  });

  it("answers the last position and the last global position of each stream, in the order of the call", async () => {
    await at.store.append([{ stream: "account-b", events: noteds(4) }]);
    const appended = await at.store.append([
      { stream: "account-c", events: noteds(2) },
      { stream: "account-b", events: noteds(1, 4) },
      { stream: "account-a", events: noteds(3) },
    ]);
    deepEqual(
      appended.map(({ stream, version }) => [stream, version]),
      [
        ["account-c", 1],
        ["account-b", 4],
        ["account-a", 2],
      ],
    );
    for (const { stream, globalPosition } of appended) {
      equal((await at.store.readLast(stream))?.globalPosition, globalPosition);
    }
  });

  it("makes up different ids for events that bring none", async () => {
    await at.store.append([{ stream: "account-1", events: noteds(20) }]);
    const ids = (await collect(at.store.read("account-1"))).map(({ id }) => id);
    equal(new Set(ids).size, 20);
  });

  it("stores nothing for an append without streams", async () => {
    deepEqual(await at.store.append([]), []);
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("knows the version of a stream", async () => {
    equal(await at.adapter.log.version({ stream: "account-1", category: "account" }), -1);
    await at.store.append([{ stream: "account-1", events: noteds(3) }]);
    equal(await at.adapter.log.version({ stream: "account-1", category: "account" }), 2);
  });

  it("keeps events in the order given although their times run backwards", async () => {
    const events = [3, 2, 1].map((n) => noted(n, { time: new Date(n) }));
    await at.store.append([{ stream: "account-1", events }]);
    deepEqual(await numbers(at.store.read("account-1")), [3, 2, 1]);
  });
}
