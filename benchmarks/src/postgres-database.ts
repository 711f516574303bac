import { randomBytes } from "node:crypto";

import { PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

/**
 * Gives `body` the url of an empty database and drops it afterwards: on the server of `TIDEMARK_POSTGRES_URL`, else on one
 * that is started as the tests start theirs, but which flushes each commit to the disk.
 */
export async function inDatabase<T>(body: (url: string) => Promise<T>): Promise<T> {
  const given = process.env.TIDEMARK_POSTGRES_URL;
  if (given) return await inDatabaseOn(given, body);
  const server = await PrivateServer.start({ fsync: "on", shared_buffers: "256MB", max_wal_size: "4GB" });
  try {
    return await inDatabaseOn(server.url, body);
  } finally {
    await server.stop();
  }
}

/** The same on a server that runs, named by the url of any database on it. */
export async function inDatabaseOn<T>(serverUrl: string, body: (url: string) => Promise<T>): Promise<T> {
  const name = `tidemark_benchmark_${randomBytes(6).toString("hex")}`;
  await run(serverUrl, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return await body(url.toString());
  } finally {
    await run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** One statement on a connection of its own. */
export async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
