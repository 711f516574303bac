import { deepEqual, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, noteds, numbers, request, storedNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function atomicity(at: StoreUnderTest): void {
  const { it } = testRunner();

  const nothingButTheFirst = async (): Promise<void> => {
    deepEqual(await numbers(at.store.readAll()), [0]);
    deepEqual(await at.adapter.log.listStreams("account", { limit: 10 }), ["account-0"]);
    deepEqual(await collect(at.store.read("account-1")), []);
    await at.store.append([{ stream: "account-1", expectedVersion: -1, events: [noted(1)] }]);
    deepEqual(await numbers(at.store.readCategory("account")), [0, 1]);
  };

  it("writes to no stream when the last one is at another version", async () => {
    await at.store.append([{ stream: "account-0", events: [noted(0)] }]);
    const append = at.store.append([
      { stream: "account-1", expectedVersion: -1, events: noteds(3) },
      { stream: "account-2", events: noteds(3) },
      { stream: "account-0", expectedVersion: -1, events: noteds(3) },
    ]);
    await rejects(append, { code: "EXPECTED_VERSION_MISMATCH" });
    await nothingButTheFirst();
  });

  it("writes nothing when the last of many events cannot be stored", async () => {
    await at.store.append([{ stream: "account-0", events: [noted(0)] }]);
    const unstorable = noted(0, { data: { at: new Map() } });
    const append = at.store.append([
      { stream: "account-1", events: noteds(3) },
      { stream: "account-2", events: [...noteds(50), unstorable] },
    ]);
    await rejects(append, { code: "VALIDATION_FAILED" });
    await nothingButTheFirst();
  });

  it("writes nothing when the store itself refuses the last of many events", async () => {
    await at.adapter.log.append([request("account-0", [storedNote(0, { id: "taken" })])]);
    const append = async () =>
      at.adapter.log.append([
        request("account-1", [storedNote(1), storedNote(2)], -1),
        request("account-2", [storedNote(3), storedNote(4, { id: "taken" })], -1),
      ]);
    await rejects(append, { code: "INCORRECT_USAGE" });
    await nothingButTheFirst();
  });

  it("refuses a stream that is named twice, and writes nothing", async () => {
    await at.store.append([{ stream: "account-0", events: [noted(0)] }]);
    const append = at.store.append([
      { stream: "account-1", events: noteds(1) },
      { stream: "account-2", events: noteds(1) },
      { stream: "account-1", events: noteds(1) },
    ]);
    await rejects(append, { code: "INCORRECT_USAGE" });
    await nothingButTheFirst();
  });

  it("shows a concurrent reader all of an append or nothing of it", async () => {
    const streams = ["account-1", "account-2", "account-3"];
    const writing = (async () => {
      for (let n = 0; n < 20; n++) {
        await at.store.append(streams.map((stream) => ({ stream, events: [noted(n), noted(n)] })));
      }
      return "done";
    })();
    for (let done = false; !done; ) {
      done = (await Promise.race([writing, new Promise((resolve) => setImmediate(resolve))])) === "done";
      const { messages } = await at.adapter.log.readAll({ after: 0, limit: 1_000 });
      deepEqual(messages.length % 6, 0);
    }
    deepEqual((await collect(at.store.readAll())).length, 120);
  });
}
