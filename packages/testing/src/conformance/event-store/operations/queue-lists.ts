import { deepEqual, equal } from "node:assert/strict";

import type { QueuePage } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { claimed, HOUR_MS, NOW, QueueUnderTest } from "./queue-under-test";
import { asEntry, entry, settle } from "./sample-entries";
import { flush } from "./sample-operations";
import { withShiftedClock } from "./shifted-clock";

export function queueLists(at: StoreUnderTest): void {
  const { it } = testRunner();
  const queue = new QueueUnderTest(at);

  const list = async (page: Partial<QueuePage> = {}) =>
    Array.from(await queue.of().list({ limit: 1_000, ...page }), asEntry);
  const ids = async (page: Partial<QueuePage> = {}) => (await list(page)).map(({ id }) => id);
  const counts = async () =>
    Array.from(await queue.of().counts(), ({ lane, state, entries }) => [lane, state, entries]);
  const forget = async (before: number, limit = 1_000) => queue.of().forget(before, limit);

  it("list entries in the order of their ids by UTF-8 bytes, page by page, whatever their priorities", async () => {
    const entries = IDENTIFIERS.map((id, n) => entry(id, { priority: n % 3, dueAt: 99 - n }));
    await queue.add(...entries);
    const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
    deepEqual(await list(), sorted);
    for (const limit of [1, 3, 7]) {
      const pages = [];
      for (let after: string | undefined; ; after = pages.at(-1)!.id) {
        const page = await list({ limit, ...(after !== undefined && { after }) });
        pages.push(...page);
        if (page.length < limit) break;
      }
      deepEqual(pages, sorted);
    }
  });

  it("list entries behind an id that is not there", async () => {
    await queue.add(entry("a"), entry("c"));
    deepEqual(await ids({ after: "b" }), ["c"]);
    deepEqual(await ids({ after: "c" }), []);
    deepEqual(await ids({ after: "A" }), ["a", "c"]);
  });

  it("list entries by states, lanes, types and line, all of which have to fit", async () => {
    await queue.add(
      entry("a", { lane: "mail", type: "Sent", line: "one" }),
      entry("b", { lane: "mail", type: "sent", line: "One" }),
      entry("c", { lane: "Mail", type: "Sent" }),
      entry("d", { lane: "default", type: "Paid", line: "one", number: 1 }),
      entry("e", { lane: "mail", type: "Paid", line: "one", number: 2 }),
    );
    await flush(
      at,
      settle("b", 0, { state: "parked", attempts: 0 }),
      settle("d", 0, { state: "refused", attempts: 0 }),
      settle("e", 0, { state: "done", attempts: 0 }),
    );
    deepEqual(await ids({ states: ["waiting"] }), ["a", "c"]);
    deepEqual(await ids({ states: ["done", "parked", "refused"] }), ["b", "d", "e"]);
    deepEqual(await ids({ states: ["expired", "cancelled"] }), []);
    deepEqual(await ids({ lanes: ["mail"] }), ["a", "b", "e"]);
    deepEqual(await ids({ lanes: ["Mail", "default", "nobody"] }), ["c", "d"]);
    deepEqual(await ids({ types: ["Sent"] }), ["a", "c"]);
    deepEqual(await ids({ types: ["sent", "Paid"] }), ["b", "d", "e"]);
    deepEqual(await ids({ line: "one" }), ["a", "d", "e"]);
    deepEqual(await ids({ line: "One" }), ["b"]);
    deepEqual(await ids({ line: "o" }), []);
    deepEqual(await ids({ line: "one", types: ["Paid"], states: ["done", "waiting"], lanes: ["mail"] }), ["e"]);
    deepEqual(await ids({ line: "one", after: "a", limit: 1 }), ["d"]);
    for (const none of [{ states: [] }, { lanes: [] }, { types: [] }]) deepEqual(await ids(none), []);
  });

  it("list entries that are claimed as they are, with who has them", async () => {
    await queue.add(entry("a"), entry("b", { lane: "mail" }));
    await queue.claim();
    deepEqual(await list(), [claimed(entry("a")), entry("b", { lane: "mail" })]);
  });

  it("count entries by lane and state, in the order of both", async () => {
    deepEqual(await counts(), []);
    const lanes = ["\u{1f600}", "mail", "\ufb01", "Mail"];
    await queue.add(...lanes.flatMap((lane) => range(5).map((n) => entry(`${lane} ${n}`, { lane }))));
    await queue.claim({ lanes: ["mail"], limit: 1 });
    await flush(
      at,
      settle("Mail 0", 0, { state: "parked", attempts: 0 }),
      settle("Mail 1", 0, { state: "refused", attempts: 0 }),
      settle("Mail 2", 0, { state: "done", attempts: 0 }),
      settle("Mail 3", 0, { state: "cancelled", attempts: 0 }),
      settle("Mail 4", 0, { state: "expired", attempts: 0 }),
      settle("\ufb01 0", 0, { state: "done", attempts: 0 }),
      settle("\ufb01 1", 0, { state: "done", attempts: 0 }),
      settle("\ufb01 2", 0),
    );
    deepEqual(await counts(), [
      ["Mail", "cancelled", 1],
      ["Mail", "done", 1],
      ["Mail", "expired", 1],
      ["Mail", "parked", 1],
      ["Mail", "refused", 1],
      ["mail", "waiting", 5],
      ["\ufb01", "done", 2],
      ["\ufb01", "waiting", 2],
      ["\u{1f600}", "waiting", 5],
    ]);
  });

  it("count by lane what is due and in nobody's hands, and say since when", async () => {
    const overdue = async (now?: number) =>
      Array.from(await queue.of().overdue(now), ({ lane, entries, since }) => [lane, entries, since]);
    deepEqual(await overdue(NOW), []);
    await queue.add(
      entry("a", { dueAt: 30 }),
      entry("b", { dueAt: -20, lane: "\u{1f600}" }),
      entry("c", { dueAt: 10, priority: 9 }),
      entry("d", { dueAt: 20, line: "one", number: 1, lane: "\ufb01" }),
      entry("e", { dueAt: 15, line: "one", number: 2, lane: "\ufb01" }),
      entry("f", { dueAt: 40, lane: "Mail" }),
      entry("g", { dueAt: -90 }),
      entry("h", { dueAt: -90, lane: "mail" }),
    );
    await flush(at, settle("g", 0, { state: "parked", attempts: 0 }), settle("h", 0, { state: "done", attempts: 0 }));
    deepEqual(await overdue(-21), []);
    deepEqual(await overdue(-20), [["\u{1f600}", 1, -20]]);
    deepEqual(await overdue(29), [
      ["default", 1, 10],
      ["\ufb01", 2, 15],
      ["\u{1f600}", 1, -20],
    ]);
    deepEqual(await overdue(40), [
      ["Mail", 1, 40],
      ["default", 2, 10],
      ["\ufb01", 2, 15],
      ["\u{1f600}", 1, -20],
    ]);
    await queue.claim({ limit: 1, now: 40, claimMs: 5 });
    deepEqual((await overdue(44))[1], ["default", 1, 30]);
    deepEqual((await overdue(45))[1], ["default", 2, 10]);
    deepEqual(await overdue(), await overdue(NOW));
    await withShiftedClock(-HOUR_MS, async () => {
      await queue.add(entry("i", { lane: "later", dueAt: (await queue.storeTime()) + HOUR_MS }));
      deepEqual(
        (await overdue()).filter(([lane]) => lane === "later"),
        [],
      );
    });
  });

  it("forget what was finished before a moment, and nothing that waits or is parked", async () => {
    const states = ["done", "refused", "expired", "cancelled", "waiting", "parked"] as const;
    await queue.add(...states.map((id) => entry(id)), entry("untouched"));
    await flush(at, ...states.map((state) => settle(state, 0, { state, attempts: 0 })));
    const finishedAt = (await list({ states: ["done", "refused", "expired", "cancelled"] })).map(
      (each) => each.finishedAt!,
    );
    equal(await forget(Math.min(...finishedAt)), 0);
    equal((await list()).length, 7);
    equal(await forget(Math.max(...finishedAt) + 1), 4);
    deepEqual(await ids(), ["parked", "untouched", "waiting"]);
    equal(await forget(Number.MAX_SAFE_INTEGER), 0);
    deepEqual(await ids(), ["parked", "untouched", "waiting"]);
  });

  it("forget no more than the limit at once", async () => {
    await queue.add(...range(7).map((n) => entry(`${n}`)));
    await flush(at, ...range(6).map((n) => settle(`${n}`, 0, { state: "done", attempts: 0 })));
    equal(await forget(Number.MAX_SAFE_INTEGER, 4), 4);
    equal((await list()).length, 3);
    equal(await forget(Number.MAX_SAFE_INTEGER, 4), 2);
    deepEqual(await ids(), ["6"]);
    await queue.add(entry("0"));
    deepEqual(await list(), [entry("0"), entry("6")]);
  });

  if (!at.conformance.abilities.durable) return;

  it("are the same after the store was closed and opened again", async () => {
    await queue.add(entry("a", { line: "one", number: 1, expiresAt: 7 }), entry("b"), entry("c"));
    await queue.claim({ limit: 2 });
    await flush(at, settle("b", 1, { state: "done", attempts: 1, outcome: '{"x":1}' }));
    const [before, counted] = [await list(), await counts()];
    await at.reopen();
    deepEqual(await list(), before);
    deepEqual(await counts(), counted);
  });
}
