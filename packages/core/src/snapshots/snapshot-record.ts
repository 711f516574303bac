import { crc32, gunzipSync, gzipSync } from "node:zlib";

import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import type { StoredSnapshot } from "../ports/snapshot-store";
import { exactJson } from "../schema/exact-json";
import { checkedText, recordText, type StoredRecord } from "./record-text";
import type { Snapshot } from "./snapshot";

/** A record that was altered, or is larger than may be read. The message says what was found. */
export class UnreadableSnapshot extends Error {
  constructor(
    readonly reason: "damaged" | "encoding" | "too-large",
    message: string,
  ) {
    super(message);
  }
}

interface StateLimits {
  /** States of more bytes are compressed; 0 for never. */
  readonly compressAbove: number;
  /** The largest state, in bytes of JSON, that is written or read. */
  readonly maxStateBytes: number;
}

/** A snapshot before it is known how its state will be stored. */
type UnencodedSnapshot = Omit<Snapshot, "encoding">;

export interface EncodedSnapshot {
  readonly snapshot: Snapshot;
  readonly stored: StoredSnapshot;
  /** The size of the state as JSON. */
  readonly bytes: number;
}

/**
 * Encodes a snapshot as its store keeps it. The checksum in the record ties the state to the rest of the record.
 * @throws ValidationError for a state above `maxStateBytes`.
 */
export function encodeSnapshot(taken: UnencodedSnapshot, category: string, limits: StateLimits): EncodedSnapshot {
  const text = exactJson(taken.state);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxStateBytes) {
    const complaint = `it takes ${bytes} bytes, snapshots.max_state_bytes allows ${limits.maxStateBytes}`;
    throw new ValidationError({ [WHOLE_OBJECT]: [complaint] }, `the state of ${taken.aggregateType}`);
  }
  const compress = limits.compressAbove > 0 && bytes > limits.compressAbove;
  const { stream, aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint, createdAt } = taken;
  const snapshot: Snapshot = {
    stream,
    aggregateType,
    aggregateId,
    version,
    lastEventId,
    schemaVersion,
    fingerprint,
    state: taken.state,
    createdAt,
    metadata: taken.metadata,
    encoding: compress ? "gzip" : "json",
  };
  return {
    snapshot,
    bytes,
    stored: {
      stream,
      category,
      version,
      schemaVersion,
      fingerprint,
      time: createdAt.getTime(),
      record: recordText(snapshot, checksum(snapshot, text)),
      state: compress ? gzipSync(text) : text,
    },
  };
}

/** @throws UnreadableSnapshot for one that is torn, altered, too large, or of an encoding that this version does not know. */
export function decodeSnapshot(
  stored: StoredSnapshot,
  { maxStateBytes }: Pick<StateLimits, "maxStateBytes">,
): Snapshot {
  if (stored.fault !== undefined) throw new UnreadableSnapshot("damaged", stored.fault);
  const record = parsed(stored.record, "its record") as unknown as StoredRecord;
  const text = stateText(stored.state, record.encoding, maxStateBytes);
  // Field by field, here and above: copying an object, or the rest of one, takes longer than parsing it.
  const snapshot: Snapshot = {
    stream: stored.stream,
    aggregateType: record.aggregateType,
    aggregateId: record.aggregateId,
    version: record.version,
    lastEventId: record.lastEventId,
    schemaVersion: record.schemaVersion,
    fingerprint: record.fingerprint,
    state: parsed(text, "its state"),
    encoding: record.encoding,
    createdAt: new Date(String(record.createdAt)),
    metadata: record.metadata,
  };
  checkFields(snapshot, stored);
  if (record.checksum !== checksum(snapshot, text))
    throw new UnreadableSnapshot("damaged", "its checksum does not match");
  return snapshot;
}

function stateText(state: string | Uint8Array, encoding: unknown, maxStateBytes: number): string {
  if (encoding !== "json" && encoding !== "gzip") {
    throw new UnreadableSnapshot("encoding", `its encoding ${JSON.stringify(encoding)} is unknown`);
  }
  if (encoding === "gzip")
    return unzipped(typeof state === "string" ? Buffer.from(state, "base64") : state, maxStateBytes);
  if (state.length > maxStateBytes) throw tooLarge(maxStateBytes);
  return typeof state === "string" ? state : Buffer.from(state).toString();
}

function unzipped(bytes: Uint8Array, maxStateBytes: number): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxStateBytes }).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxStateBytes);
    throw new UnreadableSnapshot("damaged", "its state is not gzip");
  }
}

function tooLarge(maxStateBytes: number): UnreadableSnapshot {
  return new UnreadableSnapshot(
    "too-large",
    `its state takes more than the ${maxStateBytes} bytes of snapshots.max_state_bytes`,
  );
}

function parsed(text: string, part: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableSnapshot("damaged", `${part} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UnreadableSnapshot("damaged", `${part} is not an object`);
  return value as Record<string, unknown>;
}

const COLUMNS = ["version", "schemaVersion", "fingerprint"] as const;
const TEXTS = ["aggregateType", "aggregateId", "lastEventId"] as const;

/** The columns that found the snapshot must agree with its record, or a wrong snapshot would pass for the newest. */
function checkFields(snapshot: Snapshot, stored: StoredSnapshot): void {
  for (const field of COLUMNS) {
    if (snapshot[field] !== stored[field])
      throw new UnreadableSnapshot("damaged", `its ${field} is ${JSON.stringify(snapshot[field])}`);
  }
  for (const field of TEXTS) {
    if (typeof snapshot[field] !== "string")
      throw new UnreadableSnapshot("damaged", `its ${field} is ${JSON.stringify(snapshot[field])}`);
  }
  if (Number.isNaN(snapshot.createdAt.getTime())) throw new UnreadableSnapshot("damaged", "its createdAt is no date");
}

function checksum(snapshot: Snapshot, state: string): number {
  return crc32(checkedText(snapshot, state));
}
