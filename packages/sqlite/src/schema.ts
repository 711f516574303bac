import { ConfigurationError, StoreUnavailableError } from "@tidemark/core";
import type { SchemaChange } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import { moveEvents } from "./moved-events";
import { fillTimerSlots } from "./timer-slots";
import { transaction } from "./transaction";

/** `Tide` in ASCII: marks the file as ours, as `file` and sqlite3's own tools show it. */
const APPLICATION_ID = 0x54696465;

export const SCHEMA_VERSION = 6;

/**
 * One script a version; a new version is a new entry, never a changed one.
 *
 * `data` and `metadata` stand last, since columns behind a long text cost a walk over its overflow pages.
 * Everything compares in BINARY collation: by UTF-8 bytes, `User` apart from `user`.
 *
 * Version 5 makes the tables of timers and queued commands anew, with the columns in their places. No domain has written entries of the older
 * queue, which had no column for the type of the command: those that lie in it wait on, with an empty text as their type.
 *
 * `stream_starts` has the streams whose first events were forgotten, `forgotten_positions` the global positions of all events that were, and
 * `forgotten_categories` the highest of them by category: so what was forgotten is told from what was lost.
 *
 * Version 6 gives streams and categories numbers. Its tables of events have other names than those before, so that every statement
 * of an older release that has the file open fails, reads and writes alike. `moveEvents` fills them, and drops the older ones.
 *
 * Each event is in `event_log` and in its index of streams at once, and in the tables of ids, of the order of categories and of ends of
 * streams with some others later: `indexed_events` says up to which global position, twice, of which one is negative.
 * `event_ends` repeats what the index of streams says, apart from it: where damage hides entries of one, the two disagree. Both unique
 * indexes of `event_streams` find a stream by its name, for the same reason.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    global_position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    position INTEGER NOT NULL,
    category TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    time INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, position);
  CREATE UNIQUE INDEX events_by_id ON events (id);
  CREATE INDEX events_by_category ON events (category, global_position);
  CREATE INDEX events_first_by_category ON events (category, stream) WHERE position = 0;

  CREATE TABLE snapshots (
    stream TEXT NOT NULL,
    category TEXT NOT NULL,
    version INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    time INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    record TEXT NOT NULL,
    state ANY NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX snapshots_by_kind ON snapshots (stream, schema_version, fingerprint, version);
  CREATE INDEX snapshots_by_version ON snapshots (stream, version);
  CREATE INDEX snapshots_by_category ON snapshots (category, stream);
  `,
  `
  CREATE TABLE checkpoints (
    subscription TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    position INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (subscription, bucket)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE timers (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_by_time ON timers (due_at, owner, name);

  CREATE TABLE command_queue (
    id TEXT NOT NULL PRIMARY KEY,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX command_queue_by_lane ON command_queue (lane, priority, due_at, id);

  CREATE TABLE states (
    stream TEXT NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    version INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE stream_ends (
    stream TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO stream_ends SELECT stream, max(position) FROM events GROUP BY stream;
  `,
  `
  ALTER TABLE checkpoints ADD COLUMN owner TEXT;

  CREATE TABLE server_leases (
    server TEXT NOT NULL PRIMARY KEY,
    ends_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE server_subscriptions (
    server TEXT NOT NULL,
    subscription TEXT NOT NULL,
    PRIMARY KEY (server, subscription)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX server_subscriptions_by_subscription ON server_subscriptions (subscription, server);

  CREATE TABLE parked_keys (
    subscription TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER,
    revision INTEGER NOT NULL,
    data TEXT NOT NULL,
    payload BLOB,
    PRIMARY KEY (subscription, key, position)
  ) STRICT;
  CREATE INDEX parked_keys_by_state ON parked_keys (state, subscription, key, position);

  CREATE TABLE received_messages (
    inbox TEXT NOT NULL,
    id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (inbox, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX received_messages_by_time ON received_messages (inbox, received_at);
  `,
  `
  CREATE TEMP TABLE old_timers AS SELECT * FROM timers;
  CREATE TEMP TABLE old_entries AS SELECT * FROM command_queue;
  DROP TABLE timers;
  DROP TABLE command_queue;

  CREATE TABLE timers (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    slot INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, name)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO timers SELECT owner, name, 0, due_at, data FROM old_timers;
  CREATE INDEX timers_by_time ON timers (due_at, owner, name, slot);

  CREATE TABLE command_queue (
    id TEXT NOT NULL PRIMARY KEY,
    lane TEXT NOT NULL,
    type TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    line TEXT,
    number INTEGER NOT NULL,
    is_front INTEGER,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    claims INTEGER NOT NULL,
    begins INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    claimed_by TEXT,
    claimed_until INTEGER,
    finished_at INTEGER,
    data TEXT NOT NULL,
    outcome TEXT
  ) STRICT;
  INSERT INTO command_queue
    SELECT id, lane, '', priority, due_at, NULL, NULL, 0, 1, 'waiting', 0, 0, 0, 0, NULL, NULL, NULL, data, NULL
    FROM old_entries;
  CREATE INDEX command_queue_by_priority ON command_queue (lane, priority, due_at, id)
    WHERE state = 'waiting' AND is_front = 1;
  CREATE INDEX command_queue_by_time ON command_queue (lane, due_at, id)
    WHERE state = 'waiting' AND is_front = 1;
  CREATE INDEX command_queue_by_line ON command_queue (line, is_front, number) WHERE line IS NOT NULL;
  CREATE INDEX command_queue_by_state ON command_queue (state, lane, due_at, id);
  CREATE INDEX command_queue_by_claim ON command_queue (lane, claimed_until) WHERE claimed_until IS NOT NULL;
  CREATE INDEX command_queue_by_end ON command_queue (finished_at) WHERE finished_at IS NOT NULL;

  CREATE INDEX states_by_category ON states (category, stream);

  CREATE TABLE stream_starts (
    stream TEXT NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    position INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stream_starts_by_category ON stream_starts (category, stream);

  CREATE TABLE forgotten_positions (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE forgotten_categories (
    category TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  DROP TABLE old_timers;
  DROP TABLE old_entries;
  `,
  `
  CREATE TABLE event_categories (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_categories_by_name ON event_categories (name);

  CREATE TABLE event_streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    category_id INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_streams_by_name ON event_streams (name);
  CREATE UNIQUE INDEX event_streams_by_category ON event_streams (category_id, name);

  CREATE TABLE event_log (
    global_position INTEGER PRIMARY KEY,
    stream_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    time INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_log_by_stream ON event_log (stream_id, position);

  CREATE TABLE event_ids (
    id TEXT NOT NULL PRIMARY KEY,
    global_position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE event_order (
    category_id INTEGER NOT NULL,
    global_position INTEGER NOT NULL,
    PRIMARY KEY (category_id, global_position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE event_ends (
    stream_id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE indexed_events (
    up_to INTEGER NOT NULL,
    mirror INTEGER NOT NULL
  ) STRICT;

  DROP INDEX snapshots_by_version;
  DROP INDEX stream_starts_by_category;
  `,
];

/** What no script can compute, by the version whose script comes before it. */
const FILLS: Readonly<Record<number, (database: Database) => void>> = { 5: fillTimerSlots, 6: moveEvents };

/**
 * Creates or upgrades the tables, and says what it did, in one transaction that several processes may attempt at once: the first one
 * does the work, the others find it done.
 *
 * @throws ConfigurationError for a schema newer than this code, or a table of a read model whose name the schema needs;
 *   StoreUnavailableError for another program's database.
 */
export function migrate(database: Database, store: string): SchemaChange {
  const unchanged = { from: SCHEMA_VERSION, to: SCHEMA_VERSION, tables: [] };
  if (currentVersion(database, store) === SCHEMA_VERSION) return unchanged;
  return transaction(database, () => {
    const [from, before] = [currentVersion(database, store), new Set(tablesIn(database))];
    const own = new Set(MIGRATIONS.slice(0, from).flatMap(tablesMadeBy));
    const others = new Set([...before].filter((name) => !own.has(name)));
    for (const [index, script] of MIGRATIONS.entries()) {
      const version = index + 1;
      if (version <= from) continue;
      refuseTakenNames(script, others, store);
      database.exec(script);
      FILLS[version]?.(database);
    }
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
    return { from, to: SCHEMA_VERSION, tables: tablesIn(database).filter((name) => !before.has(name)) };
  });
}

/** Names that a later version reserves may belong to tables that an application had before. */
function refuseTakenNames(script: string, taken: ReadonlySet<string>, store: string): void {
  for (const name of tablesMadeBy(script)) {
    if (!taken.has(name)) continue;
    throw new ConfigurationError(
      `${store} has a table ${name}, a name that this version of @tidemark/sqlite keeps for itself; rename that table and start again`,
    );
  }
}

function tablesMadeBy(script: string): readonly string[] {
  return Array.from(script.matchAll(/CREATE TABLE (\w+)/g), ([, name]) => name!);
}

function tablesIn(database: Database): string[] {
  return database.values<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
}

/** The version of the tables; 0 for an empty database. Changes nothing. @throws for a version that is newer than this code. */
export function currentVersion(database: Database, store: string): number {
  const version = versionIn(database, store);
  if (version > SCHEMA_VERSION) {
    throw new ConfigurationError(
      `${store} has schema version ${version}, but this version of @tidemark/sqlite knows up to ${SCHEMA_VERSION}; ` +
        "upgrade the package",
    );
  }
  return version;
}

/** The version of the tables, also of one that is newer than this code. @throws StoreUnavailableError for another program's database. */
export function versionIn(database: Database, store: string): number {
  // Read in this order: another process may make the tables in between, which come with the version and the mark in one commit.
  const wasEmpty = isEmpty(database);
  const version = Number(database.pragma("user_version"));
  if (database.pragma("application_id") !== APPLICATION_ID) {
    if (version === 0 && wasEmpty) return 0;
    throw new StoreUnavailableError({
      attempted: "Cannot open",
      store,
      reason: "it is a database of another program; name another file",
    });
  }
  return version;
}

function isEmpty(database: Database): boolean {
  return database.values("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}
