/**
 * Stores events, snapshots, and what consumers of events keep in a PostgreSQL database: `provider = "postgres"` in domain.toml.
 *
 * @module @tidemark/postgres
 */

export { PostgresEventStore } from "./postgres-event-store";
export { provider } from "./provider";
export type { PostgresEventStoreOptions } from "./settings";
