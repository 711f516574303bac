import { randomBytes } from "node:crypto";

import { PostgresEventStore } from "@tidemark/postgres";
import { Client } from "pg";

/** The tables of a schema whose rows a test may leave. */
const TABLES = [
  ...["events", "snapshots", "listeners", "checkpoints", "server_leases", "parked_keys", "received_messages"],
  ...["timers", "command_queue", "states", "stream_starts", "forgotten_categories"],
];
/** Many rows are removed faster with their files, and leave nothing behind then that slows the next test down. */
const MANY = 1_000;

/** A database of its own for one test file or one test, on the server that all share. */
export class FreshDatabase {
  /** Kept open, since a connection takes longer to make than most statements. */
  private client: Promise<Client> | undefined;

  private constructor(
    readonly url: string,
    private readonly name: string,
    private readonly serverUrl: string,
  ) {}

  /** Makes a database that has the schema "tidemark" already: a copy of one that was set up once for all test files. */
  static async create(): Promise<FreshDatabase> {
    const serverUrl = process.env.TIDEMARK_POSTGRES_URL!;
    return FreshDatabase.from(serverUrl, await templateOn(serverUrl));
  }

  /** Makes a database without any schema. */
  static empty(serverUrl = process.env.TIDEMARK_POSTGRES_URL!): Promise<FreshDatabase> {
    return FreshDatabase.from(serverUrl, EMPTY);
  }

  private static async from(serverUrl: string, source: string): Promise<FreshDatabase> {
    const name = `tidemark_test_${randomBytes(6).toString("hex")}`;
    await run(serverUrl, `CREATE DATABASE ${name} ${source}`);
    return new FreshDatabase(databaseUrl(serverUrl, name), name, serverUrl);
  }

  /** One statement or several, as the server's administrator. */
  async query(text: string, values?: readonly unknown[]): Promise<any[]> {
    this.client ??= this.connect().then((client) =>
      client.once("end", () => {
        this.client = undefined;
      }),
    );
    const client = await this.client;
    const { rows } = await (values === undefined ? client.query(text) : client.query(text, [...values]));
    return rows;
  }

  /** A connection that the test holds on to and ends. */
  async connect(): Promise<Client> {
    return connected(this.url);
  }

  /** Removes what a test has left in a schema: rows, tables of read models, numbers that were drawn. */
  async clear(schema = "tidemark"): Promise<void> {
    const others = await this.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> ALL ($2) AND tablename <> 'migrations'",
      [schema, TABLES],
    );
    const [{ position }] = await this.query(`SELECT last_value::int AS position FROM ${schema}.global_positions`);
    const own = TABLES.map((table) => `${schema}.${table}`);
    const statements = [
      ...others.map(({ tablename }) => `DROP TABLE ${schema}."${tablename}" CASCADE`),
      ...(position > MANY ? [`TRUNCATE ${own.join(", ")}`] : own.map((table) => `DELETE FROM ${table}`)),
      `ALTER SEQUENCE ${schema}.global_positions RESTART`,
    ];
    await this.query(statements.join("; "));
  }

  async drop(): Promise<void> {
    await this.client?.then((client) => client.end());
    await run(this.serverUrl, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

const EMPTY = "ENCODING 'UTF8' TEMPLATE template0";
const KEY = 4712;

let template: Promise<string> | undefined;

/** How a copy of the template is made; the first test file that needs it sets it up. */
function templateOn(serverUrl: string): Promise<string> {
  template ??= setUpTemplate(serverUrl, process.env.TIDEMARK_POSTGRES_TEMPLATE!);
  return template;
}

async function setUpTemplate(serverUrl: string, name: string): Promise<string> {
  const client = await connected(serverUrl);
  try {
    await client.query(`SELECT pg_advisory_lock(${KEY})`);
    const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${name}_new ${EMPTY}`);
      const store = new PostgresEventStore({ url: databaseUrl(serverUrl, `${name}_new`) });
      await store.open();
      await store.close();
      await client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
    }
    const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS version");
    // Faster for a server that does not flush; before version 15 there was no other way.
    return `TEMPLATE ${name}${rows[0].version >= 150_000 ? " STRATEGY FILE_COPY" : ""}`;
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function run(url: string, text: string): Promise<void> {
  const client = await connected(url);
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
