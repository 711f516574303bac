import { DeserializationError } from "@tidemark/core";
import { EMPTY_CHAIN, sealOf } from "./checksums";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";
import { type EventStreams, NONE } from "./event-streams";
import { INDEXED_UP_TO } from "./indexed-events";

/** A place in a stream that something builds upon: the next append, or the events after a snapshot. */
interface StreamEnd {
  /** -1 before the first event. */
  readonly position: number;
  readonly id: string;
  /** The chain up to and with this position. */
  readonly chain: number;
}

export const BEFORE_FIRST: StreamEnd = { position: -1, id: "", chain: EMPTY_CHAIN };

/**
 * The position of a stream's last event as it is found apart from the index of streams; -1 before the first. Its number is bound twice.
 *
 * The table of ends has it, or the rows of the log that are not in that table yet: those are read in the order of the log.
 */
export const KEPT_END = `max(
  coalesce((SELECT position FROM event_ends WHERE stream_id = ?), -1),
  coalesce((SELECT max(position) FROM event_log NOT INDEXED WHERE global_position > ${INDEXED_UP_TO} AND stream_id = ?), -1))`;

/**
 * Finds the ends of streams, and single rows, without reading what the events hold.
 *
 * An end is found twice: by the index of streams, and apart from it. A flipped bit in a page of the index can hide its last
 * entries without an error from SQLite.
 */
export class StreamEnds {
  private readonly last;
  private readonly kept;
  private readonly at;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    const columns = "position, id, chain, seal";
    this.last = database.rows<[number, number, number], [...EndRow, kept: number]>(
      `SELECT ${columns}, ${KEPT_END} FROM event_log WHERE stream_id = ? ORDER BY position DESC LIMIT 1`,
    );
    this.kept = database.values<[number, number], number>(`SELECT ${KEPT_END}`);
    this.at = database.rows<[number, number], EndRow>(
      `SELECT ${columns} FROM event_log WHERE stream_id = ? AND position = ?`,
    );
  }

  /** @throws DeserializationError for a damaged row, and where the stream's two ends differ. */
  of(stream: string): StreamEnd {
    const number = this.streams.numberOf(stream);
    if (number === NONE) return BEFORE_FIRST;
    const row = this.last.get(number, number, number) ?? this.unlessHidden(stream, number);
    const [position, id, chain, seal, kept] = row;
    if (kept !== position) throw endsDiffer(stream, position, kept);
    return sound(stream, [position, id, chain, seal]);
  }

  /** @throws DeserializationError for a damaged row, and for another one, to which a damaged index leads. */
  find(stream: string, position: number): StreamEnd | undefined {
    const row = this.at.get(this.streams.numberOf(stream), position);
    if (row !== undefined && row[0] !== position) throw damagedRow(stream, position);
    return row && sound(stream, row);
  }

  /** A stream that has a number has an event: one that the index does not find is of just now, or hidden. */
  private unlessHidden(stream: string, number: number): readonly [...EndRow, kept: number] {
    const row = this.last.get(number, number, number);
    if (row === undefined) throw endsDiffer(stream, -1, Math.max(this.kept.get(number, number)!, 0));
    return row;
  }
}

/** A stream whose end differs from the one kept for it. */
interface DifferingEnd {
  readonly stream: string;
  readonly position: number;
  readonly reason: string;
}

/** @param found by the index of streams; @param kept apart from it; both -1 for none. */
export function differingEnd(stream: string, found: number, kept: number): DifferingEnd {
  if (kept > found) {
    const reason = `its row is missing, though the stream ends at position ${kept}; restore it from a backup`;
    return { stream, position: found + 1, reason };
  }
  const end = kept === -1 ? "to have no event" : `to end at position ${kept}`;
  return {
    stream,
    position: found,
    reason: `its row is there, though the stream is noted ${end}; restore it from a backup`,
  };
}

/** The error for it. */
export function endsDiffer(stream: string, found: number, kept: number): DeserializationError {
  return new DeserializationError(differingEnd(stream, found, kept));
}

/** In the order of its columns. */
export type EndRow = readonly [position: number, id: string, chain: number, seal: number];

/** @throws DeserializationError for a damaged row. */
export function sound(stream: string, [position, id, chain, seal]: EndRow): StreamEnd {
  if (typeof id !== "string" || sealOf(stream, position, id, chain) !== seal) throw damagedRow(stream, position);
  return { position, id, chain };
}
