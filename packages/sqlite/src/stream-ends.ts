import { DeserializationError } from "@tidemark/core";
import { EMPTY_CHAIN, sealOf } from "./checksums";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";

/** A place in a stream that something builds upon: the next append, or the events after a snapshot. */
export interface StreamEnd {
  /** -1 before the first event. */
  readonly position: number;
  readonly id: string;
  /** The chain up to and with this position. */
  readonly chain: number;
}

const BEFORE_FIRST: StreamEnd = { position: -1, id: "", chain: EMPTY_CHAIN };

/** The position of a stream's last event as it is kept apart from the index of events; NULL before the first. */
export const KEPT_END = "(SELECT position FROM stream_ends WHERE stream = ?)";

/**
 * Finds the ends of streams, and single rows, without reading what the events hold.
 *
 * An end is found twice: by the index of events, and where it is kept apart. A flipped bit in a page of the index can hide its last
 * entries without an error from SQLite.
 */
export class StreamEnds {
  private readonly last;
  private readonly kept;
  private readonly keep;
  private readonly at;

  constructor(database: Database) {
    const columns = "position, id, chain, seal";
    this.last = database.rows<[string, string], [...EndRow, kept: number | null]>(
      `SELECT ${columns}, ${KEPT_END} FROM events WHERE stream = ? ORDER BY position DESC LIMIT 1`,
    );
    this.kept = database.values<[string], number | null>(`SELECT ${KEPT_END}`);
    this.keep = database.prepare<[string, number]>(
      "INSERT INTO stream_ends VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET position = excluded.position",
    );
    this.at = database.rows<[string, number], EndRow>(
      `SELECT ${columns} FROM events WHERE stream = ? AND position = ?`,
    );
  }

  /** @throws DeserializationError for a damaged row, and where the stream's two ends differ. */
  of(stream: string): StreamEnd {
    const row = this.last.get(stream, stream) ?? this.unlessHidden(stream);
    if (row === undefined) return BEFORE_FIRST;
    const [position, id, chain, seal, kept] = row;
    if (kept !== position) throw endsDiffer(stream, position, kept);
    return sound(stream, [position, id, chain, seal]);
  }

  /** Notes the position of a stream's new last event, inside the transaction that stores it. */
  set(stream: string, position: number): void {
    this.keep.run(stream, position);
  }

  /** Where the index has no event of a stream, its end says whether that is so; its first event can be of just now. */
  private unlessHidden(stream: string): ReturnType<typeof this.last.get> {
    const kept = this.kept.get(stream) ?? null;
    if (kept === null) return undefined;
    const row = this.last.get(stream, stream);
    if (row === undefined) throw endsDiffer(stream, -1, kept);
    return row;
  }

  /** @throws DeserializationError for a damaged row. */
  find(stream: string, position: number): StreamEnd | undefined {
    const row = this.at.get(stream, position);
    return row && sound(stream, row);
  }
}

/** A stream whose end differs from the one kept for it. */
interface DifferingEnd {
  readonly stream: string;
  readonly position: number;
  readonly reason: string;
}

/** @param found by the index of events, -1 for none; @param kept apart from it, null for none. */
export function differingEnd(stream: string, found: number, kept: number | null): DifferingEnd {
  if (kept !== null && kept > found) {
    const reason = `its row is missing, though the stream ends at position ${kept}; restore it from a backup`;
    return { stream, position: found + 1, reason };
  }
  const end = kept === null ? "to have no event" : `to end at position ${kept}`;
  return {
    stream,
    position: found,
    reason: `its row is there, though the stream is noted ${end}; restore it from a backup`,
  };
}

/** The error for it. */
export function endsDiffer(stream: string, found: number, kept: number | null): DeserializationError {
  return new DeserializationError(differingEnd(stream, found, kept));
}

/** In the order of its columns. */
export type EndRow = [position: number, id: string, chain: number, seal: number];

/** @throws DeserializationError for a damaged row. */
export function sound(stream: string, [position, id, chain, seal]: EndRow): StreamEnd {
  if (typeof id !== "string" || sealOf(stream, position, id, chain) !== seal) throw damagedRow(stream, position);
  return { position, id, chain };
}
