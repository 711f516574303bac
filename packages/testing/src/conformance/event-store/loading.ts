import { deepEqual, equal } from "node:assert/strict";

import type { EventStoreAdapter, LoadedStream, LoadRequest } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { fill, LARGE_NUMBERS, NOTED, range, ref, request, snapshotNote, storedNote } from "./sample-events";
import { type StoreUnderTest, streamLengths } from "./store-under-test";

const STREAM = "account-1";
const SNAPSHOTS = "account:snapshot-1";
const ANY_OF_SCHEMA_1 = { ...ref(SNAPSHOTS), kinds: [{ schemaVersion: 1 }] };

interface Folded extends Pick<LoadedStream, "snapshot" | "snapshotEventId"> {
  readonly numbers: readonly number[];
  readonly lastPosition: number;
  readonly lastId: string;
}

/** Loads a stream page by page to its end, as a repository does. */
async function fold(adapter: EventStoreAdapter, bounds: Partial<LoadRequest> = {}): Promise<Folded> {
  const { snapshots, ...range } = { ...ref(STREAM), limit: 1_000, ...bounds };
  const loaded = await adapter.load({ ...range, ...(snapshots && { snapshots }) });
  const numbers: number[] = [];
  let { page } = loaded;
  let lastId = "";
  for (;;) {
    for (const [index, part] of page.events.entries()) {
      if (index % 2 === 0) equal(part, NOTED);
      else numbers.push((part as { n: number }).n);
    }
    lastId = page.lastId === "" ? lastId : page.lastId;
    if (!page.more) return { ...loaded, numbers, lastPosition: page.lastPosition, lastId };
    page = await adapter.log.loadPage({ ...range, after: page.lastPosition });
  }
}

export function loading(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const count of streamLengths(at.conformance)) {
    it(`folds a stream of ${count} events completely: whole, up to a version, up to a time, after a snapshot`, async () => {
      await fill(at.adapter, STREAM, count);
      await fill(at.adapter, "account-11", 3);
      const whole = await fold(at.adapter);
      deepEqual(whole.numbers, range(count));
      deepEqual([whole.lastPosition, whole.lastId], [count - 1, `${STREAM}@${count - 1}`]);
      deepEqual((await fold(at.adapter, { maxVersion: count - 2 })).numbers, range(count - 1));
      deepEqual((await fold(at.adapter, { maxTime: count - 2 })).numbers, range(count - 1));
      await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 500), keep: 1 }]);
      const tail = await fold(at.adapter, { snapshots: ANY_OF_SCHEMA_1 });
      deepEqual([tail.snapshot?.version, tail.snapshotEventId], [500, `${STREAM}@500`]);
      deepEqual(tail.numbers, range(count - 501, 501));
    });
  }

  it("answers an empty page for a stream that does not exist", async () => {
    const { snapshot, snapshotEventId, page } = await at.adapter.load({ ...ref(STREAM), limit: 10 });
    deepEqual([snapshot, snapshotEventId], [undefined, undefined]);
    deepEqual({ ...page, events: [...page.events] }, { events: [], lastPosition: -1, lastId: "", more: false });
  });

  it("ends each page with its last event and says whether more may follow", async () => {
    await fill(at.adapter, STREAM, 5);
    const first = await at.adapter.log.loadPage({ ...ref(STREAM), after: -1, limit: 2 });
    deepEqual([first.lastPosition, first.lastId, first.more], [1, `${STREAM}@1`, true]);
    const second = await at.adapter.log.loadPage({ ...ref(STREAM), after: 1, limit: 2 });
    deepEqual([...second.events], [NOTED, { n: 2 }, NOTED, { n: 3 }]);
    const last = await at.adapter.log.loadPage({ ...ref(STREAM), after: 3, limit: 2 });
    deepEqual([[...last.events], last.lastPosition, last.more], [[NOTED, { n: 4 }], 4, false]);
    const none = await at.adapter.log.loadPage({ ...ref(STREAM), after: 4, limit: 2 });
    deepEqual({ ...none, events: [...none.events] }, { events: [], lastPosition: 4, lastId: "", more: false });
  });

  it("folds every event once, whatever the size of the page", async () => {
    await fill(at.adapter, STREAM, 12);
    for (const limit of [1, 2, 3, 4, 5, 6, 11, 12, 13]) {
      deepEqual((await fold(at.adapter, { limit })).numbers, range(12), `pages of ${limit}`);
      deepEqual(
        (await fold(at.adapter, { limit, maxVersion: 5 })).numbers,
        range(6),
        `pages of ${limit}, to version 5`,
      );
      deepEqual((await fold(at.adapter, { limit, maxTime: 5 })).numbers, range(6), `pages of ${limit}, to time 5`);
    }
  });

  it("folds up to a version: none, the first, the last, past the end", async () => {
    await fill(at.adapter, STREAM, 4);
    deepEqual((await fold(at.adapter, { maxVersion: -1 })).numbers, []);
    deepEqual((await fold(at.adapter, { maxVersion: 0 })).numbers, [0]);
    deepEqual((await fold(at.adapter, { maxVersion: 3 })).numbers, range(4));
    deepEqual((await fold(at.adapter, { maxVersion: 99 })).numbers, range(4));
  });

  it("folds up to a version beyond every one, with and without a snapshot, a time and a page before it", async () => {
    await fill(at.adapter, STREAM, 4);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 1), keep: 1 }]);
    for (const large of LARGE_NUMBERS) {
      deepEqual((await fold(at.adapter, { maxVersion: large })).numbers, range(4), `version ${large}`);
      deepEqual((await fold(at.adapter, { maxVersion: large, limit: 3 })).numbers, range(4), `version ${large}`);
      deepEqual((await fold(at.adapter, { maxVersion: large, maxTime: 2 })).numbers, range(3), `version ${large}`);
      for (const bounds of [{ maxVersion: large }, { snapshots: { ...ANY_OF_SCHEMA_1, below: large } }]) {
        const folded = await fold(at.adapter, { snapshots: ANY_OF_SCHEMA_1, ...bounds });
        deepEqual([folded.snapshot?.version, folded.numbers], [1, [2, 3]], `version ${large}`);
      }
    }
  });

  it("folds up to a time, that time included", async () => {
    await fill(at.adapter, STREAM, 4);
    deepEqual((await fold(at.adapter, { maxTime: -1 })).numbers, []);
    deepEqual((await fold(at.adapter, { maxTime: 0 })).numbers, [0]);
    deepEqual((await fold(at.adapter, { maxTime: 2 })).numbers, [0, 1, 2]);
    deepEqual((await fold(at.adapter, { maxTime: 1_000 })).numbers, range(4));
  });

  it("stops at the first later event although an earlier one follows it", async () => {
    const times = [10, 20, 30, 15, 40];
    const messages = times.map((time, n) => storedNote(n, { time }));
    await at.adapter.log.append([request(STREAM, messages, -1)]);
    for (const limit of [1, 2, 10]) {
      deepEqual((await fold(at.adapter, { maxTime: 20, limit })).numbers, [0, 1]);
      deepEqual((await fold(at.adapter, { maxTime: 30, limit })).numbers, [0, 1, 2, 3]);
    }
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 1), keep: 5 }]);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 3), keep: 5 }]);
    const folded = await fold(at.adapter, { maxTime: 20, snapshots: ANY_OF_SCHEMA_1 });
    deepEqual([folded.snapshot?.version, folded.numbers], [1, []]);
  });

  it("stops at a later event although all that follow it are earlier", async () => {
    const messages = [10, 50, 5, 5, 5, 5, 5].map((time, n) => storedNote(n, { time }));
    await at.adapter.log.append([request(STREAM, messages, -1)]);
    for (const limit of [1, 3, 10]) deepEqual((await fold(at.adapter, { maxTime: 20, limit })).numbers, [0]);
    deepEqual([...(await at.adapter.log.loadPage({ ...ref(STREAM), after: 1, maxTime: 20, limit: 10 })).events], []);
  });

  it("takes the stricter of a version and a time", async () => {
    await fill(at.adapter, STREAM, 6);
    deepEqual((await fold(at.adapter, { maxVersion: 2, maxTime: 4 })).numbers, [0, 1, 2]);
    deepEqual((await fold(at.adapter, { maxVersion: 4, maxTime: 2 })).numbers, [0, 1, 2]);
  });

  it("begins after the newest snapshot within its bounds", async () => {
    await fill(at.adapter, STREAM, 10);
    for (const version of [2, 5, 8]) {
      await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, version), keep: 9 }]);
    }
    const found = async (bounds: Partial<LoadRequest>) => {
      const { snapshot, snapshotEventId, numbers } = await fold(at.adapter, { snapshots: ANY_OF_SCHEMA_1, ...bounds });
      return [snapshot?.version, snapshotEventId, numbers];
    };
    deepEqual(await found({}), [8, `${STREAM}@8`, [9]]);
    deepEqual(await found({ maxVersion: 8 }), [8, `${STREAM}@8`, []]);
    deepEqual(await found({ maxVersion: 7 }), [5, `${STREAM}@5`, [6, 7]]);
    deepEqual(await found({ maxTime: 6 }), [5, `${STREAM}@5`, [6]]);
    deepEqual(await found({ maxTime: 5 }), [5, `${STREAM}@5`, []]);
    deepEqual(await found({ maxVersion: 1 }), [undefined, undefined, [0, 1]]);
    deepEqual(await found({ snapshots: { ...ANY_OF_SCHEMA_1, below: 8 } }), [5, `${STREAM}@5`, [6, 7, 8, 9]]);
    deepEqual(await found({ snapshots: { ...ANY_OF_SCHEMA_1, below: 2 } }), [undefined, undefined, range(10)]);
  });

  it("gives the whole snapshot back", async () => {
    await fill(at.adapter, STREAM, 3);
    const snapshot = snapshotNote(SNAPSHOTS, 1, { record: '{"a":"\u{1f600}"}', state: '{"sum":-0}', time: 77 });
    await at.adapter.snapshots.write([{ snapshot: snapshot, keep: 1 }]);
    deepEqual({ ...(await fold(at.adapter, { snapshots: ANY_OF_SCHEMA_1 })).snapshot }, snapshot);
  });

  it("finds only snapshots of the kinds asked for, and of those the newest", async () => {
    await fill(at.adapter, STREAM, 10);
    const kinds = [
      [1, "a", 7],
      [1, "b", 5],
      [2, "a", 3],
      [3, "c", 9],
    ] as const;
    for (const [schemaVersion, fingerprint, version] of kinds) {
      await at.adapter.snapshots.write([
        { snapshot: snapshotNote(SNAPSHOTS, version, { schemaVersion, fingerprint }), keep: 1 },
      ]);
    }
    const found = async (...kinds: { schemaVersion: number; fingerprint?: string }[]) =>
      (await fold(at.adapter, { snapshots: { ...ref(SNAPSHOTS), kinds } })).snapshot?.version;
    equal(await found({ schemaVersion: 1, fingerprint: "a" }), 7);
    equal(await found({ schemaVersion: 1, fingerprint: "b" }), 5);
    equal(await found({ schemaVersion: 1 }), 7);
    equal(await found({ schemaVersion: 2, fingerprint: "a" }, { schemaVersion: 1, fingerprint: "b" }), 5);
    equal(await found({ schemaVersion: 2, fingerprint: "a" }, { schemaVersion: 3 }), 9);
    equal(await found({ schemaVersion: 2, fingerprint: "b" }), undefined);
    equal(await found({ schemaVersion: 4 }), undefined);
    equal(await found(), undefined);
  });

  it("names no event for a snapshot that is ahead of its stream", async () => {
    await fill(at.adapter, STREAM, 3);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 3), keep: 1 }]);
    const { snapshot, snapshotEventId, page } = await at.adapter.load({
      ...ref(STREAM),
      snapshots: ANY_OF_SCHEMA_1,
      limit: 10,
    });
    deepEqual([snapshot?.version, snapshotEventId], [3, undefined]);
    deepEqual([[...page.events], page.more], [[], false]);
  });

  it("does not look for snapshots unless asked to", async () => {
    await fill(at.adapter, STREAM, 3);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(SNAPSHOTS, 1), keep: 1 }]);
    const { snapshot, numbers } = await fold(at.adapter);
    deepEqual([snapshot, numbers], [undefined, range(3)]);
  });
}
