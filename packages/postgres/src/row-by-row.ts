import {
  type FoldPage,
  foldText,
  forgottenEvent,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  parseFoldText,
  type RecordedMessage,
  type SnapshotKind,
  type SnapshotSearch,
  type StoredSnapshot,
} from "@tidemark/core/adapter";

import type { Connections } from "./connections";
import { MAX_POSITION } from "./event-rows";
import type { PostgresSnapshotStore } from "./snapshot-store";
import type { StreamReader } from "./stream-reader";
import { READ } from "./unavailable";
import type { Statement } from "./work";

/**
 * Reads what an aggregate is folded from as ordinary snapshots and ordinary events, each verified by its own checksums: it takes
 * more round trips than the joined rows of `FoldReader`, but finds the row at fault, and checks the times that a temporal load
 * depends on.
 */
export class RowByRow {
  private readonly laterStatement: Statement;

  constructor(
    private readonly connections: Connections,
    private readonly streams: StreamReader,
    private readonly snapshots: PostgresSnapshotStore,
    schema: string,
  ) {
    this.laterStatement = {
      name: "first_later",
      text: `SELECT position FROM ${schema}.events WHERE stream = $1 AND time > $2 ORDER BY position LIMIT 1`,
    };
  }

  async load(request: LoadRequest, search: SnapshotSearch): Promise<LoadedStream> {
    const [stored, later] = await Promise.all([this.snapshots.read(search), this.firstLater(request)]);
    const bound = Math.min(search.below ?? MAX_POSITION, (request.maxVersion ?? MAX_POSITION) + 1, later);
    const snapshot = stored.find((each) => each.version < bound && search.kinds.some((kind) => isOfKind(each, kind)));
    if (snapshot === undefined) {
      const first = { ...request, after: -1 };
      return { page: foldPage(first, later, await this.read(first, later)) };
    }
    const messages = await this.read({ ...request, after: snapshot.version - 1, limit: request.limit + 1 }, later);
    const [anchor, ...events] = messages;
    const page = foldPage({ ...request, after: snapshot.version }, later, events);
    return { snapshot, page, ...(anchor && { snapshotEventId: anchor.id }) };
  }

  /** @throws DeserializationError for the first event that is missing, damaged or forgotten. */
  async page(request: LoadPageRequest): Promise<FoldPage> {
    const later = await this.firstLater(request);
    return foldPage(request, later, await this.read(request, later));
  }

  /**
   * Reads one event more than the page may hold, but none beyond the first that is later than `maxTime`. That one is read to
   * be verified, since its time ends the page.
   *
   * @param later its position.
   * @throws DeserializationError where the first one was forgotten.
   */
  private async read(request: LoadPageRequest, later: number): Promise<readonly RecordedMessage[]> {
    const { after, maxVersion = MAX_POSITION, limit } = request;
    const most = Math.min(limit + 1, maxVersion - after, later - after);
    if (most <= 0) return [];
    const { stream } = request;
    const messages = await this.streams.read(request, { from: after + 1, limit: most });
    const first = messages[0]?.position ?? after + 1;
    if (first > after + 1) throw forgottenEvent(stream, after + 1, first);
    return messages;
  }

  /** The position of the stream's first event that is later than `maxTime`; above every position where there is none. */
  private async firstLater({ stream, maxTime }: Pick<LoadRequest, "stream" | "maxTime">): Promise<number> {
    if (maxTime === undefined) return MAX_POSITION;
    const [row] = await this.connections.run(READ, this.laterStatement, [stream, maxTime]);
    return row === undefined ? MAX_POSITION : Number(row[0]);
  }
}

/**
 * @param later the position of the event that ends a temporal load.
 * @param messages as `read` returns them.
 */
function foldPage(
  { stream, after, maxTime = Number.POSITIVE_INFINITY, limit }: LoadPageRequest,
  later: number,
  messages: readonly RecordedMessage[],
): FoldPage {
  // A later event may have been appended since `later` was read.
  const end = messages.findIndex(({ position, time }) => position >= later || time > maxTime);
  const within = end === -1 ? messages : messages.slice(0, end);
  const events = within.slice(0, limit);
  const last = events.at(-1);
  if (last === undefined) return { events: [], lastPosition: after, lastId: "", more: false };
  const joined = events.map(({ type, data }) => foldText(type, data)).join("");
  return {
    events: parseFoldText(joined, { stream, firstPosition: after + 1, count: events.length }),
    lastPosition: last.position,
    lastId: last.id,
    more: within.length > limit,
  };
}

function isOfKind({ schemaVersion, fingerprint }: StoredSnapshot, kind: SnapshotKind): boolean {
  return kind.schemaVersion === schemaVersion && (kind.fingerprint ?? fingerprint) === fingerprint;
}
