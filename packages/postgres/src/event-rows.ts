import { DeserializationError } from "@tidemark/core";
import type { RecordedMessage } from "@tidemark/core/adapter";

import { contentChecksum, envelopeChecksum, globalPositionBits } from "./checksums";
import type { Row } from "./work";

/** The columns that `recorded` reads, in its order. */
export const EVENT_COLUMNS =
  "stream, position, global_position, id, type, time, data, metadata, content_checksum, envelope_checksum, category, slot";

/** The places of some of them. */
export const [POSITION, GLOBAL_POSITION] = [1, 2];

/** The highest position that an event can have. */
export const MAX_POSITION = 2_147_483_647;

/** As a parameter for a column of positions: what lies above them all, such as a version that no stream has, stays above. */
export function asPosition(position: number): number {
  return Math.min(position, MAX_POSITION);
}

/** @throws DeserializationError for a row that is not what was written. */
export function recorded(row: Row): RecordedMessage {
  const message = messageOf(row);
  const fault = checksumFault(row, message);
  if (fault === undefined) return message;
  throw new DeserializationError({ stream: message.stream, position: message.position, reason: fault });
}

/** Makes an event of a row that may have been altered. */
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

/** Describes what is wrong with a row; undefined where it is what was written. */
export function checksumFault(row: Row, message: RecordedMessage): string | undefined {
  const { stream, position, globalPosition, type, data } = message;
  const content = contentChecksum(stream, type, data) ^ position;
  const envelope = envelopeChecksum(message) ^ globalPositionBits(globalPosition);
  if (content === Number(row[8]) && envelope === Number(row[9]) && message.category === row[10]) return undefined;
  return "its row was altered: the checksum does not match";
}

export const MISSING = "the event is missing";

export function missing(stream: string, position: number): DeserializationError {
  return new DeserializationError({ stream, position, reason: MISSING });
}
