import { crc32 } from "node:zlib";

import {
  DeserializationError,
  type FoldPage,
  foldText,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  parseFoldText,
  parseStream,
  type StoredSnapshot,
} from "@tidemark/core";

import { integerArray, textArray } from "./binary-arrays";
import { contentSeed, envelopeChecksum, globalPositionBits } from "./checksums";
import type { Connections, Row, Statement } from "./connections";
import { MISSING } from "./event-rows";
import { snapshotOf } from "./snapshot-rows";

const MAX_POSITION = 2_147_483_647;
/** What a snapshot's row in a load begins with; events have their position there. */
const SNAPSHOT = "snapshot";

interface Bounds {
  readonly stream: string;
  readonly maxTime?: number;
  readonly limit: number;
}

/** Reads what an aggregate is folded from: its newest snapshot and the events after it, in one round trip. */
export class FoldReader {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async load(request: LoadRequest): Promise<LoadedStream> {
    const { snapshots, stream, maxVersion = MAX_POSITION, maxTime, limit } = request;
    if (snapshots === undefined) return { page: await this.page({ ...request, after: -1 }) };
    const { kinds } = snapshots;
    const anyOfVersion = kinds.filter(({ fingerprint }) => fingerprint === undefined);
    const exact = kinds.filter(({ fingerprint }) => fingerprint !== undefined);
    const below = Math.min(snapshots.below ?? MAX_POSITION, maxVersion === MAX_POSITION ? maxVersion : maxVersion + 1);
    // Where there is a snapshot, one row more is the event that it stands on.
    const values = [
      ...[stream, maxVersion, limit + 2, snapshots.stream, below],
      integerArray(anyOfVersion.map(({ schemaVersion }) => schemaVersion)),
      textArray(exact.map(({ schemaVersion, fingerprint }) => `${schemaVersion} ${fingerprint}`)),
    ];
    const temporal = maxTime !== undefined;
    const statement = temporal ? this.statements.loadAsOf : this.statements.load;
    const rows = await this.connections.run("Cannot read", statement, temporal ? [...values, maxTime] : values);
    return loadedStream(request, rows);
  }

  async page(request: LoadPageRequest): Promise<FoldPage> {
    const { stream, after, maxVersion = MAX_POSITION, maxTime, limit } = request;
    const statement = maxTime === undefined ? this.statements.page : this.statements.pageAsOf;
    const values = [stream, maxVersion, limit + 1, after + 1];
    const rows = await this.connections.run(
      "Cannot read",
      statement,
      maxTime === undefined ? values : [...values, maxTime],
    );
    return foldPage(request, after, rows);
  }
}

function loadedStream(request: LoadRequest, rows: readonly Row[]): LoadedStream {
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
  const { stream } = snapshots!;
  const { category } = parseStream(stream);
  const states = isBytes === "t" ? [null, state!] : [state!, null];
  const numbers = [version!, schemaVersion!, fingerprint.join(" "), time!];
  return snapshotOf({ stream, category }, [...numbers, record!, ...states, checksum!]);
}

/**
 * Each row of an event takes the columns that a fold reads; a snapshot, which comes first, is packed into the same ones. The
 * tail begins with the event that the snapshot stands on, whose id tells whether it still fits.
 */
function statementsFor(schema: string) {
  const columns = "position || ' ' || content_checksum || ' ' || id, type, data";
  const asOfColumns = `${columns}, time::text, metadata, global_position, envelope_checksum`;
  /** The event that ends a temporal load is read as well, so that its time is checked. */
  const firstLater = (maxTime: string) =>
    `(SELECT position FROM ${schema}.events WHERE stream = $1 AND time > ${maxTime} ORDER BY position LIMIT 1)`;
  const page = (selected: string, bound = "$2") => `
    SELECT ${selected} FROM ${schema}.events
    WHERE stream = $1 AND position >= $4 AND position <= ${bound} ORDER BY position LIMIT $3`;
  const load = (selected: string, padding: string, bound = "$2", snapshotBound = "$5") => `
    WITH newest AS MATERIALIZED (
      SELECT * FROM ${schema}.snapshots s
      WHERE s.stream = $4 AND s.version < ${snapshotBound} AND (
        s.schema_version = ANY ($6::integer[]) OR s.schema_version || ' ' || s.fingerprint = ANY ($7::text[])
      )
      ORDER BY s.version DESC, s.schema_version DESC, s.time DESC LIMIT 1
    )
    SELECT concat_ws(' ', '${SNAPSHOT}', checksum, version, schema_version, time, state_text IS NULL, fingerprint),
      record, coalesce(state_text, encode(state_bytes, 'base64'))${padding}
    FROM newest
    UNION ALL (
      SELECT ${selected} FROM ${schema}.events
      WHERE stream = $1 AND position >= coalesce((SELECT version FROM newest), 0) AND position <= ${bound}
      ORDER BY position LIMIT $3
    )`;
  return {
    page: { name: "load_page", text: page(columns) },
    pageAsOf: { name: "load_page_as_of", text: page(asOfColumns, `least($2, ${firstLater("$5")})`) },
    load: { name: "load", text: load(columns, "") },
    loadAsOf: {
      name: "load_as_of",
      text: load(
        asOfColumns,
        ", NULL, NULL, NULL, NULL",
        `least($2, ${firstLater("$8")})`,
        `least($5, ${firstLater("$8")})`,
      ),
    },
  } satisfies Record<string, Statement>;
}
