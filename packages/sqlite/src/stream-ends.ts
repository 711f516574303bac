import type { Database } from "better-sqlite3";

import { EMPTY_CHAIN, sealOf } from "./checksums";
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

/** Finds the ends of streams, and single rows, without reading what the events hold. */
export class StreamEnds {
  private readonly last;
  private readonly at;

  constructor(database: Database) {
    const columns = "SELECT position, id, chain, seal FROM events WHERE stream = ?";
    this.last = database.prepare<[string], EndRow>(`${columns} ORDER BY position DESC LIMIT 1`).raw();
    this.at = database.prepare<[string, number], EndRow>(`${columns} AND position = ?`).raw();
  }

  /** @throws DeserializationError for a damaged row. */
  of(stream: string): StreamEnd {
    const row = this.last.get(stream);
    return row === undefined ? BEFORE_FIRST : sound(stream, row);
  }

  /** @throws DeserializationError for a damaged row. */
  find(stream: string, position: number): StreamEnd | undefined {
    const row = this.at.get(stream, position);
    return row && sound(stream, row);
  }
}

/** In the order of its columns. */
export type EndRow = [position: number, id: string, chain: number, seal: number];

/** @throws DeserializationError for a damaged row. */
export function sound(stream: string, [position, id, chain, seal]: EndRow): StreamEnd {
  if (typeof id !== "string" || sealOf(stream, position, id, chain) !== seal) throw damagedRow(stream, position);
  return { position, id, chain };
}
