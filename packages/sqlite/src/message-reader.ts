import type { GlobalPage, GlobalRange, RecordedMessage, StreamPage } from "@tidemark/core";
import type { Database } from "better-sqlite3";

import { isDamage, MissingGlobalPosition } from "./database-errors";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, readMessage, recordedMessage } from "./event-rows";

/** Reads whole messages: of one stream, of a category, of all. Every row is proved by its checksum. */
export class MessageReader {
  private readonly ofStream;
  private readonly last;
  private readonly ofCategory;
  private readonly all;
  private readonly firstOfStreams;
  private readonly end;
  private readonly lastGlobalPosition;

  constructor(database: Database) {
    const select = `SELECT ${EVENT_COLUMNS} FROM events`;
    const prepare = <Bound extends unknown[]>(where: string) =>
      database.prepare<Bound, EventRow>(`${select} ${where}`).raw();
    this.ofStream = prepare<[string, number, number]>("WHERE stream = ? AND position >= ? ORDER BY position LIMIT ?");
    this.last = prepare<[string]>("WHERE stream = ? ORDER BY position DESC LIMIT 1");
    this.ofCategory = prepare<[string, number, number]>(
      "WHERE category = ? AND global_position > ? ORDER BY global_position LIMIT ?",
    );
    this.all = prepare<[number, number]>("WHERE global_position > ? ORDER BY global_position LIMIT ?");
    this.firstOfStreams = prepare<[string, string, number]>(
      "WHERE category = ? AND stream > ? AND position = 0 ORDER BY stream LIMIT ?",
    );
    this.lastGlobalPosition = database.prepare<[], number | null>("SELECT max(global_position) FROM events").pluck();
    this.end = database.prepare<[string], number | null>("SELECT max(position) FROM events WHERE stream = ?").pluck();
  }

  stream(stream: string, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    const messages = this.readStream(stream, from, limit).map(recordedMessage);
    const gap = messages.findIndex(({ position }, index) => position !== from + index);
    if (gap !== -1) throw missingRow(stream, from + gap);
    if (messages.length < limit) this.refuseLaterThan(stream, from + messages.length - 1);
    return messages;
  }

  lastOf(stream: string): RecordedMessage | undefined {
    const row = this.last.get(stream);
    return row && recordedMessage(row);
  }

  /** A page that is short ends at the stream's end, or rows are missing after it, or they were appended just now. */
  private refuseLaterThan(stream: string, last: number): void {
    const end = this.end.get(stream) ?? -1;
    if (end > last && this.readStream(stream, last + 1, 1)[0]?.[1] !== last + 1) throw missingRow(stream, last + 1);
  }

  /** Nothing here deletes an event or leaves a global position out, so that a gap in all of them is a row that damage hides. */
  global({ after, limit, categories }: GlobalRange): GlobalPage {
    const last = this.lastGlobalPosition.get() ?? 0;
    const messages =
      categories === undefined ? this.everything(after, limit) : this.ofCategories(categories, after, limit);
    const upTo = messages.length === limit ? (messages.at(-1)?.globalPosition ?? after) : Math.max(after, last);
    return { messages, upTo, atEnd: upTo >= last };
  }

  private everything(after: number, limit: number): RecordedMessage[] {
    const messages = this.all.all(after, limit).map(readMessage);
    const gap = messages.findIndex(({ globalPosition }, index) => globalPosition !== after + 1 + index);
    if (gap !== -1) throw new MissingGlobalPosition(after + 1 + gap);
    return messages;
  }

  private ofCategories(categories: readonly string[], after: number, limit: number): RecordedMessage[] {
    const pages = [...new Set(categories)].map((category) => this.category(category, after, limit));
    if (pages.length === 1) return pages[0]!;
    return pages
      .flat()
      .sort((a, b) => a.globalPosition - b.globalPosition)
      .slice(0, limit);
  }

  private category(category: string, after: number, limit: number): RecordedMessage[] {
    const messages = this.ofCategory.all(category, after, limit).map(readMessage);
    messages.reduce((previous, { stream, position, globalPosition }) => {
      if (globalPosition <= previous) throw damagedRow(stream, position);
      return globalPosition;
    }, after);
    return messages;
  }

  /** By the names that the streams' first rows prove. */
  streams(category: string, { after = "", limit }: StreamPage): string[] {
    return Array.from(this.firstOfStreams.all(category, after, limit), (row) => recordedMessage(row).stream);
  }

  private readStream(stream: string, from: number, limit: number): EventRow[] {
    const rows: EventRow[] = [];
    try {
      for (const row of this.ofStream.iterate(stream, from, limit)) rows.push(row);
    } catch (error) {
      throw isDamage(error) ? damagedRow(stream, from + rows.length, error) : error;
    }
    return rows;
  }
}
