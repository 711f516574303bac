import { type FoldPage, foldText, parseFoldText, type RecordedMessage } from "@tidemark/core/adapter";
import { chainAfter, EMPTY_CHAIN } from "./checksums";
import { isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, recordedMessage, sealsIn } from "./event-rows";
import type { EventStreams } from "./event-streams";
import { StreamStarts } from "./stream-starts";

interface RowRange {
  readonly stream: string;
  /** The position before the first. */
  readonly after: number;
  /** The position of the last. All in between must be there. */
  readonly last: number;
}

/** Reads a stream one row at a time, each proved by its own checksum: slow, but it names the row at fault. */
export class RowByRow {
  private readonly starts: StreamStarts;
  private readonly select;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.starts = new StreamStarts(database);
    this.select = database.rows<[number, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM event_log WHERE stream_id = ? AND position = ?`,
    );
  }

  /** @throws DeserializationError for the first row that is missing, damaged or not the one that followed. */
  page({ stream, after, last }: RowRange): Omit<FoldPage, "more"> {
    let text = "";
    let lastId = "";
    let chain = this.chainAt(stream, after);
    for (let position = after + 1; position <= last; position++) {
      const row = this.row(stream, position);
      const { id, type, data } = recordedMessage(row, this.streams.named(row[0]));
      const folded = foldText(type, data);
      chain = chainAfter(folded, chain);
      if (chain !== sealsIn(row).chain) throw damagedRow(stream, position);
      text += folded;
      lastId = id;
    }
    const events = parseFoldText(text, { stream, firstPosition: after + 1, count: last - after });
    return { events, lastPosition: last, lastId };
  }

  /**
   * The chain up to a position without an event, which the first event that is kept goes on from.
   * @throws DeserializationError for any other position.
   */
  chainBeforeStart(stream: string, position: number): number {
    const start = this.starts.of(stream);
    if (start?.position === position + 1) return start.chain;
    throw this.starts.absent(stream, position);
  }

  message(stream: string, position: number): RecordedMessage {
    const row = this.row(stream, position);
    return recordedMessage(row, this.streams.named(row[0]));
  }

  private chainAt(stream: string, position: number): number {
    if (position < 0) return EMPTY_CHAIN;
    const row = this.find(stream, position);
    return row === undefined ? this.chainBeforeStart(stream, position) : sealsIn(row).chain;
  }

  private row(stream: string, position: number): EventRow {
    const row = this.find(stream, position);
    if (row === undefined) throw this.starts.absent(stream, position);
    return row;
  }

  private find(stream: string, position: number): EventRow | undefined {
    const number = this.streams.numberOf(stream);
    const row = this.lookUp(stream, number, position);
    // A damaged index can lead to another row.
    if (row !== undefined && (row[0] !== number || row[1] !== position)) throw damagedRow(stream, position);
    return row;
  }

  private lookUp(stream: string, number: number, position: number): EventRow | undefined {
    try {
      return this.select.get(number, position);
    } catch (error) {
      throw isDamage(error) ? damagedRow(stream, position, error) : error;
    }
  }
}
