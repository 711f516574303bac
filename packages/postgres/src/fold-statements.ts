import { joinedEvents } from "./joined-events";
import { SNAPSHOT_COLUMNS } from "./snapshot-rows";
import type { Statement } from "./work";

const NEWEST = "s.version DESC, s.schema_version DESC, s.time DESC";
/** There is one snapshot of a kind at a version. The index has this order, so that nothing is sorted. */
const NEWEST_OF_KIND = "s.version DESC, s.schema_version DESC";

/**
 * The statements that read what an aggregate is folded from, with the events joined to one row.
 *
 * The tail after a snapshot starts with the event at the snapshot's version, whose id says whether the snapshot still fits.
 */
export function foldStatements(schema: string) {
  const events = (from: string, stream: string) => `
    SELECT position, id, type, data, content_checksum FROM ${schema}.events
    WHERE stream = ${stream} AND position >= ${from} AND position <= $2 ORDER BY position LIMIT $3`;
  const newest = (stream: string, order: string) => `
    SELECT ${SNAPSHOT_COLUMNS} FROM ${schema}.snapshots s
    WHERE s.stream = ${stream} AND s.version < $5 AND (
      s.schema_version = ANY ($6::integer[]) OR s.schema_version || ' ' || s.fingerprint = ANY ($7::text[])
    )
    ORDER BY ${order} LIMIT 1`;
  // The limit of a load leaves room for the event at the snapshot's version.
  const lastOfLoad = "$3 - CASE WHEN min(position) = newest.version THEN 1 ELSE 2 END";
  const snapshotAndTail = (stream: string, snapshots: string, order: string) => `
    LEFT JOIN LATERAL (${newest(snapshots, order)}) AS newest ON true
    LEFT JOIN LATERAL (${joinedEvents(events("coalesce(newest.version, 0)", stream), lastOfLoad)}) AS tail ON true`;
  const load = (order: string) =>
    `SELECT newest.*, tail.* FROM (SELECT) AS one_row ${snapshotAndTail("$1", "$4", order)}`;
  return {
    page: { name: "load_page", text: joinedEvents(events("$4", "$1"), "$3 - 1") },
    load: { name: "load", text: load(NEWEST) },
    /** `load` for one kind of snapshot. */
    loadOfKind: { name: "load_of_kind", text: load(NEWEST_OF_KIND) },
    /** `loadOfKind` for several streams: `$1` and `$4` are arrays, and the first column is the number of the stream, from 1. */
    loads: {
      name: "loads",
      text: `
        SELECT asked.number, newest.*, tail.*
        FROM unnest($1::text[], $4::text[]) WITH ORDINALITY AS asked (stream, snapshots, number)
        ${snapshotAndTail("asked.stream", "asked.snapshots", NEWEST_OF_KIND)}`,
    },
  } satisfies Record<string, Statement>;
}
