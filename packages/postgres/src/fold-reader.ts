import { crc32 } from "node:zlib";

import {
  DeserializationError,
  type FoldPage,
  foldText,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  parseFoldText,
  type SnapshotSearch,
  type StoredSnapshot,
} from "@tidemark/core";

import { contentSeed, envelopeChecksum, globalPositionBits } from "./checksums";
import type { Connections, Parameter } from "./connections";
import { MISSING } from "./event-rows";
import { foldStatements, SNAPSHOT } from "./fold-statements";
import { type JoinedEvents, readJoined } from "./joined-events";
import type { Row, Sharing, Statement } from "./pooled-connection";
import { sharedLoads } from "./shared-loads";
import { snapshotOf } from "./snapshot-rows";
import { isTooMuch, unavailable } from "./unavailable";
import { type UsableKinds, usableKinds } from "./usable-kinds";

const MAX_POSITION = 2_147_483_647;

interface Bounds {
  readonly stream: string;
  readonly maxTime?: number;
  readonly limit: number;
}

interface JoinedRead<T> {
  /** @returns undefined where the events have to be read row by row. */
  readonly read: (row: Row) => T | undefined;
  /** Row by row; also where the server cannot hold the joined text. */
  readonly otherwise: () => Promise<T>;
  readonly sharing?: Sharing | undefined;
}

/**
 * Reads what an aggregate is folded from: its newest snapshot and the events after it, in one round trip. The events come
 * joined to one row. Where that does not fit its checksums, or is too large, they are read again row by row, which tells
 * the one at fault. So are the events of temporal loads, whose times are checked as well.
 */
export class FoldReader {
  private readonly statements: ReturnType<typeof foldStatements>;
  /** By the very list: whoever loads asks with the same one each time. */
  private readonly kinds = new WeakMap<readonly object[], UsableKinds>();

  constructor(
    private readonly connections: Connections,
    private readonly description: string,
    schema: string,
  ) {
    this.statements = foldStatements(schema);
  }

  load(request: LoadRequest): Promise<LoadedStream> {
    const { snapshots, stream, maxVersion = MAX_POSITION, maxTime, limit } = request;
    if (snapshots === undefined) return this.page({ ...request, after: -1 }).then((page) => ({ page }));
    const kinds = this.usable(snapshots.kinds);
    const below = Math.min(snapshots.below ?? MAX_POSITION, maxVersion === MAX_POSITION ? maxVersion : maxVersion + 1);
    // Where there is a snapshot, one row more is the event that it stands on.
    const values = [stream, maxVersion, limit + 2, snapshots.stream, below, kinds.anyOfVersion, kinds.exact];
    if (maxTime !== undefined) {
      const rows = this.run(this.statements.loadAsOf, [...values, maxTime]);
      return rows.then((found) => loadedRows(request, found));
    }
    const isUnbounded = maxVersion === MAX_POSITION && below === MAX_POSITION;
    return this.joined(kinds.isOne ? this.statements.loadOfKind : this.statements.load, values, {
      read: (row) => loadedJoined(request, row),
      otherwise: async () => loadedRows(request, await this.run(this.statements.loadRows, values)),
      sharing: kinds.isOne && isUnbounded ? this.sharingOf(kinds, limit) : undefined,
    });
  }

  page(request: LoadPageRequest): Promise<FoldPage> {
    const { stream, after, maxVersion = MAX_POSITION, maxTime, limit } = request;
    const values = [stream, maxVersion, limit + 1, after + 1];
    if (maxTime !== undefined) {
      const rows = this.run(this.statements.pageAsOf, [...values, maxTime]);
      return rows.then((found) => foldPage(request, after, found));
    }
    return this.joined(this.statements.page, values, {
      read: (row) => joinedPage(request, after, readJoined(row, stream), false),
      otherwise: async () => foldPage(request, after, await this.run(this.statements.pageRows, values)),
    });
  }

  private usable(list: SnapshotSearch["kinds"]): UsableKinds {
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

  private run(statement: Statement, values: readonly Parameter[]): Promise<readonly Row[]> {
    return this.connections.run("Cannot read", statement, values);
  }

  /** Each promise between the server's answer and whoever waits for it is a turn of the microtasks: there is one. */
  private joined<T>(statement: Statement, values: readonly Parameter[], { read, otherwise, sharing }: JoinedRead<T>) {
    return this.connections.perform(statement, values, sharing).then(
      ([row]) => (row && read(row)) ?? otherwise(),
      (error: unknown) => {
        if (isTooMuch(error)) return otherwise();
        throw unavailable("Cannot read", this.description, error);
      },
    );
  }
}

/** @returns undefined where the events have to be read row by row. */
function loadedJoined({ snapshots, ...request }: LoadRequest, row: Row): LoadedStream | undefined {
  const events = readJoined(row, request.stream);
  if (row[0] === null) {
    const page = joinedPage(request, -1, events, false);
    return page && { page };
  }
  const snapshot = snapshotOf(snapshots!, row);
  const found = events?.firstPosition === snapshot.version;
  const page = joinedPage(request, snapshot.version, events, found);
  return page && { snapshot, page, ...(found && { snapshotEventId: events.firstId }) };
}

/** @param hasAnchor whether the events begin with the one that a snapshot stands on, which is not part of the page. */
function joinedPage(
  { limit }: Bounds,
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

function loadedRows(request: LoadRequest, rows: readonly Row[]): LoadedStream {
  const [first, second] = rows;
  if (!first?.[0]?.startsWith(SNAPSHOT)) return { page: foldPage(request, -1, rows) };
  const snapshot = snapshotFrom(request, first);
  const anchor = second && placeOf(second);
  const found = anchor?.position === snapshot.version;
  const page = foldPage(request, snapshot.version, rows.slice(found ? 2 : 1));
  return { snapshot, page, ...(found && { snapshotEventId: anchor.id }) };
}

/** @param rows more than the page may hold where there are more. */
function foldPage(bounds: Bounds, after: number, rows: readonly Row[]): FoldPage {
  const { stream, maxTime, limit } = bounds;
  const seeds = new Map<string, number>();
  const last = Math.min(rows.length, limit);
  let joined = "";
  let count = 0;
  let ended = false;
  for (; count < last; count++) {
    const [, type, data] = rows[count]! as readonly string[];
    const { position: place, checksum } = placeOf(rows[count]!);
    const position = after + 1 + count;
    if (place !== position) throw new DeserializationError({ stream, position, reason: MISSING });
    if (maxTime !== undefined && timeOf(stream, rows[count]!) > maxTime) {
      ended = true;
      break;
    }
    const seed = seeds.get(type!) ?? contentSeed(stream, type!);
    seeds.set(type!, seed);
    if (((crc32(data!, seed) | 0) ^ position) !== checksum) throw altered(stream, position);
    joined += foldText(type!, data!);
  }
  if (count === 0) return { events: [], lastPosition: after, lastId: "", more: false };
  return {
    events: parseFoldText(joined, { stream, firstPosition: after + 1, count }),
    lastPosition: after + count,
    lastId: placeOf(rows[count - 1]!).id,
    more: !ended && rows.length > limit,
  };
}

/** The columns that stand in one: the driver's time for a row is that for its columns. */
function placeOf(row: Row): { readonly position: number; readonly checksum: number; readonly id: string } {
  const place = row[0]!;
  const afterPosition = place.indexOf(" ");
  const afterChecksum = place.indexOf(" ", afterPosition + 1);
  return {
    position: Number(place.slice(0, afterPosition)),
    checksum: Number(place.slice(afterPosition + 1, afterChecksum)),
    id: place.slice(afterChecksum + 1),
  };
}

/** A time decides where a temporal load ends, so it is checked as well. */
function timeOf(stream: string, row: Row): number {
  const [, , , time, metadata, globalPosition, checksum] = row as readonly string[];
  const { position, id } = placeOf(row);
  const envelope = envelopeChecksum({ id, time: Number(time), metadata: metadata! });
  if ((envelope ^ globalPositionBits(Number(globalPosition))) === Number(checksum)) return Number(time);
  throw altered(stream, position);
}

function altered(stream: string, position: number): DeserializationError {
  return new DeserializationError({ stream, position, reason: "its row was altered: the checksum does not match" });
}

function snapshotFrom({ snapshots }: LoadRequest, row: Row): StoredSnapshot {
  const [place, record, state] = row as readonly string[];
  const [, checksum, version, schemaVersion, time, isBytes, ...fingerprint] = place!.split(" ");
  const states = isBytes === "t" ? [null, state!] : [state!, null];
  const numbers = [version!, schemaVersion!, fingerprint.join(" "), time!];
  return snapshotOf(snapshots!, [...numbers, record!, ...states, checksum!]);
}
