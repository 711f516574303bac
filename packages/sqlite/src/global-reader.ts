import type { GlobalPage, GlobalRange, RecordedMessage } from "@tidemark/core/adapter";
import { DamagedTable, MissingGlobalPosition } from "./database-errors";
import type { Database, Query } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, readMessage } from "./event-rows";
import type { EventStreams } from "./event-streams";
import { ForgottenPositions } from "./forgotten-positions";
import { IndexedEvents } from "./indexed-events";
import { JOINED_COLUMNS, type JoinedRow, joinedMessages } from "./joined-messages";

/** Pages of so few events are read row by row, which is as fast. */
const FEW = 8;

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
  private readonly indexed: IndexedEvents;
  private readonly end;
  private readonly endOfOrder;
  private readonly endBehind;
  private readonly everything;
  private readonly everythingJoined;
  private readonly behind;
  private readonly countBehind;
  /** At index n - 1 the statement that reads n categories. */
  private readonly ofCategories: CategoryStatements[] = [];

  constructor(
    private readonly database: Database,
    private readonly streams: EventStreams,
  ) {
    this.forgotten = new ForgottenPositions(database);
    this.indexed = new IndexedEvents(database);
    this.end = database.values<[], number | null>("SELECT max(global_position) FROM event_log");
    this.endOfOrder = database.values<[number], number | null>(
      "SELECT max(global_position) FROM event_order WHERE category_id = ?",
    );
    const behind = "FROM event_log NOT INDEXED WHERE global_position > ? AND global_position <= ?";
    this.endBehind = database.values<[number, number, number], number | null>(
      `SELECT max(global_position) ${behind} AND category_id = ?`,
    );
    this.everything = database.rows<[number, number, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} ${behind} ORDER BY global_position LIMIT ?`,
    );
    this.everythingJoined = database.rows<[number, number], JoinedRow>(
      `SELECT ${JOINED_COLUMNS} FROM event_log e NOT INDEXED WHERE global_position > ? AND global_position <= ?`,
    );
    // A row whose category is not that of its stream is damaged, which its checksum tells.
    this.behind = database.rows<[number, number, string, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} ${behind}
         AND (category_id IN (SELECT value FROM json_each(?))
           OR category_id IS NOT (SELECT s.category_id FROM event_streams s WHERE s.id = stream_id))
         ORDER BY global_position LIMIT ?`,
    );
    this.countBehind = database.values<[number, number], number>(`SELECT count(*) ${behind}`);
  }

  /** The global position of the newest event, of all or of one category; 0 where there is none. */
  lastPosition(category?: string): number {
    if (category === undefined) return this.end.get() ?? 0;
    const [number, upTo] = [this.streams.categoryNumber(category), this.indexed.upTo()];
    return this.endBehind.get(upTo, Number.MAX_SAFE_INTEGER, number) ?? this.endOfOrder.get(number) ?? 0;
  }

  page({ after, limit, categories }: GlobalRange): GlobalPage {
    const numbers = categories && this.numbersOf(categories);
    // Events that enter the order meanwhile are read from the log.
    const upTo = this.indexed.upTo();
    const newest = Math.max(upTo, ...(numbers ?? []).map((number) => this.endOfOrder.get(number) ?? 0));
    const end = this.lastPosition();
    // Looked up first, so that an append in between cannot explain it.
    if (newest > end) throw new MissingGlobalPosition(newest);
    const messages =
      numbers === undefined
        ? this.readEverything(after, end, limit)
        : this.readCategories(numbers, { after, upTo, end, limit });
    if (categories !== undefined) refuseOthers(messages, categories);
    const isFull = messages.length === limit;
    const last = isFull ? (messages.at(-1)?.globalPosition ?? after) : Math.max(after, end);
    return { messages, upTo: last, atEnd: last >= end };
  }

  private numbersOf(categories: readonly string[]): readonly number[] {
    const numbers = categories.map((category) => this.streams.categoryNumber(category));
    return [...new Set(numbers)];
  }

  /** Nothing leaves a global position out: a gap is what was forgotten, or a row that damage hides. */
  private readEverything(after: number, end: number, limit: number): RecordedMessage[] {
    const last = Math.min(end, after + limit);
    if (last - after > FEW) {
      const joined = joinedMessages(this.everythingJoined, [after, last], this.streams);
      if (joined?.length === last - after && isInOrder(joined, after)) return joined;
    }
    const messages = this.everything.all(after, end, limit).map((row) => this.message(row));
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

  private readCategories(categories: readonly number[], range: CategoryRange): RecordedMessage[] {
    if (categories.length === 0) return [];
    if (categories.length > MOST_CATEGORIES) {
      const pages = [categories.slice(0, MOST_CATEGORIES), categories.slice(MOST_CATEGORIES)];
      const messages = pages.flatMap((each) => this.readCategories(each, range));
      return messages.sort((a, b) => a.globalPosition - b.globalPosition).slice(0, range.limit);
    }
    const { after, upTo, end, limit } = range;
    const messages = after < upTo ? this.readOrder(categories, range) : [];
    const from = Math.max(after, upTo);
    if (messages.length < limit && from < end) {
      const rows = this.behind.all(from, end, JSON.stringify(categories), limit - messages.length);
      for (const row of rows) messages.push(this.message(row));
      this.refuseGaps(from, messages.length === limit ? messages.at(-1)!.globalPosition : end);
    }
    let previous = after;
    for (const { stream, position, globalPosition } of messages) {
      if (globalPosition <= previous) throw damagedRow(stream, position);
      previous = globalPosition;
    }
    return messages;
  }

  /** Rows that damage hides from the log would be missed, since no order has them yet. */
  private refuseGaps(after: number, to: number): void {
    if (this.countBehind.get(after, to) === to - after) return;
    let next = after + 1;
    for (const [, , , , , , , , globalPosition] of this.everything.all(after, to, to - after)) {
      this.refuseLost(next, globalPosition - 1);
      next = globalPosition + 1;
    }
    this.refuseLost(next, to);
  }

  private readOrder(categories: readonly number[], { after, upTo, limit }: CategoryRange): RecordedMessage[] {
    const bound = [...categories.flatMap((category) => [category, after, upTo]), limit];
    const { joined, rows } = this.statementsFor(categories.length);
    const messages = limit > FEW ? joinedMessages(joined, bound, this.streams) : undefined;
    if (messages !== undefined && isInOrder(messages, after)) return messages;
    return rows.all(...bound).map((row) => {
      if (row[8] === null) throw new MissingGlobalPosition(row[12]);
      return this.message(row as unknown as EventRow);
    });
  }

  private message(row: EventRow): RecordedMessage {
    return readMessage(row, this.streams.named(row[0]));
  }

  /** SQLite merges the parts, each in its order, and reads no row that the limit leaves out. An event that is missing comes as nulls. */
  private statementsFor(count: number): CategoryStatements {
    const known = this.ofCategories[count - 1];
    if (known !== undefined) return known;
    const part =
      "SELECT global_position FROM event_order WHERE category_id = ? AND global_position > ? AND global_position <= ?";
    const parts = Array.from({ length: count }, () => part).join(" UNION ALL ");
    const columns = EVENT_COLUMNS.replace(/\w+/g, "e.$&");
    const from = `FROM (${parts} ORDER BY global_position LIMIT ?) AS o LEFT JOIN event_log e ON e.global_position = o.global_position`;
    const statements = {
      joined: this.database.rows<number[], JoinedRow>(`SELECT ${JOINED_COLUMNS} ${from}`),
      rows: this.database.rows<number[], OrderedRow>(`SELECT ${columns}, o.global_position AS ordered ${from}`),
    };
    this.ofCategories[count - 1] = statements;
    return statements;
  }
}

/** Refuses events of other categories, to which a damaged order of categories can lead. @throws DamagedTable */
function refuseOthers(messages: readonly RecordedMessage[], categories: readonly string[]): void {
  const wanted = new Set(categories);
  if (messages.some(({ category }) => !wanted.has(category))) throw new DamagedTable("event_order");
}

/** Nothing promises the order in which rows are joined. */
function isInOrder(messages: readonly RecordedMessage[], after: number): boolean {
  let previous = after;
  return messages.every(({ globalPosition }) => {
    const isNext = globalPosition > previous;
    previous = globalPosition;
    return isNext;
  });
}

/** What reads some categories: their events joined, and where that fails row by row. */
interface CategoryStatements {
  readonly joined: Query<number[], JoinedRow>;
  readonly rows: Query<number[], OrderedRow>;
}

interface CategoryRange {
  readonly after: number;
  /** Up to where the order of categories has the events. */
  readonly upTo: number;
  readonly end: number;
  readonly limit: number;
}

type OrderedRow = readonly [...EventRow, ordered: number] | { readonly 8: null; readonly 12: number };
