import type { ConnectionPool } from "./connection-pool";
import type { PooledConnection } from "./pooled-connection";
import type { Call, Parameter, Row, Statement } from "./work";

const ROLLBACK: Statement = { name: "rollback", text: "ROLLBACK" };

/** A connection of the pool that one holder has for itself, for a transaction of several round trips. */
export class LeasedConnection {
  #isReleased = false;
  /** The work under way: the connection does one piece at a time. */
  #previous: Promise<unknown> = Promise.resolve();

  /** @param toError makes the error that the holder is given of the driver's. */
  constructor(
    private readonly pool: ConnectionPool,
    private readonly connection: PooledConnection,
    private readonly toError: (error: unknown) => Error,
  ) {}

  /** Whether the connection is there: not lost, and not given back. */
  get isOpen(): boolean {
    return !this.#isReleased && this.connection.loss === undefined;
  }

  /** @throws StoreUnavailableError; the driver's error is its cause. */
  async run(statement: Statement, values: readonly Parameter[] = []): Promise<readonly Row[]> {
    if (this.#isReleased) throw new Error("The lease of this connection has ended");
    const answer = this.#previous.then(() => this.#start({ statement, values }));
    this.#previous = answer.catch(() => undefined);
    try {
      const [rows] = await answer;
      return rows!;
    } catch (error) {
      throw this.toError(error);
    }
  }

  /**
   * Waits for the work under way, then gives the connection back. A transaction that is still open is rolled back.
   * @returns whether one was open.
   */
  async release(): Promise<boolean> {
    this.#isReleased = true;
    await this.#previous;
    const { connection } = this;
    const wasOpen = connection.isInTransaction;
    if (connection.loss === undefined && (wasOpen || connection.hasFailed)) await this.#rollBack();
    this.pool.release(connection);
    return wasOpen;
  }

  #start(call: Call): Promise<readonly (readonly Row[])[]> {
    return new Promise((resolve, reject) => this.pool.runHeld(this.connection, { calls: [call], resolve, reject }));
  }

  async #rollBack(): Promise<void> {
    await this.#start({ statement: ROLLBACK, values: [] }).catch(() => this.pool.discard(this.connection));
  }
}
