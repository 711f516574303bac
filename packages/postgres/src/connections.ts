import { Socket } from "node:net";

import { Client, type ClientConfig, Pool, type PoolClient } from "pg";

import type { PostgresSettings } from "./settings";
import { AnswerLost, DeadlineExceeded, leavesConnectionUsable, unavailable } from "./unavailable";

/** A prepared statement: parsed and planned once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Row = readonly (string | null)[];
export type Parameter = string | number | null | Buffer;

/** The server ends a statement that is late; only if that is late too is the connection given up. */
const SERVER_GRACE_MS = 250;
const CLOSE_GRACE_MS = 500;

/**
 * A pool in which nothing waits for ever: not for a connection, not for the server, not for its answer.
 * Rows come as arrays of the texts that the server sent.
 */
export class Connections {
  /** Grows when a connection is lost: what was known of the server's state may then be past. */
  losses = 0;

  readonly #pool: Pool;
  readonly #config: ClientConfig;
  readonly #Client: new (
    config?: ClientConfig,
  ) => Client;
  readonly #sockets = new Set<Socket>();
  readonly #answerMs: number;

  constructor(
    settings: PostgresSettings,
    private readonly description: string,
  ) {
    this.#answerMs = settings.statementTimeoutMs + SERVER_GRACE_MS;
    this.#config = this.clientConfig(settings);
    this.#Client = clientWithTimeout(settings.connectTimeoutMs);
    this.#pool = new Pool({
      ...this.#config,
      max: settings.poolSize,
      connectionTimeoutMillis: settings.poolTimeoutMs,
      Client: this.#Client,
    });
    // Without these listeners a connection that dies while nobody uses it would end the process.
    this.#pool.on("error", () => this.losses++);
    this.#pool.on("connect", (client) => client.on("error", () => this.losses++));
  }

  /** @throws StoreUnavailableError within the deadlines, whatever happens. */
  async run(attempted: string, statement: Statement, values: readonly Parameter[]): Promise<readonly Row[]> {
    try {
      return await this.perform(statement, values);
    } catch (error) {
      throw unavailable(attempted, this.description, error);
    }
  }

  /** Like `run`, with the driver's own error for those who look into it. */
  async perform(statement: Statement, values: readonly Parameter[]): Promise<readonly Row[]> {
    const client = await this.#pool.connect();
    const query = { ...statement, values: [...values], rowMode: "array", types: RAW_TEXTS };
    let lost = false;
    try {
      const { rows } = await withDeadline(client.query<string[]>(query), this.#answerMs);
      return rows;
    } catch (error) {
      lost = !leavesConnectionUsable(error);
      throw lost ? new AnswerLost(error) : error;
    } finally {
      if (lost) this.losses++;
      client.release(lost);
    }
  }

  /** Several statements in one connection's hands, for migrations. The caller releases it. */
  async connect(attempted: string): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw unavailable(attempted, this.description, error);
    }
  }

  /** A connection beside the pool. The caller ends it. */
  async dedicated(attempted: string): Promise<Client> {
    const client = new this.#Client({ ...this.#config, query_timeout: this.#answerMs });
    client.on("error", () => this.losses++);
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw unavailable(attempted, this.description, error);
    }
  }

  /** Waits for what is under way, then for the server to say goodbye, and goes without it if need be. */
  async close(): Promise<void> {
    await this.#pool.end();
    const gone = Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
    await withDeadline(gone, CLOSE_GRACE_MS).catch(() => undefined);
    for (const socket of this.#sockets) socket.destroy();
  }

  private clientConfig(settings: PostgresSettings): ClientConfig {
    const url = new URL(settings.url);
    const options = url.searchParams.get("options") ?? process.env.PGOPTIONS;
    url.searchParams.delete("options");
    return {
      connectionString: url.toString(),
      application_name: url.searchParams.get("application_name") ?? "tidemark",
      statement_timeout: settings.statementTimeoutMs,
      options: options === undefined ? SESSION : `${SESSION} ${options}`,
      keepAlive: true,
      stream: () => this.socket(),
    };
  }

  private socket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Every statement here is made for an index and is worth one plan; tables that were empty when it was made mislead it. */
const SESSION = Object.entries({
  default_transaction_isolation: String.raw`read\ committed`,
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  max_parallel_workers_per_gather: "0",
  jit: "off",
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

const RAW_TEXTS = { getTypeParser: () => (text: string) => text };

/** pg-pool has one time limit for waiting and for connecting; a client of its own adds the second. */
function clientWithTimeout(connectTimeoutMs: number): new (config?: ClientConfig) => Client {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionTimeoutMillis: connectTimeoutMs });
    }
  };
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new DeadlineExceeded(`the server did not answer within ${milliseconds} ms`));
    timer = setTimeout(fail, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
