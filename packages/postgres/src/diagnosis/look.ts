import type { Client } from "pg";
import type { Facts } from "./facts";
import { SETTING_NAMES } from "./setting-names";

/** What of the schema there is, and may be read. */
export interface Readable {
  readonly migrations: boolean;
  readonly events: boolean;
}

/**
 * Looks at the server in one round trip. Where it refuses a part, because a view was closed to this role, each part is looked at by itself,
 * and the refused ones are undefined.
 */
export async function look(client: Client, schemaName: string, readable: Readable): Promise<Facts> {
  const parts = Object.entries(partsOf(schemaName, readable));
  try {
    return await select(client, parts);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  const facts: Facts[] = [];
  for (const part of parts) {
    try {
      facts.push(await select(client, [part]));
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  return Object.assign({}, ...facts) as Facts;
}

type Part = readonly [name: string, expression: string];

async function select(client: Client, parts: readonly Part[]): Promise<Facts> {
  const { rows } = await client.query<{ facts: Facts }>(
    `SELECT json_build_object(${parts.map(([name, expression]) => `'${name}', (${expression})`).join(",\n")}) AS facts`,
  );
  return rows[0]!.facts;
}

/** By SQLSTATE: a privilege is missing. */
function isRefused(error: unknown): boolean {
  return (error as { code?: unknown }).code === "42501";
}

function partsOf(schemaName: string, readable: Readable): Readonly<Record<keyof Facts, string>> {
  const inSchema = `IN (SELECT oid FROM pg_namespace WHERE nspname = '${schemaName}')`;
  const relation = (name: string) =>
    `(SELECT oid FROM pg_class WHERE relname = '${name}' AND relnamespace ${inSchema})`;
  return {
    server: `SELECT json_build_object(
      'version', current_setting('server_version_num')::int,
      'isStandby', pg_is_in_recovery(),
      'encoding', getdatabaseencoding(),
      'role', current_user,
      'database', current_database())`,
    settings: `SELECT json_object_agg(name, json_build_object('value', setting, 'source', source))
      FROM pg_settings WHERE name IN (${SETTING_NAMES.map((name) => `'${name}'`).join(", ")})`,
    // Subscribers of logical replication and base backups are in this view too, and are no standbys.
    standbys: `SELECT coalesce(json_agg(json_build_object(
      'name', application_name, 'state', state, 'sync', sync_state,
      'lagBytes', CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) END,
      'answeredMs', round(extract(epoch FROM clock_timestamp() - reply_time) * 1000)
      ) ORDER BY application_name, pid), '[]')
      FROM pg_stat_replication
      WHERE state IS DISTINCT FROM 'backup' AND pid NOT IN (
        SELECT active_pid FROM pg_replication_slots WHERE slot_type = 'logical' AND active_pid IS NOT NULL)`,
    sequence: `SELECT json_build_object(
      'cache', seqcache, 'increment', seqincrement, 'cycles', seqcycle,
      'seesLast', has_sequence_privilege(seqrelid, 'USAGE, SELECT'),
      'last', CASE WHEN has_sequence_privilege(seqrelid, 'USAGE, SELECT') THEN pg_sequence_last_value(seqrelid) END)
      FROM pg_sequence WHERE seqrelid = ${relation("global_positions")}`,
    // Read in a snapshot that is older than the sequence's last number: no number in use is above that.
    highest: readable.events
      ? `SELECT coalesce((SELECT global_position FROM "${schemaName}".events ORDER BY global_position DESC LIMIT 1), 0)`
      : "NULL",
    unlogged: `SELECT coalesce(json_agg(relname ORDER BY relname), '[]')
      FROM pg_class WHERE relnamespace ${inSchema} AND relkind IN ('r', 'p', 'S') AND relpersistence = 'u'`,
    // A prepared transaction has no process; it is known by the lock that it holds on its own number.
    writers: `SELECT coalesce(json_agg(json_build_object(
      'pid', l.pid, 'name', a.application_name, 'gid', p.gid,
      'ageMs', round(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000)
      ) ORDER BY l.pid), '[]')
      FROM (
        SELECT DISTINCT pid, virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND relation = ${relation("events")}
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ) AS l
      LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      LEFT JOIN pg_locks own ON l.pid IS NULL AND own.pid IS NULL AND own.locktype = 'transactionid'
        AND own.virtualtransaction = l.virtualtransaction
      LEFT JOIN pg_prepared_xacts p ON p.transaction = own.transactionid`,
    connections: `SELECT json_build_object(
      'used', (SELECT sum(numbackends) FROM pg_stat_database),
      'roleLimit', (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
      'databaseLimit', (SELECT datconnlimit FROM pg_database WHERE datname = current_database()))`,
    version: readable.migrations ? `SELECT coalesce(max(version), 0) FROM "${schemaName}".migrations` : "NULL",
  };
}
