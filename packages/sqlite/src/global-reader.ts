import type { GlobalPage, GlobalRange, RecordedMessage } from "@tidemark/core/adapter";
import { MissingGlobalPosition } from "./database-errors";
import type { Database, Query } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, readMessage } from "./event-rows";
import { ForgottenPositions } from "./forgotten-positions";

/** How many categories one statement reads; SQLite allows 500 parts in a compound. */
const MOST_CATEGORIES = 100;

/**
 * Reads messages in global order. Every row is proved by its checksum.
 *
 * Transactions follow each other, and each takes the next global positions: whatever is stored is settled. The end of the log is
 * read first and no row beyond it, so that a page holds all that there is up to its end, whatever is appended meanwhile.
 */
export class GlobalReader {
  private readonly forgotten: ForgottenPositions;
  private readonly end;
  /** As the index of categories has it. */
  private readonly endOfCategory;
  private readonly everything;
  /** At index n - 1 the statement that reads n categories. */
  private readonly ofCategories: Query<(string | number)[], EventRow>[] = [];

  constructor(private readonly database: Database) {
    this.forgotten = new ForgottenPositions(database);
    this.end = database.values<[], number | null>("SELECT max(global_position) FROM events");
    this.endOfCategory = database.values<[string], number | null>(
      "SELECT max(global_position) FROM events WHERE category = ?",
    );
    this.everything = database.rows<[number, number, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE global_position > ? AND global_position <= ?
         ORDER BY global_position LIMIT ?`,
    );
  }

  /** The global position of the newest event, of all or of one category; 0 where there is none. */
  lastPosition(category?: string): number {
    return (category === undefined ? this.end.get() : this.endOfCategory.get(category)) ?? 0;
  }

  page({ after, limit, categories }: GlobalRange): GlobalPage {
    const ofCategories = categories && [...new Set(categories)];
    const newest = Math.max(0, ...(ofCategories ?? []).map((category) => this.endOfCategory.get(category) ?? 0));
    const end = this.lastPosition();
    // Looked up first, so that an append in between cannot explain it.
    if (newest > end) throw new MissingGlobalPosition(newest);
    const messages =
      ofCategories === undefined
        ? this.readEverything(after, end, limit)
        : this.readCategories(ofCategories, { after, end, limit });
    const isFull = messages.length === limit;
    const upTo = isFull ? (messages.at(-1)?.globalPosition ?? after) : Math.max(after, end);
    return { messages, upTo, atEnd: upTo >= end };
  }

  /** Nothing leaves a global position out: a gap is what was forgotten, or a row that damage hides. */
  private readEverything(after: number, end: number, limit: number): RecordedMessage[] {
    const messages = this.everything.all(after, end, limit).map(readMessage);
    let next = after + 1;
    for (const { globalPosition } of messages) {
      this.refuseLost(next, globalPosition - 1);
      next = globalPosition + 1;
    }
    if (messages.length < limit) this.refuseLost(next, end);
    return messages;
  }

  private refuseLost(from: number, to: number): void {
    const lost = from > to ? undefined : this.forgotten.firstKept(from, to);
    if (lost !== undefined) throw new MissingGlobalPosition(lost);
  }

  private readCategories(
    categories: readonly string[],
    range: { readonly after: number; readonly end: number; readonly limit: number },
  ): RecordedMessage[] {
    if (categories.length === 0) return [];
    if (categories.length > MOST_CATEGORIES) {
      const pages = [categories.slice(0, MOST_CATEGORIES), categories.slice(MOST_CATEGORIES)];
      const messages = pages.flatMap((each) => this.readCategories(each, range));
      return messages.sort((a, b) => a.globalPosition - b.globalPosition).slice(0, range.limit);
    }
    const { after, end, limit } = range;
    const bound = categories.flatMap((category) => [category, after, end]);
    const messages = this.statementFor(categories.length)
      .all(...bound, limit)
      .map(readMessage);
    messages.reduce((previous, { stream, position, globalPosition }) => {
      if (globalPosition <= previous) throw damagedRow(stream, position);
      return globalPosition;
    }, after);
    return messages;
  }

  /** SQLite merges the parts, each in the order of its index, and reads no row that the limit leaves out. */
  private statementFor(count: number): Query<(string | number)[], EventRow> {
    const known = this.ofCategories[count - 1];
    if (known !== undefined) return known;
    const part = `SELECT ${EVENT_COLUMNS} FROM events WHERE category = ? AND global_position > ? AND global_position <= ?`;
    const parts = Array.from({ length: count }, () => part).join(" UNION ALL ");
    const statement = this.database.rows<(string | number)[], EventRow>(`${parts} ORDER BY global_position LIMIT ?`);
    this.ofCategories[count - 1] = statement;
    return statement;
  }
}
