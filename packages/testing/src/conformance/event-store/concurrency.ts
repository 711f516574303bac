import { deepEqual, equal, ok } from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";

import { ExpectedVersionError } from "@tidemark/core";

import { testRunner } from "../test-runner";
import { collect, noted, range } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

const WRITERS = 64;
const ROUNDS = 10;

export function concurrency(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("lets exactly one of 64 concurrent appends with the same expected version succeed", async () => {
    await at.store.append([{ stream: "account-1", events: [noted(-1)] }]);
    const outcomes = await Promise.allSettled(
      range(WRITERS).map((n) => at.store.append([{ stream: "account-1", expectedVersion: 0, events: [noted(n)] }])),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    equal(failures.length, WRITERS - 1);
    for (const failure of failures) {
      ok(failure instanceof ExpectedVersionError, String(failure));
      deepEqual(failure.details, { stream: "account-1", expected: 0, actual: 1 });
    }
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const stored = await collect(at.store.read("account-1"));
    deepEqual(
      stored.map(({ data }) => data.n),
      [-1, winner],
    );
  });

  it("lets exactly one of 64 writers create a stream", async () => {
    const outcomes = await Promise.allSettled(
      range(WRITERS).map((n) => at.store.append([{ stream: "account-1", expectedVersion: -1, events: [noted(n)] }])),
    );
    const winners = range(WRITERS).filter((index) => outcomes[index]?.status === "fulfilled");
    equal(winners.length, 1);
    deepEqual(
      (await collect(at.store.readAll())).map(({ data }) => data.n),
      winners,
    );
  });

  it("stores every one of 64 concurrent appends that expect no version", async () => {
    await Promise.all(
      range(WRITERS).map((n) => at.store.append([{ stream: "account-1", events: [noted(n), noted(n)] }])),
    );
    const stored = await collect(at.store.read("account-1"));
    deepEqual(
      stored.map(({ position }) => position),
      range(2 * WRITERS),
    );
    const pairs = range(WRITERS).map((pair) => stored.slice(2 * pair, 2 * pair + 2).map(({ data }) => data.n));
    ok(
      pairs.every(([first, second]) => first === second),
      "an append was torn apart",
    );
    deepEqual(pairs.map(([first]) => first).sort(ascending), range(WRITERS));
  });

  it("stores concurrent appends to the same streams whatever order they are named in, each as a whole", async () => {
    const streams = ["account-1", "account-2", "account-3"];
    await Promise.all(
      range(WRITERS).map((n) => {
        const named = n % 2 === 0 ? streams : streams.toReversed();
        return at.store.append(named.map((stream) => ({ stream, events: [noted(n)] })));
      }),
    );
    for (const stream of streams) {
      const stored = await collect(at.store.read(stream));
      deepEqual(
        stored.map(({ position }) => position),
        range(WRITERS),
      );
      deepEqual(stored.map(({ data }) => data.n).sort(ascending), range(WRITERS));
    }
  });

  it("keeps version and sum exact over 64 read-decide-append loops of 10 rounds with retry", async () => {
    let conflicts = 0;
    const add = async (): Promise<void> => {
      for (let attempt = 1; ; attempt++) {
        const last = await at.store.readLast("account-1");
        const events = [{ type: "Conformance.Summed.v1", data: { sum: (last?.data.sum ?? 0) + 1 } }];
        try {
          await at.store.append([{ stream: "account-1", expectedVersion: last?.position ?? -1, events }]);
          return;
        } catch (error) {
          if (!(error instanceof ExpectedVersionError)) throw error;
          conflicts++;
          for (let turns = Math.random() * Math.min(attempt, 20); turns > 1; turns--) await nextTurn();
        }
      }
    };
    await Promise.all(
      range(WRITERS).map(async () => {
        for (let round = 0; round < ROUNDS; round++) await add();
      }),
    );
    ok(conflicts > 0, "no append met another one");
    const stored = await collect(at.store.read("account-1"));
    deepEqual(
      stored.map(({ position, data }) => [position, data.sum]),
      range(WRITERS * ROUNDS).map((position) => [position, position + 1]),
    );
  });
}

function ascending(a: number, b: number): number {
  return a - b;
}
