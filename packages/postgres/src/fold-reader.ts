import {
  type FoldPage,
  foldText,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  parseFoldText,
  type RecordedMessage,
  type SnapshotKind,
  type SnapshotSearch,
  type StoredSnapshot,
} from "@tidemark/core/adapter";

import { integerArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { foldStatements } from "./fold-statements";
import { type JoinedEvents, readJoined } from "./joined-events";
import { sharedLoads } from "./shared-loads";
import { snapshotOf } from "./snapshot-rows";
import type { PostgresSnapshotStore } from "./snapshot-store";
import type { StreamReader } from "./stream-reader";
import { isTooMuch, READ } from "./unavailable";
import type { Parameter, Row, Sharing, Statement } from "./work";

const MAX_POSITION = 2_147_483_647;

/** The kinds of snapshots that a load asks for, as its statement takes them. */
interface UsableKinds {
  /** The schema versions whose snapshots are usable whatever their fingerprint is. */
  readonly anyOfVersion: Buffer;
  readonly exact: Buffer;
  readonly isOne: boolean;
  /** By the page's limit: loads that ask for the same kinds and limit share a statement. */
  readonly sharings: Map<number, Sharing>;
}

/** How to read with one statement whose answer is joined to one row. */
interface JoinedRead<T> {
  /** @returns undefined where the events have to be read one by one. */
  readonly read: (row: Row) => T | undefined;
  /** Reads the events one by one. */
  readonly otherwise: () => Promise<T>;
  readonly sharing?: Sharing | undefined;
}

/**
 * Reads what an aggregate is folded from: its newest snapshot and the events after it, in one round trip. The events come
 * joined to one row. They are read one by one where that row does not fit its checksums, which finds the one at fault, or is too
 * large; and by temporal loads, whose end depends on the times of the events.
 */
export class FoldReader {
  private readonly statements: ReturnType<typeof foldStatements>;
  /** By the very list: whoever loads asks with the same one each time. */
  private readonly kinds = new WeakMap<readonly SnapshotKind[], UsableKinds>();

  constructor(
    private readonly connections: Connections,
    private readonly streams: StreamReader,
    private readonly snapshots: PostgresSnapshotStore,
    schema: string,
  ) {
    this.statements = foldStatements(schema);
  }

  load(request: LoadRequest): Promise<LoadedStream> {
    const { snapshots, stream, maxVersion = MAX_POSITION, maxTime, limit } = request;
    if (snapshots === undefined) return this.page({ ...request, after: -1 }).then((page) => ({ page }));
    if (maxTime !== undefined) return this.loadOneByOne(request, snapshots);
    const kinds = this.usable(snapshots.kinds);
    const below = Math.min(snapshots.below ?? MAX_POSITION, maxVersion === MAX_POSITION ? maxVersion : maxVersion + 1);
    // Where there is a snapshot, one row more is the event at its version.
    const values = [stream, maxVersion, limit + 2, snapshots.stream, below, kinds.anyOfVersion, kinds.exact];
    const isUnbounded = maxVersion === MAX_POSITION && below === MAX_POSITION;
    return this.joined(kinds.isOne ? this.statements.loadOfKind : this.statements.load, values, {
      read: (row) => loadedJoined(request, row),
      otherwise: () => this.loadOneByOne(request, snapshots),
      sharing: kinds.isOne && isUnbounded ? this.sharingOf(kinds, limit) : undefined,
    });
  }

  page(request: LoadPageRequest): Promise<FoldPage> {
    const { stream, after, maxVersion = MAX_POSITION, maxTime, limit } = request;
    if (maxTime !== undefined) return this.pageOneByOne(request);
    return this.joined(this.statements.page, [stream, maxVersion, limit + 1, after + 1], {
      read: (row) => joinedPage(limit, after, readJoined(row, stream), false),
      otherwise: () => this.pageOneByOne(request),
    });
  }

  /** Each promise between the server's answer and whoever waits for it costs a turn of the microtasks: there is one. */
  private joined<T>(statement: Statement, values: readonly Parameter[], { read, otherwise, sharing }: JoinedRead<T>) {
    return this.connections.perform(statement, values, sharing).then(
      ([row]) => (row && read(row)) ?? otherwise(),
      (error: unknown) => {
        if (isTooMuch(error)) return otherwise();
        throw this.connections.unavailable(READ, error);
      },
    );
  }

  private async loadOneByOne(request: LoadRequest, search: SnapshotSearch): Promise<LoadedStream> {
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

  private async pageOneByOne(request: LoadPageRequest): Promise<FoldPage> {
    const later = await this.firstLater(request);
    return foldPage(request, later, await this.read(request, later));
  }

  /**
   * Reads one event more than the page may hold, but none beyond the first that is later than `maxTime`. That one is read to
   * be verified, since its time ends the page.
   *
   * @param later its position.
   */
  private async read(request: LoadPageRequest, later: number): Promise<readonly RecordedMessage[]> {
    const { after, maxVersion = MAX_POSITION, limit } = request;
    const most = Math.min(limit + 1, maxVersion - after, later - after);
    return most <= 0 ? [] : await this.streams.read(request, { from: after + 1, limit: most });
  }

  /** The position of the stream's first event that is later than `maxTime`; above every position where there is none. */
  private async firstLater({ stream, maxTime }: Pick<LoadRequest, "stream" | "maxTime">): Promise<number> {
    if (maxTime === undefined) return MAX_POSITION;
    const [row] = await this.connections.run(READ, this.statements.firstLater, [stream, maxTime]);
    return row === undefined ? MAX_POSITION : Number(row[0]);
  }

  private usable(list: readonly SnapshotKind[]): UsableKinds {
    let kinds = this.kinds.get(list);
    if (kinds === undefined) {
      kinds = usableKinds(list);
      this.kinds.set(list, kinds);
    }
    return kinds;
  }

  private sharingOf({ sharings }: UsableKinds, limit: number): Sharing {
    let sharing = sharings.get(limit);
    if (sharing === undefined) {
      sharing = sharedLoads(this.statements.loads);
      sharings.set(limit, sharing);
    }
    return sharing;
  }
}

/** @returns undefined where the events have to be read one by one. */
function loadedJoined({ snapshots, stream, limit }: LoadRequest, row: Row): LoadedStream | undefined {
  const events = readJoined(row, stream);
  if (row[0] === null) {
    const page = joinedPage(limit, -1, events, false);
    return page && { page };
  }
  const snapshot = snapshotOf(snapshots!, row);
  const hasAnchor = events?.firstPosition === snapshot.version;
  const page = joinedPage(limit, snapshot.version, events, hasAnchor);
  return page && { snapshot, page, ...(hasAnchor && { snapshotEventId: events.firstId }) };
}

/**
 * @param hasAnchor whether the first event is the one at a snapshot's version, which is not part of the page.
 * @returns undefined where the events have to be read one by one.
 */
function joinedPage(
  limit: number,
  after: number,
  events: JoinedEvents | undefined,
  hasAnchor: boolean,
): FoldPage | undefined {
  const count = (events?.count ?? 0) - Number(hasAnchor);
  if (events?.parsed === undefined && count > 0) return undefined;
  if (events === undefined || count === 0) return { events: [], lastPosition: after, lastId: "", more: false };
  if (events.firstPosition + Number(hasAnchor) !== after + 1) return undefined;
  const { parsed, lastId } = events;
  if (hasAnchor) parsed!.splice(0, 2);
  const kept = Math.min(count, limit);
  parsed!.length = 2 * kept;
  return { events: parsed!, lastPosition: after + kept, lastId, more: count > limit };
}

/**
 * @param later the position of the event that ends a temporal load.
 * @param messages as `read` returns them.
 */
function foldPage(
  { stream, after, limit }: LoadPageRequest,
  later: number,
  messages: readonly RecordedMessage[],
): FoldPage {
  const within = messages.filter(({ position }) => position < later);
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

function usableKinds(kinds: readonly SnapshotKind[]): UsableKinds {
  const anyOfVersion: number[] = [];
  const exact: string[] = [];
  for (const { schemaVersion, fingerprint } of kinds) {
    if (fingerprint === undefined) anyOfVersion.push(schemaVersion);
    else exact.push(`${schemaVersion} ${fingerprint}`);
  }
  return {
    anyOfVersion: integerArray(anyOfVersion),
    exact: textArray(exact),
    isOne: anyOfVersion.length === 0 && exact.length === 1,
    sharings: new Map(),
  };
}
