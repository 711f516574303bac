import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoredSnapshot } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { collect, fill, range, ref, snapshotNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

const STREAM = "account:snapshot-1";

export function snapshots(at: StoreUnderTest): void {
  const { it } = testRunner();

  const write = async (keep: number, ...written: readonly Partial<StoredSnapshot>[]): Promise<void> => {
    for (const { version = 0, ...more } of written) {
      await at.adapter.snapshots.write([{ snapshot: snapshotNote(STREAM, version, more), keep }]);
    }
  };
  const versions = async (stream = STREAM): Promise<number[]> =>
    (await at.adapter.snapshots.read(ref(stream))).map(({ version }) => version);

  it("gives back every part of a snapshot, text or bytes", async () => {
    const bytes = Uint8Array.from(range(256));
    const text = snapshotNote(STREAM, 4, { record: '{"a":"\\n\u{1f600}"}', state: '{"b":-0}', time: -5 });
    const packed = snapshotNote(STREAM, 3, { fingerprint: "f'\u00e9", schemaVersion: 7, state: bytes });
    for (const snapshot of [text, packed]) await at.adapter.snapshots.write([{ snapshot: snapshot, keep: 1 }]);
    const stored = await at.adapter.snapshots.read(ref(STREAM));
    deepEqual(
      stored.map(({ state, ...columns }) => [columns, typeof state === "string" ? state : [...state]]),
      [text, packed].map(({ state, ...columns }) => [columns, typeof state === "string" ? state : [...state]]),
    );
  });

  it("keeps the newest ones by version", async () => {
    await write(2, ...[1, 2, 3, 4].map((version) => ({ version })));
    deepEqual(await versions(), [4, 3]);
    await write(1, { version: 5 });
    deepEqual(await versions(), [5]);
  });

  it("never lets an older one that is written late become the latest", async () => {
    await write(1, { version: 9 }, { version: 4 });
    deepEqual(await versions(), [9]);
    await write(3, { version: 4 }, { version: 7 });
    deepEqual(await versions(), [9, 7, 4]);
    equal((await at.store.readLast(STREAM))?.position, 9);
  });

  it("ends with the newest one however 32 concurrent writes race", async () => {
    const order = range(32).map((n) => (n * 7) % 32);
    await Promise.all(
      order.map(async (version) => at.adapter.snapshots.write([{ snapshot: snapshotNote(STREAM, version), keep: 1 }])),
    );
    deepEqual(await versions(), [31]);
  });

  it("replaces one of the same kind and version", async () => {
    await write(5, { version: 3, state: '"first"' }, { version: 3, state: '"second"' });
    deepEqual(
      (await at.adapter.snapshots.read(ref(STREAM))).map(({ version, state }) => [version, state]),
      [[3, '"second"']],
    );
  });

  it("counts what it keeps per schema version and fingerprint", async () => {
    const kinds = [
      { schemaVersion: 1, fingerprint: "a" },
      { schemaVersion: 1, fingerprint: "b" },
      { schemaVersion: 2, fingerprint: "a" },
    ];
    for (const version of [1, 2, 3]) for (const kind of kinds) await write(1, { version, ...kind });
    const stored = await at.adapter.snapshots.read(ref(STREAM));
    deepEqual(
      stored.map(({ version, schemaVersion, fingerprint }) => `${version} ${schemaVersion}${fingerprint}`).sort(),
      ["3 1a", "3 1b", "3 2a"],
    );
  });

  it("drops those to discard with the write that replaces them, and no others", async () => {
    await write(9, { version: 1 }, { version: 2 }, { version: 8 }, { version: 8, fingerprint: "b" });
    const discard = [
      { version: 8, schemaVersion: 1, fingerprint: "a" },
      { version: 2, schemaVersion: 2, fingerprint: "a" },
    ];
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(STREAM, 5), keep: 9, discard }]);
    const stored = await at.adapter.snapshots.read(ref(STREAM));
    deepEqual(
      stored.map(({ version, fingerprint }) => `${version}${fingerprint}`),
      ["8b", "5a", "2a", "1a"],
    );
  });

  it("keeps the written one although it has the key of one to discard", async () => {
    await write(1, { version: 3, state: '"bad"' });
    const discard = [{ version: 3, schemaVersion: 1, fingerprint: "a" }];
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(STREAM, 3, { state: '"good"' }), keep: 1, discard }]);
    deepEqual(
      (await at.adapter.snapshots.read(ref(STREAM))).map(({ state }) => state),
      ['"good"'],
    );
  });

  it("does not count the discarded ones among those it keeps", async () => {
    await write(9, { version: 1 }, { version: 8 });
    const discard = [{ version: 8, schemaVersion: 1, fingerprint: "a" }];
    await at.adapter.snapshots.write([{ snapshot: snapshotNote(STREAM, 5), keep: 2, discard }]);
    deepEqual(await versions(), [5, 1]);
  });

  it("touches no other stream when it keeps or drops", async () => {
    await at.adapter.snapshots.write([{ snapshot: snapshotNote("account:snapshot-2", 1), keep: 1 }]);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote("order:snapshot-1", 1), keep: 1 }]);
    await write(1, { version: 5 }, { version: 6 });
    deepEqual(await versions("account:snapshot-2"), [1]);
    deepEqual(await versions("order:snapshot-1"), [1]);
  });

  it("shows a stream of snapshots by version, with the state in the data", async () => {
    const gzip = { record: '{"encoding":"gzip"}', state: Uint8Array.of(0, 255, 16) };
    await write(9, { version: 7 }, { version: 2, ...gzip }, { version: 4 });
    const events = await collect(at.store.read(STREAM));
    deepEqual(
      events.map(({ type, stream, position, globalPosition, time, data, metadata }) => [
        [type, stream, position, globalPosition, time.getTime()],
        data,
        metadata,
      ]),
      [
        [["SNAPSHOT", STREAM, 2, 0, 2], { encoding: "gzip", state: "AP8Q" }, {}],
        [["SNAPSHOT", STREAM, 4, 0, 4], { version: 4, encoding: "json", state: { sum: 4 } }, {}],
        [["SNAPSHOT", STREAM, 7, 0, 7], { version: 7, encoding: "json", state: { sum: 7 } }, {}],
      ],
    );
    deepEqual(await at.store.readLast(STREAM), events[2]);
    deepEqual(await collect(at.store.read(STREAM, { from: 3, limit: 1 })), [events[1]]);
  });

  it("takes snapshots that a user appends, as they are read", async () => {
    const data = [
      { version: 5, encoding: "json", state: { a: [1, -0] } },
      { note: "neither version nor state" },
      { version: 2, schemaVersion: 3, fingerprint: "f", encoding: "gzip", state: "AP8Q" },
      { version: "wrong", state: null, encoding: "gzip" },
    ];
    const events = data.map((each) => ({ type: "SNAPSHOT", data: each, time: new Date(9) }));
    const appended = await at.store.append([{ stream: STREAM, expectedVersion: -1, events }]);
    deepEqual(appended, [{ stream: STREAM, version: 7, globalPosition: 0 }]);
    deepEqual(
      (await collect(at.store.read(STREAM))).map(({ position, data }) => [position, data]),
      [
        [2, data[2]],
        [5, data[0]],
        [6, data[1]],
        [7, data[3]],
      ],
    );
  });

  it("refuses to append to a snapshot stream at another version, or together with events", async () => {
    const snapshot = { type: "SNAPSHOT", data: { version: 3 } };
    await at.store.append([{ stream: STREAM, events: [snapshot] }]);
    await rejects(at.store.append([{ stream: STREAM, expectedVersion: -1, events: [snapshot] }]), {
      code: "EXPECTED_VERSION_MISMATCH",
      details: { stream: STREAM, expected: -1, actual: 3 },
    });
    const mixed = [
      { stream: "account-1", events: [{ type: "A", data: {} }] },
      { stream: "account:snapshot-2", events: [snapshot] },
    ];
    await rejects(at.store.append(mixed), { code: "INCORRECT_USAGE" });
    deepEqual(await collect(at.store.readAll()), []);
    deepEqual(await versions("account:snapshot-2"), []);
  });

  it("deletes by category, by stream and strictly below a schema version", async () => {
    for (const stream of ["account:snapshot-1", "account:snapshot-2", "order:snapshot-1"]) {
      for (const schemaVersion of [1, 2, 3]) {
        await at.adapter.snapshots.write([
          { snapshot: snapshotNote(stream, schemaVersion, { schemaVersion }), keep: 1 },
        ]);
      }
    }
    const category = "account:snapshot";
    equal(await at.adapter.snapshots.delete({ category, stream: "account:snapshot-2", schemaVersionBelow: 2 }), 1);
    deepEqual(
      [await versions("account:snapshot-2"), await versions()],
      [
        [3, 2],
        [3, 2, 1],
      ],
    );
    equal(await at.adapter.snapshots.delete({ category, schemaVersionBelow: 3 }), 3);
    deepEqual([await versions("account:snapshot-2"), await versions()], [[3], [3]]);
    equal(await at.adapter.snapshots.delete({ category, stream: STREAM }), 1);
    deepEqual([await versions("account:snapshot-2"), await versions()], [[3], []]);
    equal(await at.adapter.snapshots.delete({ category }), 1);
    equal(await at.adapter.snapshots.delete({ category }), 0);
    deepEqual(await versions("order:snapshot-1"), [3, 2, 1]);
  });

  it("keeps and finds the largest version and schema version, and deletes below any number", async () => {
    const largest = 2 ** 31 - 1;
    const snapshot = snapshotNote(STREAM, largest, { schemaVersion: largest });
    await at.adapter.snapshots.write([{ snapshot, keep: 1, discard: [{ ...snapshot, fingerprint: "b" }] }]);
    deepEqual(await at.adapter.snapshots.read(ref(STREAM)), [snapshot]);
    const filter = { category: "account:snapshot" };
    equal(await at.adapter.snapshots.delete({ ...filter, schemaVersionBelow: largest }), 0);
    for (const schemaVersionBelow of [largest + 1, 202_602_201_234, Number.MAX_SAFE_INTEGER, undefined]) {
      await at.adapter.snapshots.write([{ snapshot, keep: 1 }]);
      const below = schemaVersionBelow !== undefined && { schemaVersionBelow };
      equal(await at.adapter.snapshots.delete({ ...filter, ...below }), 1, `below ${schemaVersionBelow}`);
    }
    deepEqual(await at.adapter.snapshots.read(ref(STREAM)), []);
  });

  it("replaces a version and a schema version that no store keeps, of a snapshot that is appended", async () => {
    for (const large of [2 ** 31, 202_602_201_234, Number.MAX_SAFE_INTEGER]) {
      const data = { version: large, schemaVersion: large, encoding: "json", state: {} };
      await at.store.append([{ stream: STREAM, events: [{ type: "SNAPSHOT", data }] }]);
      const [stored] = await at.adapter.snapshots.read(ref(STREAM));
      deepEqual([stored?.version, stored?.schemaVersion], [0, 1], `version ${large}`);
      await at.adapter.snapshots.delete({ category: "account:snapshot" });
    }
  });

  it("deletes snapshots without touching an event", async () => {
    await fill(at.adapter, "account-1", 3);
    await write(1, { version: 2 });
    equal(await at.adapter.snapshots.delete({ category: "account:snapshot" }), 1);
    equal(await at.store.readLast(STREAM), undefined);
    deepEqual(await versions(), []);
    deepEqual(
      (await collect(at.store.readAll())).map(({ id }) => id),
      ["account-1@0", "account-1@1", "account-1@2"],
    );
  });
}
