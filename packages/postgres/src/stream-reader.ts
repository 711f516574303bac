import type { RecordedMessage, StreamPage, StreamRef } from "@tidemark/core/adapter";

import type { Connections } from "./connections";
import { asPosition, EVENT_COLUMNS, missing, POSITION, recorded } from "./event-rows";
import { READ } from "./unavailable";
import type { Row, Statement } from "./work";

/** Reads the events of single streams, and the names of a category's streams. */
export class StreamReader {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  /** @throws DeserializationError for the first event that is missing or is not what was written. */
  async read(
    { stream }: StreamRef,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<readonly RecordedMessage[]> {
    const rows = await this.connections.run(READ, this.statements.page, [stream, asPosition(from), limit]);
    const first = await this.firstOf(stream, from, rows[0]);
    return rows.map((row, index) => {
      if (Number(row[POSITION]) !== first + index) throw missing(stream, first + index);
      return recorded(row);
    });
  }

  /** The position of the first event that is kept of a stream; 0 where all of them are. */
  private async start(stream: string): Promise<number> {
    const [row] = await this.connections.run(READ, this.statements.start, [stream]);
    return row === undefined ? 0 : Number(row[0]);
  }

  /** The position of the first event that is there from `from` on. @param found the first one that was found. */
  private async firstOf(stream: string, from: number, found: Row | undefined): Promise<number> {
    const position = found === undefined ? from : Number(found[POSITION]);
    // More may have been forgotten meanwhile.
    return position === from ? from : Math.max(from, Math.min(await this.start(stream), position));
  }

  async readLast({ stream }: StreamRef): Promise<RecordedMessage | undefined> {
    const [row] = await this.connections.run(READ, this.statements.last, [stream]);
    return row && recorded(row);
  }

  async version({ stream }: StreamRef): Promise<number> {
    const [row] = await this.connections.run(READ, this.statements.version, [stream]);
    return row === undefined ? -1 : Number(row[0]);
  }

  /** A category holds no `-`, so that the names from `<category>-` up to `<category>.` are its streams and no other's. */
  async list(category: string, { after = "", limit }: StreamPage): Promise<readonly string[]> {
    const values = [`${category}-`, `${category}.`, after, limit];
    const rows = await this.connections.run(READ, this.statements.list, values);
    return rows.map(([stream]) => stream!);
  }
}

function statementsFor(schema: string) {
  const events = `${schema}.events`;
  const within = "stream > $1 AND stream < $2 AND stream > $3";
  return {
    page: {
      name: "read_stream",
      text: `SELECT ${EVENT_COLUMNS} FROM ${events} WHERE stream = $1 AND position >= $2 ORDER BY position LIMIT $3`,
    },
    last: {
      name: "read_last",
      text: `SELECT ${EVENT_COLUMNS} FROM ${events} WHERE stream = $1 ORDER BY position DESC LIMIT 1`,
    },
    version: {
      name: "version",
      text: `SELECT position FROM ${events} WHERE stream = $1 ORDER BY position DESC LIMIT 1`,
    },
    list: {
      name: "list_streams",
      text: `
        SELECT stream FROM (
          (SELECT stream FROM ${events} WHERE position = 0 AND ${within} ORDER BY stream LIMIT $4)
          UNION
          (SELECT stream FROM ${schema}.stream_starts WHERE ${within} ORDER BY stream LIMIT $4)
        ) AS streams ORDER BY stream LIMIT $4`,
    },
    start: { name: "stream_start", text: `SELECT position FROM ${schema}.stream_starts WHERE stream = $1` },
  } satisfies Record<string, Statement>;
}
