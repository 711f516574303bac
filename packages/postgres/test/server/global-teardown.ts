import { Client } from "pg";

import "./global-setup";

/** Leaves nothing behind on a server that was there before. */
export default async function stopServer(): Promise<void> {
  if (globalThis.tidemarkPostgresServer !== undefined) return globalThis.tidemarkPostgresServer.stop();
  const client = new Client({ connectionString: process.env.TIDEMARK_POSTGRES_URL });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${process.env.TIDEMARK_POSTGRES_TEMPLATE}`);
  await client.end();
}
