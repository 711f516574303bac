import type { GlobalRange, RecordedMessage } from "@tidemark/core";
import type { Database } from "better-sqlite3";

import { isDamage } from "./database-errors";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, recordedMessage } from "./event-rows";

/** Reads whole messages: of one stream, of a category, of all. Every row is proved by its checksum. */
export class MessageReader {
  private readonly ofStream;
  private readonly last;
  private readonly ofCategory;
  private readonly all;
  private readonly firstOfStreams;

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
  }

  stream(stream: string, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    const messages = this.readStream(stream, from, limit).map(recordedMessage);
    const gap = messages.findIndex(({ position }, index) => position !== from + index);
    if (gap !== -1) throw missingRow(stream, from + gap);
    return messages;
  }

  lastOf(stream: string): RecordedMessage | undefined {
    const row = this.last.get(stream);
    return row && recordedMessage(row);
  }

  category(category: string, { after, limit }: GlobalRange): RecordedMessage[] {
    return inOrder(this.ofCategory.all(category, after, limit));
  }

  everything({ after, limit }: GlobalRange): RecordedMessage[] {
    return inOrder(this.all.all(after, limit));
  }

  /** By the names that the streams' first rows prove. */
  streams(category: string, { after = "", limit }: { readonly after?: string; readonly limit: number }): string[] {
    return this.firstOfStreams.all(category, after, limit).map((row) => recordedMessage(row).stream);
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

/** Positions that run backwards come from a damaged tree. */
function inOrder(rows: readonly EventRow[]): RecordedMessage[] {
  const messages = rows.map(recordedMessage);
  for (let index = 1; index < messages.length; index++) {
    const { stream, position, globalPosition } = messages[index]!;
    if (globalPosition <= messages[index - 1]!.globalPosition) throw damagedRow(stream, position);
  }
  return messages;
}
