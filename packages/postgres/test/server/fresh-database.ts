import { randomBytes } from "node:crypto";

import { Client } from "pg";

/** A database of its own for one test file, on the server that all share. */
export class FreshDatabase {
  private constructor(
    readonly url: string,
    private readonly name: string,
    private readonly serverUrl: string,
  ) {}

  static async create(serverUrl = process.env.TIDEMARK_POSTGRES_URL!): Promise<FreshDatabase> {
    const name = `tidemark_test_${randomBytes(6).toString("hex")}`;
    await run(serverUrl, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return new FreshDatabase(url.toString(), name, serverUrl);
  }

  /** One statement or several, as the server's administrator. */
  async query(text: string, values?: readonly unknown[]): Promise<any[]> {
    return run(this.url, text, values);
  }

  /** A connection that the test holds on to and ends. */
  async connect(): Promise<Client> {
    return connected(this.url);
  }

  async drop(): Promise<void> {
    await run(this.serverUrl, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function run(url: string, text: string, values?: readonly unknown[]): Promise<any[]> {
  const client = await connected(url);
  try {
    const { rows } = await (values === undefined ? client.query(text) : client.query(text, [...values]));
    return rows;
  } finally {
    await client.end();
  }
}
