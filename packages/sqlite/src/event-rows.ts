import { DeserializationError } from "@tidemark/core";
import { type RecordedMessage } from "@tidemark/core/adapter";

import { checksumAfter, checksumOf, type RowSeals, sealOf } from "./checksums";
import type { NumberedStream } from "./event-streams";

/** The columns of a whole row, in the order of `EventRow`. */
export const EVENT_COLUMNS =
  "stream_id, position, category_id, id, type, time, data, metadata, global_position, chain, seal, checksum";

/** A row as an array, which costs less than an object to read. */
export type EventRow = readonly [
  stream: number,
  position: number,
  category: number,
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
export function recordedMessage(row: EventRow, stream: NumberedStream): RecordedMessage {
  const message = messageIn(row, stream);
  if (isDamaged(row, message, stream)) throw damagedRow(message.stream, message.position);
  return message;
}

/**
 * As `recordedMessage`, for half the work: its seal, which is for those who build upon the row, is not looked at.
 * @throws DeserializationError when anything differs that the message holds.
 */
export function readMessage(row: EventRow, stream: NumberedStream): RecordedMessage {
  const message = messageIn(row, stream);
  if (isText(message) && row[2] === stream.categoryNumber && checksumAfter(row[9], message) === row[11]) return message;
  throw damagedRow(message.stream, message.position);
}

/** Whether any column is not as it was written, the seal among them. */
export function isDamaged(row: EventRow, message: RecordedMessage, { categoryNumber }: NumberedStream): boolean {
  const { stream, position, category, id, globalPosition } = message;
  const { chain, seal, checksum } = sealsIn(row);
  if (!isText(message) || row[2] !== categoryNumber) return true;
  return (
    sealOf(stream, position, id, chain) !== seal || checksumOf(message, category, globalPosition, seal) !== checksum
  );
}

/** Damage can make bytes of a text, which would give the same checksum. */
function isText({ id, type, data, metadata }: RecordedMessage): boolean {
  return typeof id === "string" && typeof type === "string" && typeof data === "string" && typeof metadata === "string";
}

/** @param ref the stream that the row's number stands for. */
export function messageIn(row: EventRow, { stream, category }: NumberedStream): RecordedMessage {
  const [, position, , id, type, time, data, metadata, globalPosition] = row;
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
