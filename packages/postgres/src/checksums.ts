import { crc32 } from "node:zlib";

import type { StoredMessage, StoredSnapshot } from "@tidemark/core/adapter";

/**
 * Computes the checksum of what a fold reads of an event, as PostgreSQL's signed `integer`. It lacks the position, which the
 * server adds with `#` (exclusive or) when it assigns it.
 */
export function contentChecksum(stream: string, type: string, data: string): number {
  return crc32(data, contentSeed(stream, type)) | 0;
}

/** Computes the part of `contentChecksum` that the events of one type in one stream share. */
export function contentSeed(stream: string, type: string): number {
  return crc32(`${stream}\0${type}\0`);
}

/** Computes the checksum of the rest of an event. It lacks the global position, which the server adds with `#` as well. */
export function envelopeChecksum({ id, time, metadata }: Omit<StoredMessage, "type" | "data">): number {
  return crc32(metadata, crc32(`${id}\0${time}\0`)) | 0;
}

/** Returns the part of a global position that is added to a checksum: its low 31 bits. */
export function globalPositionBits(globalPosition: number): number {
  return globalPosition % 0x8000_0000;
}

export function snapshotChecksum(snapshot: Omit<StoredSnapshot, "fault" | "category">): number {
  const { stream, version, schemaVersion, fingerprint, time, record, state } = snapshot;
  const kind = typeof state === "string" ? "text" : "bytes";
  const head = `${stream}\0${version}\0${schemaVersion}\0${fingerprint}\0${time}\0${kind}\0${record}\0`;
  return crc32(state, crc32(head)) | 0;
}
