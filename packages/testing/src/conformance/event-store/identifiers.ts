import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, numbers, range, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

/** Different from each other for everyone who compares them as they are. */
export const IDENTIFIERS = [
  ..."- -- : :: / .. ../.. % _ * ? ' \" ` \\ a-b a:b A a 1 01 1.0 1e0 0x1 $all null NaN".split(" "),
  ..."fact-1 snapshot-1 :snapshot-1 __proto__ constructor prototype toString hasOwnProperty".split(" "),
  " ",
  "a ",
  " a",
  "two\nlines",
  "\r\n",
  "\t",
  "\u0001",
  "\u007f",
  "'; DROP TABLE events; --",
  "\u00e9",
  "e\u0301",
  "\u212b",
  "\u00c5",
  "\u{1f600}",
  "\ufb01",
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  "\u05e9\u05dc\u05d5\u05dd",
  "\u202eabc",
  "\ufeff",
  "\uffff",
  "x".repeat(255),
  "\u{1f600}".repeat(255),
];

const REFUSED: readonly string[] = ["", "\0", "a\0b", "\ud800", "a\udc00b", "x".repeat(256), "x".repeat(10_000)];

export function identifiers(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("keeps the streams of all ids apart and gives their names back exactly", async () => {
    for (const [n, id] of IDENTIFIERS.entries()) {
      await at.store.append([{ stream: `item-${id}`, expectedVersion: -1, events: [noted(n), noted(n)] }]);
    }
    for (const [n, id] of IDENTIFIERS.entries()) {
      const stream = `item-${id}`;
      const events = await collect(at.store.read(stream));
      deepEqual(
        events.map((event) => [event.stream, event.position, event.data.n]),
        [
          [stream, 0, n],
          [stream, 1, n],
        ],
      );
      equal((await at.store.readLast(stream))?.stream, stream);
      equal(await at.adapter.log.version(ref(stream)), 1);
    }
    deepEqual(
      (await collect(at.store.readCategory("item"))).map(({ stream }) => stream),
      IDENTIFIERS.flatMap((id) => [`item-${id}`, `item-${id}`]),
    );
  });

  it("keeps the snapshots of all ids apart", async () => {
    for (const [n, id] of IDENTIFIERS.entries()) {
      await at.adapter.snapshots.write([{ snapshot: snapshotNote(`item:snapshot-${id}`, n), keep: 1 }]);
    }
    for (const [n, id] of IDENTIFIERS.entries()) {
      const stream = `item:snapshot-${id}`;
      const snapshots = await at.adapter.snapshots.read(ref(stream));
      deepEqual(
        snapshots.map((snapshot) => [snapshot.stream, snapshot.version]),
        [[stream, n]],
      );
    }
  });

  it("takes them all for ids of events as well", async () => {
    const events = IDENTIFIERS.map((id, n) => noted(n, { id }));
    const appended = await at.store.append([{ stream: "item-1", expectedVersion: -1, events }]);
    deepEqual(
      (await collect(at.store.read("item-1"))).map(({ id }) => id),
      IDENTIFIERS,
    );
    deepEqual(await at.store.append([{ stream: "item-1", expectedVersion: -1, events }]), appended);
    deepEqual(await numbers(at.store.readAll()), range(IDENTIFIERS.length));
  });

  it("refuses ids that not every store can keep, and writes nothing", async () => {
    const numbersForIds = [7, 0, Number.NaN, true, null, {}] as never[];
    for (const id of [...REFUSED, ...numbersForIds]) {
      const events = [noted(0, { id })];
      await rejects(at.store.append([{ stream: "item-1", events }]), { code: "INCORRECT_USAGE" }, JSON.stringify(id));
    }
    for (const id of REFUSED) {
      const append = at.store.append([{ stream: `item-${id}`, events: [noted(0)] }]);
      await rejects(append, { code: "INCORRECT_USAGE" }, JSON.stringify(id));
    }
    for (const stream of numbersForIds) {
      await rejects(at.store.append([{ stream, events: [noted(0)] }]), { code: "INCORRECT_USAGE" });
    }
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("keeps every type that it takes, and refuses the others", async () => {
    const types = [
      "a",
      "Bank.DepositMade.v1",
      ",",
      "{}",
      "[",
      "\u{1f600}",
      "caf\u00e9",
      "x".repeat(255),
      "__proto__",
      "1",
    ];
    await at.store.append([{ stream: "item-1", events: types.map((type, n) => noted(n, { type })) }]);
    deepEqual(
      (await collect(at.store.read("item-1"))).map(({ type }) => type),
      types,
    );
    const { page } = await at.adapter.load({ ...ref("item-1"), limit: 100 });
    deepEqual(
      page.events,
      types.flatMap((type, n) => [type, { n }]),
    );
    for (const type of [
      "",
      "x".repeat(256),
      'a"b',
      "a\\b",
      "a\nb",
      "\0",
      "\u0085",
      "\ud800",
      7 as never,
      null as never,
    ]) {
      const append = at.store.append([{ stream: "item-2", events: [noted(0, { type })] }]);
      await rejects(append, { code: "INCORRECT_USAGE" }, JSON.stringify(type));
    }
    deepEqual(await collect(at.store.read("item-2")), []);
  });
}
