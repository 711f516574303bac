import { constants } from "node:buffer";

import { type FoldPage, type LoadPageRequest, parseFoldText } from "@tidemark/core/adapter";

import { chainAfter, EMPTY_CHAIN, sealOf } from "./checksums";
import { isDamage, isTooLong } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";
import { type EventStreams, NONE } from "./event-streams";
import { RowByRow } from "./row-by-row";
import { endsDiffer, KEPT_END, StreamEnds } from "./stream-ends";

/**
 * Selects the rows of a part of a stream as `JoinedPage`, from a table of events that has an alias. The stream's number is bound twice.
 *
 * The rows come in the order of the index, which nothing promises and the chain proves; a subquery with ORDER BY
 * and LIMIT would promise it and take twice as long. The columns beside max() are those of its row.
 */
export function joinedColumns({ refusesLongTexts }: Database, alias: string): string {
  const joined = `group_concat(',"' || ${alias}.type || '",' || ${alias}.data, '')`;
  const text = refusesLongTexts
    ? joined
    : `CASE WHEN octet_length(${joined}) <= ${constants.MAX_STRING_LENGTH} THEN ${joined} END`;
  return `${text}, count(${alias}.position), max(${alias}.position), ${alias}.id, ${alias}.chain, ${alias}.seal, ${KEPT_END}`;
}

/**
 * Reads events in the form that a fold takes: joined to one text in SQL, verified by one checksum over it and
 * parsed at once. Only where that fails are rows read one by one, to name the one at fault.
 */
export class FoldReader {
  private readonly ends: StreamEnds;
  private readonly rows: RowByRow;
  private readonly joined;
  private readonly later;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.ends = new StreamEnds(database, streams);
    this.rows = new RowByRow(database, streams);
    this.joined = database.rows<[number, number, number, number, number], JoinedPage>(
      `SELECT ${joinedColumns(database, "l")} FROM event_log l WHERE l.stream_id = ? AND l.position > ? AND l.position <= ?`,
    );
    this.later = database.values<[number, number], number | null>(
      "SELECT min(position) FROM event_log WHERE stream_id = ? AND time > ?",
    );
  }

  /**
   * The position of the last event before the first one that is later than `maxTime`; undefined where none is later.
   * @throws DeserializationError where that event's row is damaged, and so perhaps its time.
   */
  lastBefore(stream: string, maxTime: number): number | undefined {
    const later = this.later.get(this.streams.numberOf(stream), maxTime);
    return typeof later === "number" ? this.rows.message(stream, later).position - 1 : undefined;
  }

  /**
   * @param chain of the event before the page, where the caller has read it.
   * @throws DeserializationError for a row that is damaged or missing.
   */
  page({ stream, after, maxVersion, maxTime, limit }: LoadPageRequest, chain?: number): FoldPage {
    const bound = maxVersion ?? Number.MAX_SAFE_INTEGER;
    if (maxTime === undefined) return this.joinedPage(stream, { after, bound, limit }, chain);
    const end = Math.min(bound, this.ends.of(stream).position, this.lastBefore(stream, maxTime) ?? bound);
    // Times stand outside the chain: each row is proved by its own checksum.
    return this.provenPage(stream, { after, bound: end, limit });
  }

  private joinedPage(stream: string, range: PageRange, chain: number | undefined): FoldPage {
    const { after, bound, limit } = range;
    const number = this.streams.numberOf(stream);
    if (number === NONE) return nothingAfter(after);
    const found = this.join(stream, number, after, Math.min(after + limit, bound));
    if (found === "too long") return this.joinedPage(stream, { after, bound, limit: Math.ceil(limit / 2) }, chain);
    const [, , position, , , , streamEnd] = found;
    // A stream that has a number has an event.
    if ((position ?? 0) > streamEnd) throw endsDiffer(stream, position ?? -1, Math.max(streamEnd, 0));
    const end = Math.min(bound, streamEnd);
    if (end <= after) return nothingAfter(after);
    const page = soundPage(found, { stream, after, bound, limit }, chain ?? this.chainAt(stream, after));
    return page ?? this.provenPage(stream, { after, bound: end, limit });
  }

  private provenPage(stream: string, { after, bound, limit }: PageRange): FoldPage {
    if (bound <= after) return nothingAfter(after);
    const last = Math.min(after + limit, bound);
    return { ...this.rows.page({ stream, after, last }), more: last < bound };
  }

  private join(stream: string, number: number, after: number, last: number): JoinedPage | "too long" {
    try {
      const page = this.joined.get(number, number, number, after, last)!;
      const [text, count] = page;
      return text === null && count > 1 ? "too long" : page;
    } catch (error) {
      if (isTooLong(error) && last > after + 1) return "too long";
      if (!isDamage(error)) throw error;
      this.rows.page({ stream, after, last: Math.min(last, this.ends.of(stream).position) });
      throw damagedRow(stream, after + 1, error);
    }
  }

  private chainAt(stream: string, position: number): number {
    if (position < 0) return EMPTY_CHAIN;
    return this.ends.find(stream, position)?.chain ?? this.rows.chainBeforeStart(stream, position);
  }
}

/**
 * @param found what is there of the part of a stream behind `after`; @param chain of the event at `after`.
 * @returns undefined where it is not proved to be whole.
 */
export function soundPage(
  [text, count, position, id, storedChain, seal, streamEnd]: readonly [...JoinedPage, ...unknown[]],
  { stream, after, bound, limit }: PageRange & { readonly stream: string },
  chain = EMPTY_CHAIN,
): FoldPage | undefined {
  // A stream that has a number has an event.
  if ((position ?? 0) > streamEnd) return undefined;
  const end = Math.min(bound, streamEnd);
  if (end <= after) return nothingAfter(after);
  const last = Math.min(after + limit, end);
  const isSound =
    text !== null &&
    position === last &&
    count === last - after &&
    chainAfter(text, chain) === storedChain &&
    typeof id === "string" &&
    sealOf(stream, position, id, storedChain) === seal;
  if (!isSound) return undefined;
  const events = parseFoldText(text, { stream, firstPosition: after + 1, count });
  return { events, lastPosition: position, lastId: id, more: position < end };
}

function nothingAfter(position: number): FoldPage {
  return { events: [], lastPosition: position, lastId: "", more: false };
}

interface PageRange {
  readonly after: number;
  /** No event above this position. */
  readonly bound: number;
  readonly limit: number;
}

export type JoinedPage = [
  /** NULL where there is none in the range, or where it would be too long. */
  text: string | null,
  count: number,
  /** NULL where there is none in the range. */
  position: number | null,
  id: string,
  chain: number,
  seal: number,
  /** The position of the stream's last event, as it is kept apart from the index that finds the others; -1 where it has none. */
  streamEnd: number,
];
