import { ExpectedVersionError } from "@tidemark/core";
import {
  newestSnapshotFirst,
  type SnapshotFilter,
  type SnapshotSearch,
  type SnapshotWrite,
  type StoredSnapshot,
  type StreamRef,
} from "@tidemark/core/adapter";
import { refuseDisorder } from "./ascending-pages";
import { snapshotChecksum } from "./checksums";
import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";
import type { EndRow } from "./stream-ends";

/**
 * The snapshots of all streams. A damaged row comes back with its fault and makes no read fail; a damaged index does.
 *
 * Arrays are made here, not taken from the driver: in a sandbox, such as a test runner's, its arrays are of another realm.
 */
export class SnapshotTable {
  private readonly newestOfKind;
  private readonly newestOfSchema;
  private readonly newestFirst;
  private readonly newestVersion;
  private readonly streamNames;
  private readonly upsert;
  private readonly drop;
  private readonly trim;
  private readonly deleteOf;
  private readonly deleteAll;

  constructor(database: Database) {
    const select = `SELECT ${SNAPSHOT_COLUMNS} FROM snapshots WHERE`;
    const rows = <Bound extends unknown[]>(where: string) => database.rows<Bound, SnapshotRow>(`${select} ${where}`);
    const ofKind = "stream = ? AND schema_version = ? AND fingerprint = ?";
    const searched = <Bound extends unknown[]>(where: string) =>
      database.rows<[number, ...Bound], FoundRow>(
        `SELECT ${SNAPSHOT_COLUMNS.split(", ")
          .map((column) => `s.${column}`)
          .join(", ")}, e.position, e.id, e.chain, e.seal
           FROM snapshots s LEFT JOIN event_log e ON e.stream_id = ? AND e.position = s.version WHERE ${where} LIMIT 1`,
      );
    const newestFirst = "ORDER BY version DESC, schema_version DESC, time DESC";
    this.newestOfKind = searched<[string, number, string, number]>(
      "s.stream = ? AND s.schema_version = ? AND s.fingerprint = ? AND s.version < ? ORDER BY s.version DESC",
    );
    this.newestOfSchema = searched<[string, number, number]>(
      "s.stream = ? AND s.schema_version = ? AND s.version < ? ORDER BY s.version DESC, s.time DESC",
    );
    this.newestFirst = rows<[string]>(`stream = ? ${newestFirst}`);
    this.newestVersion = database.values<[string], number | null>(
      "SELECT max(version) FROM snapshots WHERE stream = ?",
    );
    this.streamNames = database.values<[string, string, number], string>(
      "SELECT DISTINCT stream FROM snapshots WHERE category = ? AND stream > ? ORDER BY stream LIMIT ?",
    );
    this.upsert = database.prepare(
      `INSERT OR REPLACE INTO snapshots (${SNAPSHOT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.drop = database.prepare(`DELETE FROM snapshots WHERE ${ofKind} AND version = ?`);
    this.trim = database.prepare(
      `DELETE FROM snapshots WHERE ${ofKind} AND version < (
         SELECT version FROM snapshots WHERE ${ofKind} ORDER BY version DESC LIMIT 1 OFFSET ?)`,
    );
    this.deleteOf = database.prepare("DELETE FROM snapshots WHERE category = ? AND stream = ? AND schema_version < ?");
    this.deleteAll = database.prepare("DELETE FROM snapshots WHERE category = ? AND schema_version < ?");
  }

  /**
   * The newest one of the kinds asked for, with the row of the event that it rests upon.
   * @param events the number of the stream of that event; @param bound the version that the snapshot must be below.
   * @throws DamagedTable
   */
  find({ stream, kinds, below }: SnapshotSearch, events: number, bound: number): FoundSnapshot | undefined {
    const limit = Math.min(below ?? bound, bound);
    let newest: FoundSnapshot | undefined;
    for (const { schemaVersion, fingerprint } of kinds) {
      const row =
        fingerprint === undefined
          ? this.newestOfSchema.get(events, stream, schemaVersion, limit)
          : this.newestOfKind.get(events, stream, schemaVersion, fingerprint, limit);
      if (row === undefined) continue;
      refuseOther(row, { stream, schemaVersion, fingerprint, limit });
      newest = newer(newest, foundIn(row));
    }
    return newest;
  }

  all({ stream }: StreamRef): StoredSnapshot[] {
    return Array.from(this.newestFirst.all(stream), (row) => {
      refuseOther(row, { stream });
      return snapshotIn(row);
    });
  }

  streams(category: string, { after = "", limit }: { readonly after?: string; readonly limit: number }): string[] {
    const streams = Array.from(this.streamNames.all(category, after, limit));
    refuseDisorder("snapshots", after, streams);
    return streams;
  }

  write(writes: readonly SnapshotWrite[]): void {
    for (const { snapshot, expectedVersion } of writes)
      if (expectedVersion !== undefined) this.checkVersion(snapshot, expectedVersion);
    for (const write of writes) this.writeOne(write);
  }

  private checkVersion({ stream }: StreamRef, expected: number): void {
    const actual = this.newestVersion.get(stream) ?? -1;
    if (expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
  }

  private writeOne({ snapshot, keep, discard = [] }: SnapshotWrite): void {
    const { stream, category, version, schemaVersion, fingerprint, time, record, state } = snapshot;
    for (const each of discard) this.drop.run(stream, each.schemaVersion, each.fingerprint, each.version);
    const checksum = snapshotChecksum(snapshot);
    this.upsert.run(stream, category, version, schemaVersion, fingerprint, time, checksum, record, state);
    const kind = [stream, schemaVersion, fingerprint];
    this.trim.run(...kind, ...kind, keep - 1);
  }

  delete({ category, stream, schemaVersionBelow = Number.MAX_SAFE_INTEGER }: SnapshotFilter): number {
    const result =
      stream === undefined
        ? this.deleteAll.run(category, schemaVersionBelow)
        : this.deleteOf.run(category, stream, schemaVersionBelow);
    return result.changes;
  }
}

/** In the order of `SnapshotRow`. */
export const SNAPSHOT_COLUMNS = "stream, category, version, schema_version, fingerprint, time, checksum, record, state";

export type SnapshotRow = [
  stream: string,
  category: string,
  version: number,
  schemaVersion: number,
  fingerprint: string,
  time: number,
  checksum: number,
  record: string,
  state: string | Uint8Array,
];

/** A snapshot, and the row of the event at its version; undefined where the stream has none there. */
export interface FoundSnapshot {
  readonly snapshot: StoredSnapshot;
  readonly event: EndRow | undefined;
}

type FoundRow = [...SnapshotRow, ...(EndRow | [null, null, null, null])];

/** What a snapshot was searched by. */
interface Searched {
  readonly stream: string;
  readonly schemaVersion?: number;
  readonly fingerprint?: string | undefined;
  /** The version that it must be below. */
  readonly limit?: number;
}

/** Refuses a row that is not the one that was searched for: a damaged index can lead to another. @throws DamagedTable */
function refuseOther(row: readonly [...SnapshotRow, ...unknown[]], searched: Searched): void {
  const { schemaVersion = row[3], fingerprint = row[4], limit = Number.POSITIVE_INFINITY } = searched;
  const isOther = row[0] !== searched.stream || row[3] !== schemaVersion || row[4] !== fingerprint || row[2] >= limit;
  if (isOther) throw new DamagedTable("snapshots");
}

function newer(one: FoundSnapshot | undefined, other: FoundSnapshot): FoundSnapshot {
  if (one === undefined) return other;
  return newestSnapshotFirst(one.snapshot, other.snapshot) > 0 ? other : one;
}

function foundIn(row: FoundRow): FoundSnapshot {
  const [, , , , , , , , , position, id, chain, seal] = row;
  const snapshot = snapshotIn(row);
  // A damaged index can lead to another event.
  return position === snapshot.version
    ? { snapshot, event: [position, id, chain, seal] }
    : { snapshot, event: undefined };
}

export function snapshotIn(row: readonly [...SnapshotRow, ...unknown[]]): StoredSnapshot {
  const [stream, category, version, schemaVersion, fingerprint, time, checksum, record, column] = row;
  const state = typeof column === "string" ? column : bytesIn(column);
  const snapshot = { stream, category, version, schemaVersion, fingerprint, time, record, state: state ?? "" };
  const isText = [stream, category, fingerprint, record].every((each) => typeof each === "string");
  if (isText && state !== undefined && snapshotChecksum(snapshot) === checksum) return snapshot;
  return { ...snapshot, fault: "its row was damaged or altered after it was written" };
}

/** Undefined for what damage left there: the column takes any type. */
function bytesIn(column: unknown): Uint8Array | undefined {
  return column instanceof Uint8Array ? Uint8Array.from(column) : undefined;
}
