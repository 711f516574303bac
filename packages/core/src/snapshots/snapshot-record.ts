import { crc32 } from "node:zlib";

import type { StoredSnapshot } from "../event-store/event-store-adapter";
import { exactJson } from "../schema/exact-json";
import type { Snapshot } from "./snapshot";

/** A record that is not what was written. The message says what was found. */
export class UnreadableSnapshot extends Error {
  constructor(
    readonly reason: "damaged" | "encoding",
    message: string,
  ) {
    super(message);
  }
}

/** A snapshot as its store keeps it. The checksum in the record ties the state to the rest of it. */
export function encodeSnapshot(snapshot: Snapshot, category: string): StoredSnapshot {
  const { stream, state, createdAt, ...head } = snapshot;
  const text = exactJson(state);
  const record = { ...head, createdAt: createdAt.toISOString(), checksum: checksum(snapshot, text) };
  const { version, schemaVersion, fingerprint } = snapshot;
  return { stream, category, version, schemaVersion, fingerprint, time: createdAt.getTime(), record: exactJson(record), state: text };
}

/** @throws UnreadableSnapshot for one that is torn, altered, or of an encoding that this version does not know. */
export function decodeSnapshot(stored: StoredSnapshot): Snapshot {
  if (stored.fault !== undefined) throw new UnreadableSnapshot("damaged", stored.fault);
  const record = parsed(stored.record, "its record");
  if (record.encoding !== "json") throw new UnreadableSnapshot("encoding", `its encoding ${JSON.stringify(record.encoding)} is unknown`);
  const text = typeof stored.state === "string" ? stored.state : Buffer.from(stored.state).toString();
  const snapshot = { ...record, stream: stored.stream, state: parsed(text, "its state"), createdAt: new Date(String(record.createdAt)) };
  checkFields(snapshot as unknown as Snapshot, stored);
  if (record.checksum !== checksum(snapshot as unknown as Snapshot, text)) throw new UnreadableSnapshot("damaged", "its checksum does not match");
  return snapshot as unknown as Snapshot;
}

function parsed(text: string, part: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableSnapshot("damaged", `${part} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new UnreadableSnapshot("damaged", `${part} is not an object`);
  return value as Record<string, unknown>;
}

/** The columns that found it must say what the record says, or the wrong snapshot would pass for the newest. */
function checkFields(snapshot: Snapshot, stored: StoredSnapshot): void {
  for (const field of ["version", "schemaVersion", "fingerprint"] as const) {
    if (snapshot[field] !== stored[field]) throw new UnreadableSnapshot("damaged", `its ${field} is ${JSON.stringify(snapshot[field])}`);
  }
  for (const field of ["aggregateType", "aggregateId", "lastEventId"] as const) {
    if (typeof snapshot[field] !== "string") throw new UnreadableSnapshot("damaged", `its ${field} is ${JSON.stringify(snapshot[field])}`);
  }
  if (Number.isNaN(snapshot.createdAt.getTime())) throw new UnreadableSnapshot("damaged", "its createdAt is no date");
}

function checksum(snapshot: Snapshot, state: string): number {
  const { aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint } = snapshot;
  return crc32(JSON.stringify([aggregateType, aggregateId, version, lastEventId, schemaVersion, fingerprint, state]));
}
