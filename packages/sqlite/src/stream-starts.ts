import type { DeserializationError } from "@tidemark/core";
import { forgottenEvent, type StreamRef } from "@tidemark/core/adapter";
import { startChecksum } from "./checksums";
import type { Database } from "./drivers/database";
import { damagedRow, missingRow } from "./event-rows";

/** Where a stream begins whose first events were forgotten. */
interface StreamStart extends StreamRef {
  /** The position of the first event that is kept. */
  readonly position: number;
  /** The chain up to the event before it. */
  readonly chain: number;
}

/** The columns of a whole row, in the order of `StartRow`. */
export const START_COLUMNS = "stream, category, position, chain, checksum";

export type StartRow = readonly [stream: string, category: string, position: number, chain: number, checksum: number];

/** Keeps where streams begin whose first events were forgotten: with the chain that the events behind go on from. */
export class StreamStarts {
  private readonly one;
  private readonly put;

  constructor(database: Database) {
    this.one = database.rows<[string], StartRow>(`SELECT ${START_COLUMNS} FROM stream_starts WHERE stream = ?`);
    this.put = database.prepare<[string, string, number, number, number]>(
      `INSERT INTO stream_starts (${START_COLUMNS}) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (stream) DO UPDATE SET position = excluded.position, chain = excluded.chain, checksum = excluded.checksum`,
    );
  }

  /** @returns undefined for a stream that has its first event. @throws DeserializationError for a damaged row. */
  of(stream: string): StreamStart | undefined {
    const row = this.one.get(stream);
    // A damaged index can lead to another row.
    if (row !== undefined && row[0] !== stream) throw damagedRow(stream, row[2]);
    return row && startIn(row);
  }

  set(start: StreamStart): void {
    const { stream, category, position, chain } = start;
    this.put.run(stream, category, position, chain, startChecksum(start));
  }

  /** The error for an event whose row is not there. */
  absent(stream: string, position: number): DeserializationError {
    const start = this.of(stream);
    const isForgotten = start !== undefined && position < start.position;
    return isForgotten ? forgottenEvent(stream, position, start.position) : missingRow(stream, position);
  }
}

export function isDamagedStart([stream, category, position, chain, checksum]: StartRow): boolean {
  return startChecksum({ stream, category, position, chain }) !== checksum;
}

function startIn(row: StartRow): StreamStart {
  const [stream, category, position, chain] = row;
  if (isDamagedStart(row)) throw damagedRow(stream, position);
  return { stream, category, position, chain };
}
