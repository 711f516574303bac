import type { SnapshotKey, SnapshotWrite, StoredSnapshot } from "@tidemark/core/adapter";
import fc from "fast-check";

import { ref } from "../sample-events";
import { call, type History, type Step } from "./history";

export const SNAPSHOT_STREAMS = ["account:snapshot-1", "account:snapshot-11", "accounts:snapshot-1"] as const;

/** Mostly that of the stream that has the most events. */
const stream = fc.oneof(
  { weight: 3, arbitrary: fc.constant(SNAPSHOT_STREAMS[0]) },
  { weight: 1, arbitrary: fc.constantFrom(...SNAPSHOT_STREAMS) },
);
const kind = { schemaVersion: fc.integer({ min: 1, max: 2 }), fingerprint: fc.constantFrom("a", "b") };
const key = fc.record({ version: fc.nat({ max: 9 }), ...kind });

const expecting = fc.oneof(
  { weight: 5, arbitrary: fc.constant("anything" as const) },
  { weight: 2, arbitrary: fc.constant("its version" as const) },
  { weight: 1, arbitrary: fc.constant("another version" as const) },
);
const written = fc.record({
  stream,
  key,
  keep: fc.integer({ min: 1, max: 3 }),
  discard: fc.array(key, { maxLength: 2 }),
  isText: fc.boolean(),
  expecting,
});

type Wanted = typeof written extends fc.Arbitrary<infer Each> ? Each : never;

/** Writes a snapshot or two of any version, old or ahead of its stream, beside others of its kind and of other kinds. */
export const writingSnapshots: fc.Arbitrary<Step> = fc
  .oneof({ weight: 3, arbitrary: fc.tuple(written) }, { weight: 1, arbitrary: fc.tuple(written, written) })
  .map((all) => (history) => {
    const writes = all.map((each) => writeOf(each, history));
    return { ...call("writeSnapshots", writes), words: writes.map(inWordsOf).join("; ") };
  });

function writeOf({ stream, key, keep, discard, isText, expecting }: Wanted, history: History): SnapshotWrite {
  const time = history.newSnapshotTime();
  const snapshot: StoredSnapshot = {
    ...ref(stream),
    ...key,
    time,
    record: JSON.stringify({ ...key, encoding: isText ? "json" : "gzip" }),
    state: isText ? `{"written":${time}}` : Uint8Array.of(time % 256, 0, 255),
  };
  const version = history.model.readSnapshots(snapshot)[0]?.version ?? -1;
  const expected = { anything: undefined, "its version": version, "another version": version + 1 }[expecting];
  return {
    snapshot,
    keep,
    ...(discard.length > 0 && { discard }),
    ...(expected !== undefined && { expectedVersion: expected }),
  };
}

function inWordsOf({ snapshot, keep, discard = [], expectedVersion }: SnapshotWrite): string {
  const instead = discard.length > 0 ? ` instead of ${discard.map(inWords).join(", ")}` : "";
  const condition = expectedVersion === undefined ? "" : `, expecting version ${expectedVersion}`;
  return `write to "${snapshot.stream}" ${inWords(snapshot)} (time ${snapshot.time})${instead}, keeping ${keep}${condition}`;
}

export const deletingSnapshots: fc.Arbitrary<Step> = fc
  .record({
    stream,
    alone: fc.boolean(),
    schemaVersionBelow: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  })
  .map(({ stream, alone, schemaVersionBelow }) => () => {
    const { category } = ref(stream);
    const below = schemaVersionBelow !== undefined && { schemaVersionBelow };
    return call("deleteSnapshots", { category, ...(alone && { stream }), ...below });
  });

/** What a load may look for: kinds with and without fingerprint, below a version or not. */
export const search = fc
  .record(
    {
      stream,
      kinds: fc.array(fc.record(kind, { requiredKeys: ["schemaVersion"] }), { minLength: 1, maxLength: 3 }),
      below: fc.nat({ max: 10 }),
    },
    { requiredKeys: ["stream", "kinds"] },
  )
  .map(({ stream, ...search }) => ({ ...ref(stream), ...search }));

function inWords({ version, schemaVersion, fingerprint }: SnapshotKey): string {
  return `version ${version} of kind ${schemaVersion}${fingerprint}`;
}
