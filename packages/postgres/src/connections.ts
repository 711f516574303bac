import { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { Client, type ClientConfig } from "pg";

import { ConnectionPool } from "./connection-pool";
import type { Parameter, Row, Sharing, Statement } from "./pooled-connection";
import type { PostgresSettings } from "./settings";
import { unavailable } from "./unavailable";

export type { Parameter, Row, Sharing, Statement } from "./pooled-connection";

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

  readonly #pool: ConnectionPool;
  readonly #config: ClientConfig;
  readonly #sockets = new Set<Socket>();
  readonly #answerMs: number;

  constructor(
    settings: PostgresSettings,
    private readonly description: string,
  ) {
    this.#answerMs = settings.statementTimeoutMs + SERVER_GRACE_MS;
    this.#config = this.clientConfig(settings);
    this.#pool = new ConnectionPool({
      client: this.#config,
      size: settings.poolSize,
      waitMs: settings.poolTimeoutMs,
      answerMs: this.#answerMs,
      onLoss: () => this.losses++,
    });
  }

  /** @throws StoreUnavailableError within the deadlines, whatever happens. */
  async run(
    attempted: string,
    statement: Statement,
    values: readonly Parameter[],
    sharing?: Sharing,
  ): Promise<readonly Row[]> {
    try {
      return await this.perform(statement, values, sharing);
    } catch (error) {
      throw unavailable(attempted, this.description, error);
    }
  }

  /** Like `run`, with the driver's own error for those who look into it. */
  perform(statement: Statement, values: readonly Parameter[], sharing?: Sharing): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => this.#pool.run({ statement, values, resolve, reject, sharing }));
  }

  /**
   * A connection beside the pool, for `LISTEN` and for migrations, which may take their time. The caller ends it.
   */
  async dedicated(attempted: string, { isTimed = true } = {}): Promise<Client> {
    const client = new Client({ ...this.#config, ...(isTimed && { query_timeout: this.#answerMs }) });
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
    await this.#pool.close();
    const gone = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await Promise.race([Promise.all(gone), pause(CLOSE_GRACE_MS, undefined, { ref: false })]);
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
      connectionTimeoutMillis: settings.connectTimeoutMs,
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
