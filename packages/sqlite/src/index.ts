/**
 * Events, snapshots and what consumers of events keep, in an SQLite file: `provider = "sqlite"` in domain.toml.
 *
 * @module @tidemark/sqlite
 */

export { provider } from "./provider";
export { SqliteEventStore, type SqliteSettings } from "./sqlite-event-store";
