import { constants } from "node:buffer";

import { type FoldPage, type LoadPageRequest, parseFoldText } from "@tidemark/core/adapter";

import { chainAfter, EMPTY_CHAIN, sealOf } from "./checksums";
import { isDamage, isTooLong } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";
import { type EventStreams, NONE } from "./event-streams";
import { RowByRow } from "./row-by-row";
import { endsDiffer, KEPT_END, StreamEnds } from "./stream-ends";

const TEXT = `group_concat(',"' || type || '",' || data, '')`;

const TEXT_UNLESS_TOO_LONG = `CASE WHEN octet_length(${TEXT}) <= ${constants.MAX_STRING_LENGTH} THEN ${TEXT} END`;

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
    const text = database.refusesLongTexts ? TEXT : TEXT_UNLESS_TOO_LONG;
    // The rows come in the order of the index, which nothing promises and the chain proves; a subquery with ORDER BY
    // and LIMIT would promise it and take twice as long. The columns beside max() are those of its row.
    this.joined = database.rows<[number, number, number, number, number], JoinedPage>(
      `SELECT ${text}, count(*), max(position), id, chain, seal, ${KEPT_END}
       FROM event_log WHERE stream_id = ? AND position > ? AND position <= ?`,
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
    if (number === NONE) return { events: [], lastPosition: after, lastId: "", more: false };
    const found = this.join(stream, number, after, Math.min(after + limit, bound));
    if (found === "too long") return this.joinedPage(stream, { after, bound, limit: Math.ceil(limit / 2) }, chain);
    const [text, count, position, id, storedChain, seal, streamEnd] = found;
    // A stream that has a number has an event.
    if ((position ?? 0) > streamEnd) throw endsDiffer(stream, position ?? -1, Math.max(streamEnd, 0));
    const end = Math.min(bound, streamEnd);
    if (end <= after) return { events: [], lastPosition: after, lastId: "", more: false };
    const last = Math.min(after + limit, end);
    const sound =
      text !== null &&
      position === last &&
      count === last - after &&
      chainAfter(text, chain ?? this.chainAt(stream, after)) === storedChain &&
      typeof id === "string" &&
      sealOf(stream, position, id, storedChain) === seal;
    if (!sound) return this.provenPage(stream, { after, bound: end, limit });
    const events = parseFoldText(text, { stream, firstPosition: after + 1, count });
    return { events, lastPosition: position, lastId: id, more: position < end };
  }

  private provenPage(stream: string, { after, bound, limit }: PageRange): FoldPage {
    if (bound <= after) return { events: [], lastPosition: after, lastId: "", more: false };
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

interface PageRange {
  readonly after: number;
  /** No event above this position. */
  readonly bound: number;
  readonly limit: number;
}

type JoinedPage = [
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
