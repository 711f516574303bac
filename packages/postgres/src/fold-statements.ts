import { joinedEvents } from "./joined-events";
import type { Statement } from "./pooled-connection";
import { SNAPSHOT_COLUMNS } from "./snapshot-rows";

/** What a snapshot's row among those of events begins with; events have their position there. */
export const SNAPSHOT = "snapshot";

const NEWEST = "s.version DESC, s.schema_version DESC, s.time DESC";
/** There is one of a kind at a version. The index has this order, so that nothing is sorted. */
const NEWEST_OF_KIND = "s.version DESC, s.schema_version DESC";

/**
 * The tail after a snapshot begins with the event that it stands on, whose id tells whether it still fits.
 *
 * `load`, `loadOfKind` and `page` join the events to one row. `loadRows` and `pageRows` give each event a row of the columns that a fold
 * reads, and `loadAsOf` and `pageAsOf` those as well that a time is checked with; a snapshot, which comes first, is packed
 * into the same columns.
 */
export function foldStatements(schema: string) {
  const columns = "position || ' ' || content_checksum || ' ' || id, type, data";
  const asOfColumns = `${columns}, time::text, metadata, global_position, envelope_checksum`;
  /** The event that ends a temporal load is read as well, so that its time is checked. */
  const firstLater = (maxTime: string) =>
    `(SELECT position FROM ${schema}.events WHERE stream = $1 AND time > ${maxTime} ORDER BY position LIMIT 1)`;
  const events = (selected: string, from: string, bound = "$2", stream = "$1") => `
    SELECT ${selected} FROM ${schema}.events
    WHERE stream = ${stream} AND position >= ${from} AND position <= ${bound} ORDER BY position LIMIT $3`;
  const newest = (selected: string, { bound = "$5", stream = "$4", order = NEWEST } = {}) => `
    SELECT ${selected} FROM ${schema}.snapshots s
    WHERE s.stream = ${stream} AND s.version < ${bound} AND (
      s.schema_version = ANY ($6::integer[]) OR s.schema_version || ' ' || s.fingerprint = ANY ($7::text[])
    )
    ORDER BY ${order} LIMIT 1`;
  const loadRows = (selected: string, padding: string, bound = "$2", snapshotBound = "$5") => `
    WITH newest AS MATERIALIZED (${newest("*", { bound: snapshotBound })})
    SELECT concat_ws(' ', '${SNAPSHOT}', checksum, version, schema_version, time, state_text IS NULL, fingerprint),
      record, coalesce(state_text, encode(state_bytes, 'base64'))${padding}
    FROM newest
    UNION ALL (${events(selected, "coalesce((SELECT version FROM newest), 0)", bound)})`;
  const toJoin = "position, id, type, data, content_checksum";
  // The limit of a load leaves room for the event that a snapshot stands on.
  const lastOfLoad = "$3 - CASE WHEN min(position) = newest.version THEN 1 ELSE 2 END";
  const snapshotAndTail = (stream: string, snapshots: string, order: string) => `
    LEFT JOIN LATERAL (${newest(SNAPSHOT_COLUMNS, { stream: snapshots, order })}) AS newest ON true
    LEFT JOIN LATERAL (
      ${joinedEvents(events(toJoin, "coalesce(newest.version, 0)", "$2", stream), lastOfLoad)}
    ) AS tail ON true`;
  const load = (order: string) =>
    `SELECT newest.*, tail.* FROM (SELECT) AS one_row ${snapshotAndTail("$1", "$4", order)}`;
  return {
    page: { name: "load_page", text: joinedEvents(events(toJoin, "$4"), "$3 - 1") },
    load: { name: "load", text: load(NEWEST) },
    /** `load` where only one kind of snapshot is of use. */
    loadOfKind: { name: "load_of_kind", text: load(NEWEST_OF_KIND) },
    /** `loadOfKind` of several streams, `$1` and `$4` being arrays; the first column tells whose row it is, from 1. */
    loads: {
      name: "loads",
      text: `
        SELECT asked.number, newest.*, tail.*
        FROM unnest($1::text[], $4::text[]) WITH ORDINALITY AS asked (stream, snapshots, number)
        ${snapshotAndTail("asked.stream", "asked.snapshots", NEWEST_OF_KIND)}`,
    },
    pageRows: { name: "load_page_rows", text: events(columns, "$4") },
    loadRows: { name: "load_rows", text: loadRows(columns, "") },
    pageAsOf: { name: "load_page_as_of", text: events(asOfColumns, "$4", `least($2, ${firstLater("$5")})`) },
    loadAsOf: {
      name: "load_as_of",
      text: loadRows(
        asOfColumns,
        ", NULL, NULL, NULL, NULL",
        `least($2, ${firstLater("$8")})`,
        `least($5, ${firstLater("$8")})`,
      ),
    },
  } satisfies Record<string, Statement>;
}
