import type { RecordedMessage, StreamPage } from "@tidemark/core/adapter";
import { isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, recordedMessage } from "./event-rows";
import { KEPT_END, StreamEnds } from "./stream-ends";

/** Reads whole messages of single streams. Every row is proved by its checksum. */
export class StreamReader {
  private readonly ofStream;
  private readonly at;
  private readonly firstOfStreams;
  private readonly end;
  private readonly ends: StreamEnds;

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
  }

  read(stream: string, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    const messages = this.rows(stream, from, limit).map(recordedMessage);
    const gap = messages.findIndex(({ position }, index) => position !== from + index);
    if (gap !== -1) throw missingRow(stream, from + gap);
    if (messages.length < limit) this.refuseLaterThan(stream, from + messages.length - 1);
    return messages;
  }

  readLast(stream: string): RecordedMessage | undefined {
    const { position } = this.ends.of(stream);
    if (position === -1) return undefined;
    const row = this.at.get(stream, position);
    if (row === undefined) throw missingRow(stream, position);
    return recordedMessage(row);
  }

  /** Lists streams by the names that their first rows prove. */
  list(category: string, { after = "", limit }: StreamPage): string[] {
    return Array.from(this.firstOfStreams.all(category, after, limit), (row) => recordedMessage(row).stream);
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
