import fc from "fast-check";

import { checkedText, recordText } from "../../src/snapshots/record-text";
import type { Snapshot } from "../../src/snapshots/snapshot";

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "a-1", 'say "x"', "C:\\users", "\u2028", "\ud800", "\0", "line\n", "Ünïcode", "a b.c:d@e_f"),
);

const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  stream: texts,
  aggregateType: texts,
  aggregateId: texts,
  version: fc.nat(),
  lastEventId: texts,
  schemaVersion: fc.nat(),
  fingerprint: texts,
  encoding: fc.constantFrom("json" as const, "gzip" as const),
  state: fc.constant({}),
  createdAt: fc.date({ noInvalidDate: true }),
  metadata: fc.record({ createdBy: texts, reason: texts, more: fc.jsonValue() }),
});

it("writes a record as JSON.stringify does", () => {
  fc.assert(
    fc.property(snapshots, fc.nat(), (snapshot, checksum) => {
      const { aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint } = snapshot;
      const { metadata, encoding } = snapshot;
      const fields = {
        aggregateType,
        aggregateId,
        version,
        lastEventId,
        schemaVersion,
        fingerprint,
        metadata,
        encoding,
      };
      // JSON.stringify alone would lose the sign of a -0 in the metadata.
      fc.pre(!JSON.stringify(metadata, (_, value: unknown) => (Object.is(value, -0) ? "-0" : value)).includes('"-0"'));
      const expected = JSON.stringify({ ...fields, createdAt: snapshot.createdAt.toISOString(), checksum });
      expect(recordText(snapshot, checksum)).toBe(expected);
    }),
  );
});

it("ties the same text together as ever, because stored snapshots have checksums of it", () => {
  fc.assert(
    fc.property(snapshots, texts, (snapshot, state) => {
      const { aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint } = snapshot;
      const tied = [aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint, state];
      expect(checkedText(snapshot, state)).toBe(JSON.stringify(tied));
    }),
  );
});

it("writes the time of each snapshot, the same or another", () => {
  const at = (ms: number) => {
    const base = {
      aggregateType: "A",
      aggregateId: "a",
      version: 0,
      lastEventId: "e",
      schemaVersion: 1,
      fingerprint: "f",
    };
    const metadata = { createdBy: "tidemark", reason: "manual" };
    const text = recordText({ ...base, metadata, encoding: "json", createdAt: new Date(ms) }, 1);
    return (JSON.parse(text) as { readonly createdAt: string }).createdAt;
  };
  const times = [0, 0, 1, 0, 1_764_000_000_123, 1_764_000_000_123, 1];
  expect(times.map(at)).toEqual(times.map((ms) => new Date(ms).toISOString()));
  expect(() => at(Number.NaN)).toThrow(RangeError);
  expect(at(1)).toBe("1970-01-01T00:00:00.001Z");
});
