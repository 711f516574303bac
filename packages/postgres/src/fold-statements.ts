import { FOLD_COLUMNS } from "./fold-rows";
import { joinedEvents } from "./joined-events";
import { SNAPSHOT_COLUMNS } from "./snapshot-rows";
import type { Row, Statement } from "./work";

const USABLE = `(
  s.schema_version = ANY ($6::integer[]) OR s.schema_version || ' ' || s.fingerprint = ANY ($7::text[])
)`;
const OF_KIND = "s.schema_version = $6::integer AND s.fingerprint = $7";
const NEWEST = "s.version DESC, s.schema_version DESC, s.time DESC";
/** There is one snapshot of a kind at a version. The index has this order, so that nothing is sorted. */
const NEWEST_OF_KIND = "s.version DESC, s.schema_version DESC";

/** The columns of a snapshot as a load returns them: each where an event has one of its type. */
const COLUMNS_OF_LOAD = "version, fingerprint, checksum, record, state_text, schema_version, time, state_base64";

/** A snapshot's columns in the order of `SNAPSHOT_COLUMNS`. @param row in that of `COLUMNS_OF_LOAD`. */
export function snapshotColumns(row: Row): Row {
  const [version, fingerprint, checksum, record, text, schemaVersion, time, base64] = row as readonly string[];
  return [version!, schemaVersion!, fingerprint!, time!, record!, text!, base64!, checksum!];
}

/**
 * The statements that read what an aggregate is folded from.
 *
 * The tail after a snapshot starts with the event at the snapshot's version, whose id says whether the snapshot still fits.
 */
export function foldStatements(schema: string) {
  const events = (from: string, stream: string, columns: string) => `
    SELECT ${columns} FROM ${schema}.events
    WHERE stream = ${stream} AND position >= ${from} AND position <= $2 ORDER BY position LIMIT $3`;
  const newest = (stream: string, condition: string, order: string) => `
    SELECT ${SNAPSHOT_COLUMNS} FROM ${schema}.snapshots s
    WHERE s.stream = ${stream} AND s.version < $5 AND ${condition}
    ORDER BY ${order} LIMIT 1`;
  const load = (condition: string, order: string) => `
    WITH newest AS MATERIALIZED (${newest("$4", condition, order)})
    SELECT ${COLUMNS_OF_LOAD} FROM newest
    UNION ALL
    (${events("coalesce((SELECT version FROM newest), 0)", "$1", `${FOLD_COLUMNS}, NULL, NULL, NULL`)})`;
  // The limit of a load leaves room for the event at the snapshot's version.
  const lastOfLoad = "$3 - CASE WHEN min(position) = newest.version THEN 1 ELSE 2 END";
  const tail = events("coalesce(newest.version, 0)", "asked.stream", "position, id, type, data, content_checksum");
  return {
    page: { name: "load_page", text: events("$4", "$1", FOLD_COLUMNS) },
    load: { name: "load", text: load(USABLE, NEWEST) },
    /** `load` for one kind of snapshot. */
    loadOfKind: { name: "load_of_kind", text: load(OF_KIND, NEWEST_OF_KIND) },
    /**
     * `loadOfKind` for several streams: `$1` and `$4` are arrays, and the first column is the number of the stream, from 1. The events of each
     * are joined to one row.
     */
    loads: {
      name: "loads",
      text: `
        SELECT asked.number, newest.*, tail.*
        FROM unnest($1::text[], $4::text[]) WITH ORDINALITY AS asked (stream, snapshots, number)
        LEFT JOIN LATERAL (${newest("asked.snapshots", OF_KIND, NEWEST_OF_KIND)}) AS newest ON true
        LEFT JOIN LATERAL (${joinedEvents(tail, lastOfLoad)}) AS tail ON true`,
    },
  } satisfies Record<string, Statement>;
}
