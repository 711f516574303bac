import { deepEqual, rejects } from "node:assert/strict";

import type { IncorrectUsageError, NewEvent } from "@tidemark/core";

import { testRunner } from "../test-runner";
import { collect, NOTED, noted, noteds, numbers, range } from "./sample-events";
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

  it("recognises a repeated append by ids, types and data: time and metadata may differ", async () => {
    const appended = await at.store.append([first]);
    const retried = first.events.map((event) => ({ ...event, time: new Date(7), metadata: { traceId: "t" } }));
    deepEqual(await at.store.append([{ ...first, events: retried }]), appended);
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  const changes: Readonly<Record<string, readonly NewEvent[]>> = {
    "other data": [noted(0, { id: "a" }), noted(999, { id: "b" })],
    "data of another type of value": [noted(0, { id: "a" }), { type: NOTED, data: { n: "1" }, id: "b" }],
    "another type": [noted(0, { id: "a", type: "Conformance.Moved.v1" }), noted(1, { id: "b" })],
  };
  for (const [change, events] of Object.entries(changes)) {
    for (const expected of [{ expectedVersion: -1 }, {}]) {
      const version = "expectedVersion" in expected ? "its version" : "no version";
      it(`refuses stored ids with ${change}, expecting ${version}, and says so`, async () => {
        await at.store.append([first]);
        await at.store.append([{ stream: "account-1", events: [noted(2)] }]);
        await rejects(at.store.append([{ stream: "account-1", ...expected, events }]), (error: IncorrectUsageError) => {
          const position = change === "another type" ? 0 : 1;
          const id = change === "another type" ? "a" : "b";
          const found = `an event with the id "${id}" is stored already, at position ${position} of stream "account-1" with other contents`;
          const advice = "give each new event an id that no other event has";
          deepEqual(error.message, `Cannot append to stream "account-1": ${found}; ${advice}`);
          deepEqual(error.code, "INCORRECT_USAGE");
          deepEqual(error.details, { stream: "account-1", id, storedStream: "account-1", storedPosition: position });
          return true;
        });
        deepEqual(await numbers(at.store.readAll()), [0, 1, 2]);
      });
    }
  }

  it("refuses stored ids with other data in one of several streams", async () => {
    await at.store.append([first, second]);
    const other = { ...second, events: [noted(999, { id: "c" })] };
    await rejects(at.store.append([first, other]), { code: "INCORRECT_USAGE" });
    deepEqual(await numbers(at.store.readAll()), [0, 1, 2]);
  });

  it("lets one of 16 concurrent appends with the same ids and different data succeed", async () => {
    const appends = range(16).map((n) =>
      at.store.append([{ stream: "account-1", expectedVersion: -1, events: [noted(n, { id: "a" })] }]),
    );
    const outcomes = await Promise.allSettled(appends);
    const stored = outcomes.flatMap(({ status }, n) => (status === "fulfilled" ? [n] : []));
    const codes = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    deepEqual(codes, Array(15).fill("INCORRECT_USAGE"));
    deepEqual(await numbers(at.store.readAll()), stored);
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
