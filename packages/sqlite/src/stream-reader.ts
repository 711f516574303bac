import type { RecordedMessage, StreamPage } from "@tidemark/core/adapter";
import { isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, recordedMessage } from "./event-rows";
import type { EventStreams, NumberedStream } from "./event-streams";
import { RowByRow } from "./row-by-row";
import { KEPT_END, StreamEnds } from "./stream-ends";
import { StreamStarts } from "./stream-starts";

/** Reads whole messages of single streams. Every row is proved by its checksum. */
export class StreamReader {
  private readonly ofStream;
  private readonly end;
  private readonly ends: StreamEnds;
  private readonly single: RowByRow;
  private readonly starts: StreamStarts;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.ofStream = database.rows<[number, number, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM event_log WHERE stream_id = ? AND position >= ? ORDER BY position LIMIT ?`,
    );
    this.end = database.values<[number, number], number>(`SELECT ${KEPT_END}`);
    this.ends = new StreamEnds(database, streams);
    this.single = new RowByRow(database, streams);
    this.starts = new StreamStarts(database);
  }

  read(stream: string, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    const ref = this.streams.find(stream);
    if (ref === undefined) return [];
    const messages = this.rows(ref, from, limit).map((row) => recordedMessage(row, ref));
    const first = this.firstOf(stream, from, messages[0]?.position);
    const gap = messages.findIndex(({ position }, index) => position !== first + index);
    if (gap !== -1) throw missingRow(stream, first + gap);
    if (messages.length < limit) this.refuseLaterThan(ref, first + messages.length - 1);
    return messages;
  }

  /** The position of the first event that is there from `from` on. @param found that of the first one that was found. */
  private firstOf(stream: string, from: number, found = from): number {
    if (found === from) return from;
    // More may have been forgotten meanwhile.
    const start = this.starts.of(stream)?.position ?? 0;
    return Math.max(from, Math.min(start, found));
  }

  readLast(stream: string): RecordedMessage | undefined {
    const { position } = this.ends.of(stream);
    return position === -1 ? undefined : this.single.message(stream, position);
  }

  list(category: string, page: StreamPage): string[] {
    return this.streams.list(category, page);
  }

  /** A page that is short ends at the stream's end, or rows are missing after it, or they were appended just now. */
  private refuseLaterThan(ref: NumberedStream, last: number): void {
    const end = this.end.get(ref.number, ref.number)!;
    if (end > last && this.rows(ref, last + 1, 1)[0]?.[1] !== last + 1) throw missingRow(ref.stream, last + 1);
  }

  private rows({ stream, number }: NumberedStream, from: number, limit: number): EventRow[] {
    const rows: EventRow[] = [];
    try {
      for (const row of this.ofStream.iterate(number, from, limit)) rows.push(row);
    } catch (error) {
      throw isDamage(error) ? damagedRow(stream, from + rows.length, error) : error;
    }
    return rows;
  }
}
