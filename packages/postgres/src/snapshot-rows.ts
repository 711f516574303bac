import type { StoredSnapshot, StreamRef } from "@tidemark/core/adapter";

import { snapshotChecksum } from "./checksums";
import type { Row } from "./work";

/** The columns that `snapshotOf` reads, in its order. */
export const SNAPSHOT_COLUMNS =
  "version, schema_version, fingerprint, time, record, state_text, encode(state_bytes, 'base64') AS state_base64, checksum";

/** Makes a snapshot of a row. A damaged one comes with its fault: that a snapshot cannot be used is no error. */
export function snapshotOf({ stream, category }: StreamRef, row: Row): StoredSnapshot {
  const [version, schemaVersion, fingerprint, time, record, text, bytes, checksum] = row;
  const snapshot: StoredSnapshot = {
    stream,
    category,
    version: Number(version),
    schemaVersion: Number(schemaVersion),
    fingerprint: fingerprint!,
    time: Number(time),
    record: record!,
    state: text ?? new Uint8Array(Buffer.from(bytes!, "base64")),
  };
  if (snapshotChecksum(snapshot) === Number(checksum)) return snapshot;
  return { ...snapshot, fault: "its row was altered: the checksum does not match" };
}
