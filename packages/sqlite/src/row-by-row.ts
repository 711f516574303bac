import { type FoldPage, foldText, parseFoldText, type RecordedMessage } from "@tidemark/core/adapter";
import { chainAfter, EMPTY_CHAIN } from "./checksums";
import { isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow, EVENT_COLUMNS, type EventRow, missingRow, recordedMessage, sealsIn } from "./event-rows";

interface RowRange {
  readonly stream: string;
  /** The position before the first. */
  readonly after: number;
  /** The position of the last. All in between must be there. */
  readonly last: number;
}

/** Reads a stream one row at a time, each proved by its own checksum: slow, but it names the row at fault. */
export class RowByRow {
  private readonly select;

  constructor(database: Database) {
    this.select = database.rows<[string, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE stream = ? AND position = ?`,
    );
  }

  /** @throws DeserializationError for the first row that is missing, damaged or not the one that followed. */
  page({ stream, after, last }: RowRange): Omit<FoldPage, "more"> {
    let text = "";
    let lastId = "";
    let chain = after < 0 ? EMPTY_CHAIN : sealsIn(this.row(stream, after)).chain;
    for (let position = after + 1; position <= last; position++) {
      const row = this.row(stream, position);
      const { id, type, data } = recordedMessage(row);
      const folded = foldText(type, data);
      chain = chainAfter(folded, chain);
      if (chain !== sealsIn(row).chain) throw damagedRow(stream, position);
      text += folded;
      lastId = id;
    }
    const events = parseFoldText(text, { stream, firstPosition: after + 1, count: last - after });
    return { events, lastPosition: last, lastId };
  }

  message(stream: string, position: number): RecordedMessage {
    return recordedMessage(this.row(stream, position));
  }

  private row(stream: string, position: number): EventRow {
    const row = this.find(stream, position);
    if (row === undefined) throw missingRow(stream, position);
    return row;
  }

  private find(stream: string, position: number): EventRow | undefined {
    try {
      return this.select.get(stream, position);
    } catch (error) {
      throw isDamage(error) ? damagedRow(stream, position, error) : error;
    }
  }
}
