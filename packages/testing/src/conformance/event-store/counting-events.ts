import { deepEqual } from "node:assert/strict";

import type { CountedRange } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { fill, range, request, storedNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function countingEvents(at: StoreUnderTest): void {
  const { it } = testRunner();

  const count = async (asked: Partial<CountedRange>): Promise<[events: number, since: number | undefined]> => {
    const all = { after: 0, categories: ["account"], limit: 1_000, ...asked };
    const { events, since } = await at.adapter.log.countEvents(all);
    return [events, since];
  };
  /** Appends one event of each type to a stream; its time is its number. @returns the global position of the last one. */
  const append = async (stream: string, types: readonly string[], firstTime: number): Promise<number> => {
    const messages = types.map((type, index) => storedNote(firstTime + index, { type }));
    const [appended] = await at.adapter.log.append([request(stream, messages)]);
    return appended!.globalPosition;
  };

  it("counts the events of some categories behind a position, and says how old the first one is", async () => {
    const first = await append("account-1", ["a", "b"], 500);
    await append("order-1", ["a", "a", "a"], 900);
    const last = await append("account-2", ["a"], 100);
    deepEqual(await count({}), [3, 500]);
    deepEqual(await count({ after: first }), [1, 100]);
    deepEqual(await count({ after: last }), [0, undefined]);
    deepEqual(await count({ after: first, categories: ["account", "order"] }), [4, 900]);
    deepEqual(await count({ categories: ["account", "account", "nobody"] }), [3, 500]);
    deepEqual(await count({ categories: ["acc"] }), [0, undefined]);
    deepEqual(await count({ categories: [] }), [0, undefined]);
  });

  it("counts those of some types alone", async () => {
    await append("account-1", ["a", "b", "c", "b"], 10);
    await append("order-1", ["b"], 20);
    deepEqual(await count({ types: ["b"] }), [2, 11]);
    deepEqual(await count({ types: ["c", "b"], categories: ["order", "account"] }), [4, 11]);
    deepEqual(await count({ types: ["B"] }), [0, undefined]);
    deepEqual(await count({ types: [] }), [0, undefined]);
  });

  it("stops counting at the limit, whatever the categories and types", async () => {
    await fill(at.adapter, "account-1", 30);
    await fill(at.adapter, "order-1", 30);
    deepEqual(await count({ limit: 10 }), [10, 0]);
    deepEqual(await count({ limit: 30 }), [30, 0]);
    deepEqual(await count({ limit: 31 }), [30, 0]);
    deepEqual(await count({ limit: 40, categories: ["order", "account"] }), [40, 0]);
    deepEqual(await count({ limit: 1, types: range(3).map(String) }), [0, undefined]);
  });

  it("counts no event of an append that is refused", async () => {
    await append("account-1", ["a"], 1);
    await at.adapter.log.append([request("account-1", [storedNote(2)], 7)]).catch(() => undefined);
    deepEqual(await count({}), [1, 1]);
  });
}
