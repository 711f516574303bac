import { exactJson } from "../schema/exact-json";
import { jsonString } from "../schema/flat-json";
import type { Snapshot } from "./snapshot";

/** What the text of an unaltered record holds. */
export type StoredRecord = Omit<Snapshot, "stream" | "state" | "createdAt"> & {
  readonly createdAt: string;
  readonly checksum: number;
};

/*
 * The texts of a snapshot, put together by hand: their fields are few and known, and `JSON.stringify` of an object with all of
 * them takes several times as long. What comes out is what it would write.
 */

/** Writes the record of a snapshot as JSON. */
export function recordText(snapshot: Omit<Snapshot, "stream" | "state">, checksum: number): string {
  const { aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint, metadata, encoding } = snapshot;
  return (
    `{"aggregateType":${jsonString(aggregateType)},"aggregateId":${jsonString(aggregateId)},"version":${version}` +
    `,"lastEventId":${jsonString(lastEventId)},"schemaVersion":${schemaVersion},"fingerprint":${jsonString(fingerprint)}` +
    `,"metadata":${exactJson(metadata)},"encoding":"${encoding}","createdAt":"${isoTime(snapshot.createdAt)}"` +
    `,"checksum":${checksum}}`
  );
}

/** Writes what the checksum of a snapshot ties together, as a JSON array. @param state its state's JSON text. */
export function checkedText(snapshot: Omit<Snapshot, "stream" | "state">, state: string): string {
  const { aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint } = snapshot;
  return (
    `[${jsonString(aggregateType)},${jsonString(aggregateId)},${version},${jsonString(lastEventId)},${schemaVersion}` +
    `,${jsonString(fingerprint)},${JSON.stringify(state)}]`
  );
}

let [knownTime, knownText] = [Number.NaN, ""];

/** Many snapshots of a run are made in one millisecond, and `toISOString` takes longer than the rest of a record. */
function isoTime(date: Date): string {
  const time = date.getTime();
  if (time !== knownTime) [knownText, knownTime] = [date.toISOString(), time];
  return knownText;
}
