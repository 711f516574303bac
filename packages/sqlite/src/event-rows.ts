import { DeserializationError, type RecordedMessage } from "@tidemark/core";

import { checksumOf, type RowSeals, sealOf } from "./checksums";

/** The columns of a whole row, in the order of `EventRow`. */
export const EVENT_COLUMNS =
  "stream, position, category, id, type, time, data, metadata, global_position, chain, seal, checksum";

/** A row as an array, which costs less than an object to read. */
export type EventRow = readonly [
  stream: string,
  position: number,
  category: string,
  id: string,
  type: string,
  time: number,
  data: string,
  metadata: string,
  globalPosition: number,
  chain: number,
  seal: number,
  checksum: number,
];

/** @throws DeserializationError when any column differs from what was written. */
export function recordedMessage(row: EventRow): RecordedMessage {
  const message = messageIn(row);
  if (isDamaged(row, message)) throw damagedRow(message.stream, message.position);
  return message;
}

export function isDamaged(row: EventRow, message: RecordedMessage): boolean {
  const seals = sealsIn(row);
  if (!isText(row)) return true;
  if (sealOf(message.stream, message.position, message.id, seals.chain) !== seals.seal) return true;
  return checksumOf(message, message.category, message.globalPosition, seals.seal) !== seals.checksum;
}

/** Damage can make bytes of a text, which would give the same checksum. */
function isText([stream, , category, id, type, , data, metadata]: EventRow): boolean {
  return [stream, category, id, type, data, metadata].every((column) => typeof column === "string");
}

export function messageIn(row: EventRow): RecordedMessage {
  const [stream, position, category, id, type, time, data, metadata, globalPosition] = row;
  return { id, type, stream, category, position, globalPosition, time, data, metadata };
}

export function sealsIn(row: EventRow): RowSeals {
  return { chain: row[9], seal: row[10], checksum: row[11] };
}

export function damagedRow(stream: string, position: number, cause?: unknown): DeserializationError {
  const reason = "its row was damaged or altered after it was written; restore it from a backup";
  return new DeserializationError({ stream, position, reason }, cause);
}

export function missingRow(stream: string, position: number): DeserializationError {
  const reason = "its row is missing, though later ones are there; restore it from a backup";
  return new DeserializationError({ stream, position, reason });
}
