import { deepEqual, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, noteds, numbers, range } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function idempotentAppend(at: StoreUnderTest): void {
  const { it } = testRunner();

  const first = { stream: "account-1", expectedVersion: -1, events: [noted(0, { id: "a" }), noted(1, { id: "b" })] };
  const second = { stream: "account-2", expectedVersion: -1, events: [noted(2, { id: "c" })] };

  it("stores a repeated append once and answers the same", async () => {
    const appended = await at.store.append([first]);
    deepEqual(await at.store.append([first]), appended);
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("answers the first positions although the streams have moved on since", async () => {
    const appended = await at.store.append([first, second]);
    await at.store.append([{ stream: "account-1", events: noteds(3, 10) }]);
    deepEqual(await at.store.append([first, second]), appended);
    deepEqual(await numbers(at.store.readAll()), [0, 1, 2, 10, 11, 12]);
  });

  it("recognises a repeated append that expects no version", async () => {
    await at.store.append([{ stream: "account-1", events: [noted(9)] }]);
    const append = { stream: "account-1", events: [noted(0, { id: "a" }), noted(1, { id: "b" })] };
    const appended = await at.store.append([append]);
    deepEqual(await at.store.append([append]), appended);
    deepEqual(await numbers(at.store.readAll()), [9, 0, 1]);
  });

  it("lets 16 concurrent submissions of one append all succeed, and stores it once", async () => {
    const answers = await Promise.all(range(16).map(() => at.store.append([first])));
    for (const answer of answers) deepEqual(answer, answers[0]);
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("refuses an id that another stream holds", async () => {
    await at.store.append([first]);
    const append = at.store.append([{ stream: "account-2", expectedVersion: -1, events: [noted(7, { id: "a" })] }]);
    await rejects(append, { name: "IncorrectUsageError", code: "INCORRECT_USAGE" });
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("refuses an id that the same stream holds at another position", async () => {
    await at.store.append([first]);
    const append = at.store.append([{ stream: "account-1", expectedVersion: 1, events: [noted(7, { id: "a" })] }]);
    await rejects(append, { name: "IncorrectUsageError", code: "INCORRECT_USAGE" });
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("takes no append for a repetition of which only a part was stored", async () => {
    await at.store.append([first]);
    const longer = { ...first, events: [...first.events, noted(2, { id: "x" })] };
    const swapped = { ...first, events: first.events.toReversed() };
    for (const append of [[longer], [swapped], [first, second]]) {
      await rejects(at.store.append(append), ({ code }: { code: string }) =>
        ["EXPECTED_VERSION_MISMATCH", "INCORRECT_USAGE"].includes(code),
      );
    }
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("refuses one id twice in one append", async () => {
    const events = [noted(0, { id: "a" }), noted(1, { id: "a" })];
    await rejects(at.store.append([{ stream: "account-1", events }]), { code: "INCORRECT_USAGE" });
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("takes ids that differ in case, in normal form or by a space for different ones", async () => {
    const ids = ["id", "ID", "id ", "\u00e9", "e\u0301", "__proto__", "constructor", "1", "01", "1.0"];
    await at.store.append([{ stream: "account-1", events: ids.map((id, n) => noted(n, { id })) }]);
    const stored = await collect(at.store.read("account-1"));
    deepEqual(
      stored.map(({ id }) => id),
      ids,
    );
  });
}
