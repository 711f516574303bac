import { DomainError } from "@tidemark/core";
import type { Client } from "pg";

import { ConnectionPool } from "./connection-pool";
import { Connector } from "./connector";
import type { Host } from "./hosts";
import { LeasedConnection } from "./leased-connection";
import type { PooledConnection } from "./pooled-connection";
import type { PostgresSettings } from "./settings";
import { READ, unavailable } from "./unavailable";
import type { Call, Parameter, Row, Sharing, Statement } from "./work";

/** The server ends a statement that is late; only if the server's answer is late too is the connection given up. */
const SERVER_GRACE_MS = 250;

/** A pool in which nothing waits for ever: not for a connection, not for the server, not for its answer. */
export class Connections {
  /**
   * Grows when a connection is lost, when there is none any more, and when another server takes the writes: what was known of the server's
   * state may then be past.
   */
  losses = 0;

  readonly #pool: ConnectionPool;
  readonly #connector: Connector;
  readonly #answerMs: number;

  constructor(
    settings: PostgresSettings,
    private readonly description: string,
  ) {
    this.#answerMs = settings.statementTimeoutMs + SERVER_GRACE_MS;
    this.#connector = new Connector(settings, () => this.losses++);
    this.#pool = new ConnectionPool({
      connect: () => this.#connector.connect(),
      size: settings.poolSize,
      waitMs: settings.poolTimeoutMs,
      answerMs: this.#answerMs,
      onLoss: (host) => this.lost(host),
      onEmpty: () => this.losses++,
      onSweep: (isSlow) => this.#connector.watch({ isSlow }),
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
    return this.performOne({ statement, values }, sharing);
  }

  /** Does what `perform` does. @returns no rows where the call has a collector that was given them. */
  performOne(call: Call, sharing?: Sharing): Promise<readonly Row[]> {
    const calls = [call];
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

  /** A connection beside the pool, for `LISTEN`, for migrations, which may take their time, and for a look at the server. The caller ends it. */
  async dedicated(attempted: string, { isTimed = true, mayBeStandby = false } = {}): Promise<Client> {
    try {
      const config = isTimed ? { query_timeout: this.#answerMs } : {};
      const { client, host } = await this.#connector.connect(config, { mayBeStandby });
      client.on("error", () => this.lost(host));
      return client;
    } catch (error) {
      throw this.unavailable(attempted, error);
    }
  }

  /** Waits for what is under way, then for the server to close the connections, and closes them itself if need be. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.#connector.close();
  }

  private lost(host: Host | undefined): void {
    this.losses++;
    this.#connector.forget(host);
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
}
