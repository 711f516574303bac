import { deepEqual } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, fill, noted, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

export function isolationOfReturnedValues(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("keeps what it was given when the writer changes it afterwards", async () => {
    const time = new Date(1_000);
    const data = { list: [1, 2], deep: { n: 1 } };
    const metadata = { user: { id: "u" } };
    const events = [noted(0, { data, metadata, time })];
    const appending = at.store.append([{ stream: "item-1", events }]);
    data.list.push(3);
    data.deep.n = 2;
    metadata.user.id = "changed";
    time.setTime(0);
    events.push(noted(1));
    await appending;
    const [event, ...others] = await collect(at.store.read("item-1"));
    deepEqual(others, []);
    deepEqual(event?.data, { list: [1, 2], deep: { n: 1 } });
    deepEqual(event?.metadata, { user: { id: "u" } });
    deepEqual(event?.time, new Date(1_000));
  });

  it("keeps its events when a reader changes those it was given", async () => {
    await at.store.append([
      { stream: "item-1", events: [noted(0, { data: { list: [1] }, metadata: { a: {} }, time: new Date(5) })] },
    ]);
    const before = await collect(at.store.readAll());
    for (const read of [at.store.read("item-1"), at.store.readAll(), at.store.readCategory("item")]) {
      for (const event of await collect(read)) {
        event.data.list.push("changed");
        event.metadata.a.b = "changed";
        event.time.setTime(0);
        for (const key of Object.keys(event)) Reflect.set(event, key, "changed");
      }
    }
    deepEqual(await collect(at.store.readAll()), before);
  });

  it("answers a repeated append as before when its first answer was changed", async () => {
    const append = [{ stream: "item-1", expectedVersion: -1, events: [noted(0, { id: "a" })] }];
    const appended = await at.store.append(append);
    const before = appended.map((each) => ({ ...each }));
    for (const each of appended) for (const key of Object.keys(each)) Reflect.set(each, key, "changed");
    deepEqual(await at.store.append(append), before);
  });

  it("keeps its messages when the caller of the adapter changes those it was given", async () => {
    await fill(at.adapter, "item-1", 3);
    const before = await collect(at.store.readAll());
    const pages = [
      await at.adapter.log.readStream(ref("item-1"), { from: 0, limit: 10 }),
      (await at.adapter.log.readAll({ after: 0, limit: 10, categories: ["item"] })).messages,
      (await at.adapter.log.readAll({ after: 0, limit: 10 })).messages,
      [await at.adapter.log.readLast(ref("item-1"))],
    ];
    for (const page of pages) {
      for (const message of page) {
        for (const key of Object.keys(message!)) Reflect.set(message!, key, "changed");
      }
      Reflect.set(page, "length", 0);
    }
    Reflect.set(await at.adapter.log.listStreams("item", { limit: 10 }), 0, "changed");
    deepEqual(await collect(at.store.readAll()), before);
    deepEqual(await collect(at.store.read("item-1")), before);
    deepEqual(await collect(at.store.readCategory("item")), before);
    deepEqual(await at.adapter.log.listStreams("item", { limit: 10 }), ["item-1"]);
  });

  it("keeps its events when a fold changes its page", async () => {
    await at.store.append([{ stream: "item-1", events: [noted(0, { data: { list: [1] } })] }]);
    const { page } = await at.adapter.load({ ...ref("item-1"), limit: 10 });
    (page.events[1] as { list: number[] }).list.push(2);
    Reflect.set(page.events, 0, "changed");
    const again = await at.adapter.load({ ...ref("item-1"), limit: 10 });
    deepEqual([...again.page.events], ["Conformance.Noted.v1", { list: [1] }]);
  });

  it("keeps its snapshots when anyone changes their bytes or fields", async () => {
    const stream = "item:snapshot-1";
    const state = Uint8Array.of(1, 2, 3);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(stream, 0, { state }), keep: 1 }]);
    state.fill(9);
    const search = { ...ref(stream), kinds: [{ schemaVersion: 1 }] };
    const read = async () => [
      ...(await at.adapter.snapshots.read(ref(stream))),
      (await at.adapter.load({ ...ref("item-1"), snapshots: search, limit: 10 })).snapshot!,
    ];
    for (const snapshot of await read()) {
      (snapshot.state as Uint8Array).fill(7);
      for (const key of Object.keys(snapshot)) Reflect.set(snapshot, key, "changed");
    }
    for (const snapshot of await read()) {
      deepEqual([...(snapshot.state as Uint8Array)], [1, 2, 3]);
      deepEqual(snapshot.version, 0);
    }
  });
}
