import { DeserializationError } from "@tidemark/core";
import { type RecordedMessage } from "@tidemark/core/adapter";

import { checksumAfter, checksumOf, type RowSeals, sealOf } from "./checksums";

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

/**
 * As `recordedMessage`, for half the work: its seal, which is for those who build upon the row, is not looked at.
 * @throws DeserializationError when anything differs that the message holds.
 */
export function readMessage(row: EventRow): RecordedMessage {
  const message = messageIn(row);
  if (isText(message) && checksumAfter(row[9], message) === row[11]) return message;
  throw damagedRow(message.stream, message.position);
}

/** Whether any column is not as it was written, the seal among them. */
export function isDamaged(row: EventRow, message: RecordedMessage): boolean {
  const [stream, position, category, id, , , , , globalPosition, chain, seal, checksum] = row;
  if (!isText(message)) return true;
  return (
    sealOf(stream, position, id, chain) !== seal || checksumOf(message, category, globalPosition, seal) !== checksum
  );
}

/** Damage can make bytes of a text, which would give the same checksum. */
function isText({ stream, category, id, type, data, metadata }: RecordedMessage): boolean {
  return (
    typeof stream === "string" &&
    typeof category === "string" &&
    typeof id === "string" &&
    typeof type === "string" &&
    typeof data === "string" &&
    typeof metadata === "string"
  );
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
