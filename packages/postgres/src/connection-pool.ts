import { Client, type ClientConfig } from "pg";

import { PooledConnection, type Work } from "./pooled-connection";
import { sharedWork, takeSharing } from "./shared-work";
import { DeadlineExceeded, PoolClosed, PoolExhausted } from "./unavailable";

export interface ConnectionPoolSettings {
  readonly client: ClientConfig;
  readonly size: number;
  /** How long a statement waits for a connection while all are busy. */
  readonly waitMs: number;
  /** How long the server may take for one. */
  readonly answerMs: number;
  /** A connection was lost, whether it was in use or not. */
  readonly onLoss: () => void;
}

/** A connection that nobody has used for so long is given back to the server. */
const IDLE_MS = 10_000;
const [SHORTEST_SWEEP_MS, LONGEST_SWEEP_MS] = [10, 1_000];
/** By how much of itself a deadline may be overrun. */
const SWEEPS_PER_DEADLINE = 10;

interface Waiting {
  readonly work: Work;
  readonly deadline: number;
}

/**
 * Connections that statements take turns on. One timer sweeps over all deadlines while there is any: a timer of its own
 * for each statement costs more than sending it.
 */
export class ConnectionPool {
  private readonly connections = new Set<PooledConnection>();
  private readonly idle: PooledConnection[] = [];
  private readonly waiting: Waiting[] = [];
  private connecting = 0;
  private sweeper: NodeJS.Timeout | undefined;
  private readonly sweepMs: number;
  private closed: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(private readonly settings: ConnectionPoolSettings) {
    const shortest = Math.min(settings.waitMs, settings.answerMs, IDLE_MS) / SWEEPS_PER_DEADLINE;
    this.sweepMs = Math.max(SHORTEST_SWEEP_MS, Math.min(LONGEST_SWEEP_MS, shortest));
  }

  run(work: Work): void {
    if (this.closed === undefined) this.take(work);
    else work.reject(new PoolClosed());
  }

  /** Refuses further statements, and lets those finish that were there before. */
  close(): Promise<void> {
    if (this.closed === undefined) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.closed = { promise, resolve };
      for (const connection of this.idle.splice(0)) this.drop(connection);
      this.settle();
    }
    return this.closed.promise;
  }

  private take(work: Work): void {
    const connection = this.idle.pop();
    if (connection !== undefined) this.begin(connection, work);
    else if (this.connections.size + this.connecting < this.settings.size) this.connect(work);
    else this.waiting.push({ work, deadline: performance.now() + this.settings.waitMs });
    this.sweeper ??= setInterval(() => this.sweep(performance.now()), this.sweepMs).unref();
  }

  private begin(connection: PooledConnection, work: Work): void {
    connection.deadline = performance.now() + this.settings.answerMs;
    connection.run(work);
  }

  private connect(work: Work): void {
    const client = new Client(this.settings.client);
    const connection = new PooledConnection(client, (_, { lost }) => this.ended(connection, lost));
    this.connecting++;
    client.on("error", () => this.lose(connection));
    client.connect((error?: Error) => {
      this.connecting--;
      if (error) {
        work.reject(error);
        this.next();
      } else {
        this.connections.add(connection);
        this.begin(connection, work);
      }
    });
  }

  private ended(connection: PooledConnection, lost: boolean): void {
    if (lost) this.lose(connection);
    else if (this.connections.has(connection)) this.free(connection);
  }

  private free(connection: PooledConnection): void {
    const next = this.nextWork();
    if (next !== undefined) {
      this.begin(connection, next);
    } else if (this.closed !== undefined) {
      this.drop(connection);
    } else {
      connection.deadline = performance.now() + IDLE_MS;
      this.idle.push(connection);
    }
  }

  private nextWork(): Work | undefined {
    const next = this.waiting.shift();
    return next && sharedWork(takeSharing(next.work, this.waiting), (work) => this.take(work));
  }

  private lose(connection: PooledConnection): void {
    if (!this.connections.has(connection)) return;
    this.settings.onLoss();
    this.drop(connection);
  }

  private drop(connection: PooledConnection): void {
    this.connections.delete(connection);
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    // A client that is ended amid a statement cuts its connection.
    void connection.client.end().catch(() => undefined);
    this.next();
  }

  /** There is room for another connection. */
  private next(): void {
    const next = this.waiting.shift();
    if (next !== undefined) this.connect(next.work);
    this.settle();
  }

  private sweep(now: number): void {
    const { waitMs, answerMs } = this.settings;
    while (this.waiting[0] !== undefined && this.waiting[0].deadline <= now) {
      this.waiting.shift()!.work.reject(new PoolExhausted(`no connection was free for ${waitMs} ms`));
    }
    for (const connection of this.connections) {
      if (connection.deadline > now) continue;
      if (connection.isBusy) connection.fail(new DeadlineExceeded(`the server did not answer within ${answerMs} ms`));
      else this.drop(connection);
    }
    this.settle();
  }

  private settle(): void {
    if (this.connections.size + this.connecting + this.waiting.length > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
    this.closed?.resolve();
  }
}
