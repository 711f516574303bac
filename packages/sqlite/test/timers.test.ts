import { MemoryEventStore } from "@tidemark/core";
import type { Operation, TimersPage } from "@tidemark/core/adapter";

import { sqliteStore } from "./driver-under-test";

const OWNERS = ["", "a", "a\u0001", "a-", "a-1", "a\u{10ffff}", "a\u{10ffff}\u{10ffff}", "a\ufb01", "a\u{1f600}", "b"];
const NAMES = ["", "expiry", "\u{1f600}", "\ufb01"];

it("lists timers as memory does, whatever their owners start with, from wherever a page goes on", async () => {
  const [store, memory] = [sqliteStore({ path: ":memory:" }), new MemoryEventStore()];
  await store.open();
  const set = OWNERS.flatMap((owner) =>
    NAMES.map((name): Operation => ({ kind: "setTimer", timer: { owner, name, data: "{}" }, due: { at: 5 } })),
  );
  for (const { operations } of [store, memory]) await operations.flush(set);
  const places = [undefined, ...OWNERS.flatMap((owner) => NAMES.map((name) => ({ owner, name })))];
  const list = (page: TimersPage) =>
    [store, memory].map(({ operations }) => operations.timers.list(page) as readonly object[]);
  let listed = 0;
  for (const prefix of [undefined, ...OWNERS]) {
    for (const after of places) {
      for (const limit of [1, 100]) {
        const [actual, expected] = list({ limit, ...(prefix !== undefined && { prefix }), ...(after && { after }) });
        expect({ prefix, after, limit, actual }).toEqual({ prefix, after, limit, actual: expected });
        listed += actual!.length;
      }
    }
  }
  expect(listed).toBeGreaterThan(1_000);
  await store.close();
});
