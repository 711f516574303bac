import { deepEqual, ok } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";

/** All orders of some events that keep the order of each stream. */
function interleavings<T>(streams: readonly (readonly T[])[]): readonly (readonly T[])[] {
  const left = streams.filter((stream) => stream.length > 0);
  if (left.length === 0) return [[]];
  return left.flatMap((stream) => {
    const [first, ...rest] = stream as readonly [T, ...T[]];
    const others = left.map((each) => (each === stream ? rest : each));
    return interleavings(others).map((order) => [first, ...order]);
  });
}

export function orders(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const batch of [1, 4, 500])
    it(`come to the same end in every order that the log allows, ${batch} events at once`, async () => {
      const config = { subscriptions: { batch } };
      const { domain, append, processOf, notesOf, deedsOf, timersOf } = await runSagas(at.adapter, {
        missing: "keep",
        config,
      });
      const all = interleavings<"begin a" | "begin b" | "tell 1" | "tell 2" | "share" | "finish b">([
        ["begin a"],
        ["begin b", "finish b"],
        ["tell 1", "tell 2"],
        ["share"],
      ]);
      ok(all.length === 180, `${all.length} orders`);
      for (const [index, order] of all.entries()) {
        const [a, b] = [`a-${index}`, `b-${index}`];
        const events = {
          "begin a": {
            type: "Begun",
            data: { sagaId: a, note: "begun", does: ["timer expiry after 30d", "issue begun"] },
          },
          "begin b": { type: "Begun", data: { sagaId: b, note: "begun", does: ["timer expiry after 30d"] } },
          "finish b": { type: "Finished", data: { sagaId: b, note: "finished", does: ["issue finished"] } },
          "tell 1": { type: "Told", data: { sagaId: a, note: "one", does: ["issue one", "timer reminder after 30d"] } },
          "tell 2": { type: "Told", data: { sagaId: a, note: "two", does: ["cancel reminder"] } },
          share: { type: "Shared", data: { sagaIds: [a, b], note: "shared", does: [] } },
        };
        // Each event in a stream of its own: what counts is the order in the log.
        await append(order.map((name) => events[name]));
      }
      await domain.catchUp();
      deepEqual(await domain.parked(), []);
      for (const index of all.keys()) {
        const [a, b] = [`a-${index}`, `b-${index}`];
        const notes = await notesOf(a);
        deepEqual(notes?.toSorted(), ["begun", "one", "shared", "two"]);
        ok(notes![0] === "begun" && notes!.indexOf("one") < notes!.indexOf("two"), notes!.join(", "));
        deepEqual(await deedsOf(a), ["begun", "one"]);
        deepEqual(
          (await timersOf(a)).map(({ name }) => name),
          ["expiry"],
        );
        const ended = await processOf(b);
        deepEqual(
          [ended?.status, ended?.state, ended?.timers, ended?.kept],
          ["ended", undefined, undefined, undefined],
        );
        deepEqual([await deedsOf(b), await timersOf(b)], [["finished"], []]);
      }
    });
}
