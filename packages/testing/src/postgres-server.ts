/**
 * A PostgreSQL server for tests, and a proxy that counts round trips to one.
 *
 * @module @tidemark/testing/postgres-server
 */

export { CountingProxy } from "./postgres-server/counting-proxy";
export { PrivateServer, type ServerSettings } from "./postgres-server/private-server";
