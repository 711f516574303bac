import { crc32 } from "node:zlib";

import type { StoredMessage, StoredSnapshot } from "@tidemark/core/adapter";

/** Texts of fewer characters are joined first: to join them costs less than a second native call. */
const LONGEST_JOINED = 4_096;

/** Computes the checksum of a text after others. */
function checksumOf(before: string, text: string): number {
  return text.length < LONGEST_JOINED ? crc32(before + text) : crc32(text, crc32(before));
}

/**
 * Computes the checksum of what a fold reads of an event, as PostgreSQL's signed `integer`. It lacks the position, which the
 * server adds with `#` (exclusive or) when it assigns it.
 */
export function contentChecksum(stream: string, type: string, data: string): number {
  return checksumOf(contentHead(stream, type), data) | 0;
}

/** Computes the part of `contentChecksum` that the events of one type in one stream share. */
export function contentSeed(stream: string, type: string): number {
  return crc32(contentHead(stream, type));
}

function contentHead(stream: string, type: string): string {
  return `${stream}\0${type}\0`;
}

/** Computes the checksum of the rest of an event. It lacks the global position, which the server adds with `#` as well. */
export function envelopeChecksum({ id, time, metadata }: Omit<StoredMessage, "type" | "data">): number {
  return checksumOf(`${id}\0${time}\0`, metadata) | 0;
}

/** Returns the part of a global position that is added to a checksum: its low 31 bits. */
export function globalPositionBits(globalPosition: number): number {
  return globalPosition % 0x8000_0000;
}

export function snapshotChecksum(snapshot: Omit<StoredSnapshot, "fault" | "category">): number {
  const { stream, version, schemaVersion, fingerprint, time, record, state } = snapshot;
  const kind = typeof state === "string" ? "text" : "bytes";
  const head = `${stream}\0${version}\0${schemaVersion}\0${fingerprint}\0${time}\0${kind}\0${record}\0`;
  return (typeof state === "string" ? checksumOf(head, state) : crc32(state, crc32(head))) | 0;
}
