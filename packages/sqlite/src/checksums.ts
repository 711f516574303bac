import { crc32 } from "node:zlib";

import type { RecordedMessage, StoredMessage, StoredSnapshot, StoredState, StreamRef } from "@tidemark/core/adapter";

/** What the row of an event holds beside its message. */
export interface RowSeals {
  /**
   * The running checksum of what a fold reads of the stream, from its first event up to this one: a page joined
   * to one text is verified by a single native call that starts from the chain before it.
   */
  readonly chain: number;
  /** Covers the row's place, its id and its chain: what an append and a snapshot build upon. */
  readonly seal: number;
  /** Covers every column. */
  readonly checksum: number;
}

/** The chain before a stream's first event. */
export const EMPTY_CHAIN = 0;

/** @param folded one event as `foldText` writes it, or a page of them one after the other. */
export function chainAfter(folded: string, chain: number): number {
  return crc(folded, chain);
}

/** No stored name holds a NUL, so that it parts them without doubt. */
export function sealOf(stream: string, position: number, id: string, chain: number): number {
  return crc(sealed(stream, position, id), chain);
}

/** The seal covers the stream, the position, the id and the chain; this adds the columns that remain. */
export function checksumOf(message: StoredMessage, category: string, globalPosition: number, seal: number): number {
  return crc(unsealed(message, category, globalPosition), seal);
}

/** The same at once, of a row whose seal nothing builds upon: native calls cost more than what they count. */
export function checksumAfter(chain: number, message: RecordedMessage): number {
  const { stream, position, id, category, globalPosition } = message;
  return crc(sealed(stream, position, id) + unsealed(message, category, globalPosition), chain);
}

function sealed(stream: string, position: number, id: string): string {
  return `${stream}\0${position}\0${id}`;
}

function unsealed(message: StoredMessage, category: string, globalPosition: number): string {
  const { type, time, metadata, data } = message;
  return `${globalPosition}\0${category}\0${type}\0${time}\0${metadata}\0${data}`;
}

export function snapshotChecksum(snapshot: StreamRef & Omit<StoredSnapshot, "fault">): number {
  const { stream, category, version, schemaVersion, fingerprint, time, record, state } = snapshot;
  const kind = typeof state === "string" ? "text" : "bytes";
  return crc32(
    state,
    crc(`${stream}\0${category}\0${version}\0${schemaVersion}\0${fingerprint}\0${time}\0${kind}\0${record}\0`, 0),
  );
}

export function streamChecksum(stream: string, category: string): number {
  return crc(`${stream}\0${category}`, 0);
}

export function startChecksum(start: StreamRef & { readonly position: number; readonly chain: number }): number {
  const { stream, category, position, chain } = start;
  return crc(`${stream}\0${category}\0${position}\0${chain}`, 0);
}

export function stateChecksum({ stream, category, version, data }: StoredState): number {
  return crc(`${stream}\0${category}\0${version}\0${data}`, 0);
}

/** Damage can change a column's type and size: what is no text or no checksum any more must not match, nor throw. */
function crc(text: string, start: number): number {
  return crc32(String(text), start >>> 0);
}
