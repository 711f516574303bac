import type {
  FoldPage,
  LoadedStream,
  LoadPageRequest,
  LoadRequest,
  RowLookup,
  SnapshotKind,
} from "@tidemark/core/adapter";

import { integerArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { asPosition, MAX_POSITION } from "./event-rows";
import { FoldRows } from "./fold-rows";
import { foldStatements, snapshotColumns } from "./fold-statements";
import { type JoinedEvents, readJoined } from "./joined-events";
import type { PostgresReadModels } from "./read-models";
import type { RowByRow } from "./row-by-row";
import { sharedLoads } from "./shared-loads";
import { snapshotOf } from "./snapshot-rows";
import { isTooMuch, READ } from "./unavailable";
import type { Parameter, Row, Sharing, Statement } from "./work";

/** The kinds of snapshots that a load asks for. */
interface UsableKinds {
  /** Whether it is one kind, with its fingerprint. */
  readonly isOne: boolean;
  /** As the statement for them takes them. */
  readonly values: readonly Parameter[];
  /** By the page's limit: loads that ask for the same kinds and limit share a statement. */
  readonly sharings: Map<number, Sharing>;
}

/** How to read with one statement. */
interface QuickRead<T> {
  readonly statement: Statement;
  readonly values: readonly Parameter[];
  readonly collector: FoldRows;
  /** @returns undefined where the events have to be read row by row. */
  readonly read: () => T | undefined;
  /** Reads what a statement that others share has answered. */
  readonly readShared?: (row: Row) => T | undefined;
  /** Reads row by row. */
  readonly otherwise: () => Promise<T>;
  readonly sharing?: Sharing | undefined;
}

/**
 * Reads what an aggregate is folded from: its newest snapshot and the events after it, in one round trip. The events are verified and
 * parsed together. Temporal loads read row by row, and so do loads whose events do not fit their checksums or are too many for one text.
 */
export class FoldReader {
  private readonly statements: ReturnType<typeof foldStatements>;
  /** By the very list: whoever loads asks with the same one each time. */
  private readonly kinds = new WeakMap<readonly SnapshotKind[], UsableKinds>();

  constructor(
    private readonly connections: Connections,
    private readonly rows: RowByRow,
    private readonly readModels: PostgresReadModels,
    schema: string,
  ) {
    this.statements = foldStatements(schema);
  }

  load(request: LoadRequest): Promise<LoadedStream> {
    if (request.rows !== undefined) return this.loadWithRows(request, request.rows);
    const read = this.quickLoad(request);
    return read === undefined ? this.loadRowByRow(request) : this.perform(read);
  }

  page(request: LoadPageRequest): Promise<FoldPage> {
    const read = this.quickPage(request);
    return read === undefined ? this.rows.page(request) : this.perform(read);
  }

  /** Rows of read models come in the same round trip, after the events: they are no older. */
  private async loadWithRows(request: LoadRequest, lookups: readonly RowLookup[]): Promise<LoadedStream> {
    const read = this.quickLoad(request);
    try {
      if (read !== undefined) {
        const [, rows] = await this.readModels.lookUp([read], lookups);
        const loaded = read.read();
        if (loaded !== undefined) return { ...loaded, rows };
      }
    } catch (error) {
      if (!isTooMuch(error)) throw this.connections.readError(error);
    }
    const loaded = await this.loadRowByRow(request);
    const [, rows] = await this.readModels.lookUp([], lookups).catch((error: unknown) => {
      throw this.connections.readError(error);
    });
    return { ...loaded, rows };
  }

  private async loadRowByRow(request: LoadRequest): Promise<LoadedStream> {
    const { snapshots } = request;
    if (snapshots !== undefined) return await this.rows.load(request, snapshots);
    return { page: await this.rows.page({ ...request, after: -1 }) };
  }

  /** @returns undefined for a load that has to be row by row. */
  private quickLoad(request: LoadRequest): QuickRead<LoadedStream> | undefined {
    const { snapshots, stream, maxTime, limit } = request;
    if (maxTime !== undefined) return undefined;
    if (snapshots === undefined) {
      const { read, ...ofPage } = this.quickPage({ ...request, after: -1 })!;
      return {
        ...ofPage,
        read: () => {
          const page = read();
          return page && { page };
        },
        otherwise: () => this.loadRowByRow(request),
      };
    }
    const maxVersion = asPosition(request.maxVersion ?? MAX_POSITION);
    const kinds = this.usable(snapshots.kinds);
    const below = Math.min(snapshots.below ?? MAX_POSITION, maxVersion === MAX_POSITION ? maxVersion : maxVersion + 1);
    const isUnbounded = maxVersion === MAX_POSITION && below === MAX_POSITION;
    const collector = new FoldRows(stream, limit);
    return {
      statement: kinds.isOne ? this.statements.loadOfKind : this.statements.load,
      // Where there is a snapshot, one row more is the event at its version.
      values: [stream, maxVersion, limit + 2, snapshots.stream, below, ...kinds.values],
      collector,
      read: () => loaded(request, collector),
      readShared: (row) => loadedJoined(request, row),
      otherwise: () => this.loadRowByRow(request),
      sharing: kinds.isOne && isUnbounded ? this.sharingOf(kinds, limit) : undefined,
    };
  }

  /** @returns undefined for a page that has to be read row by row. */
  private quickPage(request: LoadPageRequest): Omit<QuickRead<FoldPage>, "readShared" | "sharing"> | undefined {
    const { stream, after, maxTime, limit } = request;
    if (maxTime !== undefined) return undefined;
    const maxVersion = asPosition(request.maxVersion ?? MAX_POSITION);
    const collector = new FoldRows(stream, limit);
    return {
      statement: this.statements.page,
      values: [stream, maxVersion, limit + 1, asPosition(after + 1)],
      collector,
      read: () => collectedPage(after, collector),
      otherwise: () => this.rows.page(request),
    };
  }

  /** Each promise between the server's answer and whoever waits for it costs a turn of the microtasks: there is one. */
  private perform<T>(quick: QuickRead<T>): Promise<T> {
    const { read, readShared, otherwise, sharing } = quick;
    return this.connections.performOne(quick, sharing).then(
      ([row]) => (row === undefined ? read() : readShared!(row)) ?? otherwise(),
      (error: unknown) => {
        if (isTooMuch(error)) return otherwise();
        throw this.connections.unavailable(READ, error);
      },
    );
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

/** @returns undefined where the events have to be read row by row. */
function loaded({ snapshots }: LoadRequest, collector: FoldRows): LoadedStream | undefined {
  if (collector.snapshot === undefined) {
    const page = collectedPage(-1, collector);
    return page && { page };
  }
  const snapshot = snapshotOf(snapshots!, snapshotColumns(collector.snapshot));
  const hasAnchor = collector.firstPosition === snapshot.version;
  const page = collectedPage(snapshot.version, collector, hasAnchor);
  return page && { snapshot, page, ...(hasAnchor && { snapshotEventId: collector.firstId }) };
}

/**
 * @param hasAnchor whether the first event is the one at a snapshot's version, which is not part of the page.
 * @returns undefined where the events have to be read row by row.
 */
function collectedPage(after: number, collector: FoldRows, hasAnchor = false): FoldPage | undefined {
  const count = collector.count - Number(hasAnchor);
  const events = collector.parsed();
  if (events === undefined) return undefined;
  if (count === 0) return { events: [], lastPosition: after, lastId: "", more: false };
  if (collector.firstPosition + Number(hasAnchor) !== after + 1) return undefined;
  if (hasAnchor) events.splice(0, 2);
  return { events, lastPosition: after + count, lastId: collector.lastId, more: collector.more };
}

/** @returns undefined where the events have to be read row by row. */
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
 * @returns undefined where the events have to be read row by row.
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

function usableKinds(kinds: readonly SnapshotKind[]): UsableKinds {
  const [first, ...others] = kinds;
  if (first?.fingerprint !== undefined && others.length === 0) {
    return { isOne: true, values: [first.schemaVersion, first.fingerprint], sharings: new Map() };
  }
  const anyOfVersion: number[] = [];
  const exact: string[] = [];
  for (const { schemaVersion, fingerprint } of kinds) {
    if (fingerprint === undefined) anyOfVersion.push(schemaVersion);
    else exact.push(`${schemaVersion} ${fingerprint}`);
  }
  return { isOne: false, values: [integerArray(anyOfVersion), textArray(exact)], sharings: new Map() };
}
