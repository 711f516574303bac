import { Socket } from "node:net";

import { DomainError } from "@tidemark/core";
import { pause } from "@tidemark/core/adapter";
import { Client, type ClientConfig } from "pg";

import { ConnectionPool } from "./connection-pool";
import { LeasedConnection } from "./leased-connection";
import type { PooledConnection } from "./pooled-connection";
import type { PostgresSettings } from "./settings";
import { READ, unavailable } from "./unavailable";
import type { Call, Parameter, Row, Sharing, Statement } from "./work";

/** The server ends a statement that is late; only if the server's answer is late too is the connection given up. */
const SERVER_GRACE_MS = 250;
const CLOSE_GRACE_MS = 500;

/** A pool in which nothing waits for ever: not for a connection, not for the server, not for its answer. */
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
      throw this.unavailable(attempted, error);
    }
  }

  /**
   * Carries out several statements as one transaction, in one round trip.
   *
   * @returns the rows of each.
   * @throws StoreUnavailableError within the deadlines, whatever happens.
   */
  async runAll(attempted: string, calls: readonly Call[]): Promise<readonly (readonly Row[])[]> {
    try {
      return await this.performAll(calls);
    } catch (error) {
      throw this.unavailable(attempted, error);
    }
  }

  /** Does what `run` does, and throws the driver's own error. */
  perform(statement: Statement, values: readonly Parameter[], sharing?: Sharing): Promise<readonly Row[]> {
    const calls = [{ statement, values }];
    return new Promise((resolve, reject) =>
      this.#pool.run({ calls, resolve: ([rows]) => resolve(rows!), reject, sharing }),
    );
  }

  /** Does what `runAll` does, and throws the driver's own error. */
  performAll(calls: readonly Call[]): Promise<readonly (readonly Row[])[]> {
    return new Promise((resolve, reject) => this.#pool.run({ calls, resolve, reject }));
  }

  /**
   * Lends a connection of the pool to `work`, for a transaction of several round trips. Each statement has the usual deadline, and
   * so has the time from one statement to the next. A transaction that `work` leaves open, by an error or otherwise, is rolled
   * back.
   *
   * @throws whatever `work` throws; StoreUnavailableError where no connection was free in time; Error where `work` returned without
   *   ending its transaction.
   */
  async lease<T>(attempted: string, work: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    const leased = await this.leased(attempted);
    let result: T;
    try {
      result = await work(leased);
    } catch (error) {
      await leased.release();
      throw error;
    }
    if (await leased.release())
      throw new Error("The transaction on a leased connection was left open, and is rolled back");
    return result;
  }

  /** What callers are given for a failure of the server, or of the way to it. */
  unavailable(attempted: string, error: unknown): Error {
    return unavailable(attempted, this.description, error);
  }

  /** What callers are given for a failure to read: errors that are Tidemark's own pass as they are. */
  readError(error: unknown): Error {
    return error instanceof DomainError ? error : this.unavailable(READ, error);
  }

  /** A connection beside the pool, for `LISTEN` and for migrations, which may take their time. The caller ends it. */
  async dedicated(attempted: string, { isTimed = true } = {}): Promise<Client> {
    const client = new Client({ ...this.#config, ...(isTimed && { query_timeout: this.#answerMs }) });
    client.on("error", () => this.losses++);
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw this.unavailable(attempted, error);
    }
  }

  /** Waits for what is under way, then for the server to close the connections, and closes them itself if need be. */
  async close(): Promise<void> {
    await this.#pool.close();
    const gone = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await Promise.race([Promise.all(gone), pause(CLOSE_GRACE_MS, { ref: false })]);
    for (const socket of this.#sockets) socket.destroy();
  }

  private async leased(attempted: string): Promise<LeasedConnection> {
    const toError = (error: unknown) => this.unavailable(attempted, error);
    try {
      const connection = await new Promise<PooledConnection>((hold, reject) => this.#pool.run({ hold, reject }));
      return new LeasedConnection(this.#pool, connection, toError);
    } catch (error) {
      throw toError(error);
    }
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

/** Every statement here is made for an index and needs one plan; one made while tables are empty would be a bad one. */
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
