import { byCodePoints, type RecordedMessage, type StreamPage } from "@tidemark/core/adapter";
import { isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, recordedMessage } from "./event-rows";
import { KEPT_END, StreamEnds } from "./stream-ends";
import { StreamStarts } from "./stream-starts";

/** Reads whole messages of single streams. Every row is proved by its checksum. */
export class StreamReader {
  private readonly ofStream;
  private readonly at;
  private readonly firstOfStreams;
  private readonly end;
  private readonly ends: StreamEnds;
  private readonly starts: StreamStarts;

  constructor(database: Database) {
    const select = `SELECT ${EVENT_COLUMNS} FROM events WHERE`;
    const prepare = <Bound extends unknown[]>(where: string) => database.rows<Bound, EventRow>(`${select} ${where}`);
    this.ofStream = prepare<[string, number, number]>("stream = ? AND position >= ? ORDER BY position LIMIT ?");
    this.at = prepare<[string, number]>("stream = ? AND position = ?");
    this.firstOfStreams = prepare<[string, string, number]>(
      "category = ? AND stream > ? AND position = 0 ORDER BY stream LIMIT ?",
    );
    this.end = database.values<[string], number | null>(`SELECT ${KEPT_END}`);
    this.ends = new StreamEnds(database);
    this.starts = new StreamStarts(database);
  }

  read(stream: string, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    const messages = this.rows(stream, from, limit).map(recordedMessage);
    const first = this.firstOf(stream, from, messages[0]?.position);
    const gap = messages.findIndex(({ position }, index) => position !== first + index);
    if (gap !== -1) throw missingRow(stream, first + gap);
    if (messages.length < limit) this.refuseLaterThan(stream, first + messages.length - 1);
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
    if (position === -1) return undefined;
    const row = this.at.get(stream, position);
    if (row === undefined) throw missingRow(stream, position);
    return recordedMessage(row);
  }

  /**
   * Lists streams by the names that their first rows prove, or where those were forgotten the places where they begin. These are looked
   * up last: a stream that was forgotten meanwhile is among both.
   */
  list(category: string, page: StreamPage): string[] {
    const { after = "", limit } = page;
    const whole = Array.from(this.firstOfStreams.all(category, after, limit), (row) => recordedMessage(row).stream);
    const shortened = this.starts.list(category, page);
    if (shortened.length === 0) return whole;
    return [...new Set([...whole, ...shortened])].sort(byCodePoints).slice(0, limit);
  }

  /** A page that is short ends at the stream's end, or rows are missing after it, or they were appended just now. */
  private refuseLaterThan(stream: string, last: number): void {
    const end = this.end.get(stream) ?? -1;
    if (end > last && this.rows(stream, last + 1, 1)[0]?.[1] !== last + 1) throw missingRow(stream, last + 1);
  }

  private rows(stream: string, from: number, limit: number): EventRow[] {
    const rows: EventRow[] = [];
    try {
      for (const row of this.ofStream.iterate(stream, from, limit)) rows.push(row);
    } catch (error) {
      throw isDamage(error) ? damagedRow(stream, from + rows.length, error) : error;
    }
    return rows;
  }
}
