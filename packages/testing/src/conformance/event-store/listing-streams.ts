import { deepEqual } from "node:assert/strict";

import type { EventLog } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { IDENTIFIERS } from "./identifiers";
import { noted, noteds, range, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function listingStreams(at: StoreUnderTest): void {
  const { it } = testRunner();

  const listed = async (
    category: string,
    limit: number,
    store: Pick<EventLog, "listStreams"> = at.adapter.log,
  ): Promise<string[]> => {
    const names: string[] = [];
    for (;;) {
      const after = names.at(-1);
      const page = await store.listStreams(category, { limit, ...(after !== undefined && { after }) });
      names.push(...page);
      if (page.length < limit) return names;
    }
  };

  it("lists every stream of a category once, in the order of its UTF-8 bytes, page by page", async () => {
    const streams = IDENTIFIERS.map((id) => `item-${id}`);
    await at.store.append(streams.map((stream, n) => ({ stream, events: noteds(2, n) })));
    await at.store.append([{ stream: "items-1", events: noteds(1) }]);
    const sorted = streams.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const limit of [1, 7, streams.length, 1_000])
      deepEqual(await listed("item", limit), sorted, `pages of ${limit}`);
  });

  it("lists streams that were added since the last page", async () => {
    await at.store.append([
      { stream: "item-a", events: [noted(0)] },
      { stream: "item-c", events: [noted(0)] },
    ]);
    deepEqual(await at.adapter.log.listStreams("item", { limit: 1 }), ["item-a"]);
    await at.store.append([{ stream: "item-b", events: [noted(0)] }]);
    deepEqual(await at.adapter.log.listStreams("item", { after: "item-a", limit: 5 }), ["item-b", "item-c"]);
  });

  it("begins after a name that no stream has", async () => {
    await at.store.append([{ stream: "item-b", events: [noted(0)] }]);
    deepEqual(await at.adapter.log.listStreams("item", { after: "item-a", limit: 5 }), ["item-b"]);
    deepEqual(await at.adapter.log.listStreams("item", { after: "item-bb", limit: 5 }), []);
  });

  it("lists 2,500 streams completely", async () => {
    const streams = range(2_500).map((n) => `item-${String(n).padStart(4, "0")}`);
    await at.store.append(streams.toReversed().map((stream) => ({ stream, events: [noted(0)] })));
    deepEqual(await listed("item", 1_000), streams);
  });

  it("lists snapshot streams in a category of their own, until they are empty", async () => {
    await at.store.append([{ stream: "item-1", events: [noted(0)] }]);
    for (const id of ["b", "a", "c"]) {
      for (const version of [0, 1]) {
        await at.adapter.snapshots.write([{ snapshot: snapshotNote(`item:snapshot-${id}`, version), keep: 2 }]);
      }
    }
    deepEqual(await listed("item:snapshot", 2, at.adapter.snapshots), [
      "item:snapshot-a",
      "item:snapshot-b",
      "item:snapshot-c",
    ]);
    deepEqual(await listed("item", 2), ["item-1"]);
    deepEqual(await listed("item:snapshot", 2), []);
    deepEqual(await listed("item", 2, at.adapter.snapshots), []);
    await at.adapter.snapshots.delete({ category: "item:snapshot", stream: "item:snapshot-b" });
    deepEqual(await listed("item:snapshot", 2, at.adapter.snapshots), ["item:snapshot-a", "item:snapshot-c"]);
  });

  it("lists nothing of a category that does not exist", async () => {
    deepEqual(await at.adapter.log.listStreams("item", { limit: 10 }), []);
  });
}
