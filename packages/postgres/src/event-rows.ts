import { DeserializationError, type RecordedMessage } from "@tidemark/core";

import { contentChecksum, envelopeChecksum, globalPositionBits } from "./checksums";
import type { Row } from "./connections";

/** The columns that `recorded` reads, in its order. */
export const EVENT_COLUMNS =
  "stream, position, global_position, id, type, time, data, metadata, content_checksum, envelope_checksum, category, slot";

/** @throws DeserializationError for a row that is not what was written. */
export function recorded(row: Row): RecordedMessage {
  const message = messageOf(row);
  const fault = checksumFault(row, message);
  if (fault === undefined) return message;
  throw new DeserializationError({ stream: message.stream, position: message.position, reason: fault });
}

export function messageOf(row: Row): RecordedMessage {
  const [stream, position, globalPosition, id, type, time, data, metadata] = row as readonly string[];
  return {
    id: id!,
    type: type!,
    stream: stream!,
    category: stream!.slice(0, stream!.indexOf("-")),
    position: Number(position),
    globalPosition: Number(globalPosition),
    time: Number(time),
    data: data!,
    metadata: metadata!,
  };
}

export function checksumFault(row: Row, message: RecordedMessage): string | undefined {
  const { stream, position, globalPosition, type, data } = message;
  const content = contentChecksum(stream, type, data) ^ position;
  const envelope = envelopeChecksum(message) ^ globalPositionBits(globalPosition);
  if (content === Number(row[8]) && envelope === Number(row[9]) && message.category === row[10]) return undefined;
  return "its row was altered: the checksum does not match";
}

export const MISSING = "the event is missing";

/** @throws DeserializationError where the events of one stream do not follow each other from position `from`. */
export function requireContiguous(stream: string, from: number, messages: readonly RecordedMessage[]): void {
  for (const [index, { position }] of messages.entries()) {
    if (position !== from + index) {
      throw new DeserializationError({ stream, position: from + index, reason: MISSING });
    }
  }
}
