import { DeserializationError } from "../errors/deserialization-error";
import type { StoredSnapshot } from "../ports/snapshot-store";
import type { RecordedMessage, StoredMessage, StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import { LARGEST_VERSION } from "../schema/largest-version";

/** The type of every message in a snapshot stream. */
export const SNAPSHOT_TYPE = "SNAPSHOT";

/**
 * Makes the message of a snapshot, as a reader of its stream sees it: its record with the state under the key `state`, parsed when it
 * is `json` and base64 when it is `gzip`. Its position is the version it holds; it has no global position.
 *
 * @throws DeserializationError for one that its adapter found damaged.
 */
export function snapshotMessage(snapshot: StoredSnapshot): RecordedMessage {
  const { stream, category, version, schemaVersion, fingerprint, time } = snapshot;
  if (snapshot.fault !== undefined) {
    throw new DeserializationError({ stream, position: version, reason: snapshot.fault });
  }
  return {
    id: `${stream}@${version}:${schemaVersion}:${fingerprint}`,
    type: SNAPSHOT_TYPE,
    stream,
    category,
    position: version,
    globalPosition: 0,
    time,
    data: withState(snapshot.record, stateText(snapshot.state)),
    metadata: "{}",
  };
}

/**
 * Makes a snapshot of a message that is appended to a snapshot stream. A value that cannot be stored in its column is
 * replaced, because tests and repairs append broken snapshots too.
 *
 * @param nextVersion for data without a version of its own.
 */
export function snapshotOf(
  { stream, category }: StreamRef,
  message: StoredMessage,
  nextVersion: number,
): StoredSnapshot {
  const { state, ...record } = JSON.parse(message.data) as Record<string, unknown>;
  return {
    stream,
    category,
    version: isCount(record.version) ? record.version : nextVersion,
    schemaVersion: isCount(record.schemaVersion) ? record.schemaVersion : 1,
    fingerprint: typeof record.fingerprint === "string" ? record.fingerprint : "",
    time: message.time,
    record: exactJson(record),
    state: (record.encoding === "gzip" ? bytesOf(state) : undefined) ?? encodeState(state),
  };
}

/** Encodes an absent state as the empty text: a snapshot without state can be stored too. */
function encodeState(state: unknown): string {
  return state === undefined ? "" : exactJson(state);
}

/** Decodes a text that is exactly base64; undefined for any other. */
function bytesOf(state: unknown): Uint8Array | undefined {
  if (typeof state !== "string") return undefined;
  const bytes = Buffer.from(state, "base64");
  return bytes.toString("base64") === state ? new Uint8Array(bytes) : undefined;
}

function stateText(state: string | Uint8Array): string {
  if (typeof state === "string") return state;
  return JSON.stringify(Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString("base64"));
}

function withState(record: string, state: string): string {
  if (state === "") return record;
  const fields = record.slice(0, -1);
  return `${fields}${fields === "{" ? "" : ","}"state":${state}}`;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_VERSION;
}
