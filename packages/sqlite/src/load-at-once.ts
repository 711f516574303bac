import type { LoadedStream, LoadRequest } from "@tidemark/core/adapter";

import { sealOf } from "./checksums";
import type { Database } from "./drivers/database";
import { type EventStreams, NONE } from "./event-streams";
import { type JoinedPage, joinedColumns, soundPage } from "./fold-reader";
import { snapshotIn } from "./snapshot-table";

/**
 * Reads the newest snapshot, the event it rests upon and the events after it in one statement. Each statement takes and returns the file's
 * lock for readers, which costs as much as finding a row.
 *
 * It answers the loads of nearly every day: those of the present, with snapshots of one kind, of rows that are whole. `StreamLoader` answers
 * all others, step by step, and says which row is at fault.
 */
export class LoadAtOnce {
  private readonly select;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    // The snapshot is found by its place: SQLite would copy the row of a subquery with LIMIT before it joined it.
    this.select = database.rows<Bound, Row>(
      `SELECT ${joinedColumns(database, "l")},
         s.version AS version, s.time AS time, s.checksum AS checksum, s.record AS record, s.state AS state,
         e.id AS event_id, e.chain AS event_chain, e.seal AS event_seal
       FROM (SELECT 1)
       LEFT JOIN snapshots s ON s.rowid = (
         SELECT rowid FROM snapshots WHERE stream = ? AND schema_version = ? AND fingerprint = ? AND version < ?
         ORDER BY version DESC LIMIT 1)
       LEFT JOIN event_log e ON e.stream_id = ? AND e.position = s.version
       LEFT JOIN event_log l ON l.stream_id = ? AND l.position > coalesce(s.version, -1)
         AND l.position <= min(coalesce(s.version, -1) + ?, ?)`,
    );
  }

  /** @returns undefined where it has to be read step by step. @throws DamagedTable */
  load({ stream, snapshots, maxVersion, maxTime, limit }: LoadRequest): LoadedStream | undefined {
    if (snapshots === undefined || maxTime !== undefined || snapshots.kinds.length !== 1) return undefined;
    const { schemaVersion, fingerprint } = snapshots.kinds[0]!;
    if (fingerprint === undefined) return undefined;
    const number = this.streams.numberOf(stream);
    if (number === NONE) return undefined;
    const bound = maxVersion ?? Number.MAX_SAFE_INTEGER;
    const below = Math.min(snapshots.below ?? Number.MAX_SAFE_INTEGER, bound + 1);
    const name = snapshots.stream;
    const row = this.find(number, number, name, schemaVersion, fingerprint, below, number, number, limit, bound);
    if (row === undefined) return undefined;
    const version = row[7];
    if (version === null) {
      const page = soundPage(row, { stream, after: -1, bound, limit });
      return page && { page };
    }
    const [, , , , , , , , time, sum, record, state, id, chain, seal] = row;
    const { category } = snapshots;
    if (version >= below) return undefined;
    const snapshot = snapshotIn([name, category, version, schemaVersion, fingerprint, time, sum, record, state]);
    if (snapshot.fault !== undefined || typeof id !== "string" || sealOf(stream, version, id, chain) !== seal)
      return undefined;
    const page = soundPage(row, { stream, after: version, bound, limit }, chain);
    return page && { snapshot, snapshotEventId: id, page };
  }

  private find(...bound: Bound): Row | undefined {
    try {
      return this.select.get(...bound);
    } catch {
      // The steps meet it again: what is wrong with snapshots keeps no load from folding all events.
      return undefined;
    }
  }
}

type Bound = [
  ...ofEnd: [number, number],
  ...ofSnapshot: [stream: string, schemaVersion: number, fingerprint: string, below: number],
  ofEvent: number,
  ...ofEvents: [stream: number, limit: number, bound: number],
];

/** What is of the snapshot and of its event is NULL where there is none. */
type Row = readonly [
  ...JoinedPage,
  version: number | null,
  time: number,
  checksum: number,
  record: string,
  state: string | Uint8Array,
  eventId: string | null,
  eventChain: number,
  eventSeal: number,
];
