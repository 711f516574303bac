import type { RecordedMessage, StreamPage, StreamRef } from "@tidemark/core";

import type { Connections, Statement } from "./connections";
import { EVENT_COLUMNS, recorded, requireContiguous } from "./event-rows";

/** Reads the events of single streams, and the names of a category's streams. */
export class StreamReader {
  private readonly page: Statement;
  private readonly last: Statement;
  private readonly end: Statement;
  private readonly streams: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    const events = `${schema}.events`;
    this.page = {
      name: "read_stream",
      text: `SELECT ${EVENT_COLUMNS} FROM ${events} WHERE stream = $1 AND position >= $2 ORDER BY position LIMIT $3`,
    };
    this.last = {
      name: "read_last",
      text: `SELECT ${EVENT_COLUMNS} FROM ${events} WHERE stream = $1 ORDER BY position DESC LIMIT 1`,
    };
    this.end = {
      name: "version",
      text: `SELECT position FROM ${events} WHERE stream = $1 ORDER BY position DESC LIMIT 1`,
    };
    this.streams = {
      name: "list_streams",
      text: `SELECT stream FROM ${events} WHERE position = 0 AND stream > $1 AND stream < $2 AND stream > $3 ORDER BY stream LIMIT $4`,
    };
  }

  async read(
    { stream }: StreamRef,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<readonly RecordedMessage[]> {
    const rows = await this.connections.run("Cannot read", this.page, [stream, from, limit]);
    const messages = rows.map(recorded);
    requireContiguous(stream, from, messages);
    return messages;
  }

  async readLast({ stream }: StreamRef): Promise<RecordedMessage | undefined> {
    const [row] = await this.connections.run("Cannot read", this.last, [stream]);
    return row && recorded(row);
  }

  async version({ stream }: StreamRef): Promise<number> {
    const [row] = await this.connections.run("Cannot read", this.end, [stream]);
    return row === undefined ? -1 : Number(row[0]);
  }

  /** A category holds no `-`, so that the names from `<category>-` up to `<category>.` are its streams and no other's. */
  async list(category: string, { after = "", limit }: StreamPage): Promise<readonly string[]> {
    const rows = await this.connections.run("Cannot read", this.streams, [
      `${category}-`,
      `${category}.`,
      after,
      limit,
    ]);
    return rows.map(([stream]) => stream!);
  }
}
