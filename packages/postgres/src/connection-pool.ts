import { clearInterval, now, setInterval } from "@tidemark/core/adapter";
import { Client, type ClientConfig } from "pg";

import { PooledConnection, type WorkEnd } from "./pooled-connection";
import { sharedWork, takeSharing } from "./sharing";
import { DeadlineExceeded, PoolClosed, PoolExhausted } from "./unavailable";
import type { Work } from "./work";

interface ConnectionPoolSettings {
  readonly client: ClientConfig;
  readonly size: number;
  /** How long a request waits for a connection while all are busy. */
  readonly waitMs: number;
  /** How long the server may take for one piece of work, and a holder until the next. */
  readonly answerMs: number;
  /** Called when a connection was lost, whether it was in use or not. */
  readonly onLoss: () => void;
}

/** Asks for a connection to keep for several pieces of work, until `release`. */
interface HoldRequest {
  readonly hold: (connection: PooledConnection) => void;
  readonly reject: (error: unknown) => void;
  readonly sharing?: undefined;
}

/** A connection that nobody has used for so long is closed. */
const IDLE_MS = 10_000;
const [SHORTEST_SWEEP_MS, LONGEST_SWEEP_MS] = [10, 1_000];
/** A deadline may be overrun by one part of so many. */
const SWEEPS_PER_DEADLINE = 10;

interface Waiting {
  readonly request: Work | HoldRequest;
  readonly deadline: number;
}

/**
 * Connections that pieces of work take turns on. One timer sweeps over all deadlines while there is any: one timer for each
 * piece of work would cost more than sending it.
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

  run(request: Work | HoldRequest): void {
    if (this.closed === undefined) this.take(request);
    else request.reject(new PoolClosed());
  }

  /** Does a further piece of work on a connection that is held. */
  runHeld(connection: PooledConnection, work: Work): void {
    if (connection.loss === undefined) this.start(connection, work);
    else work.reject(connection.loss);
  }

  /** Ends a hold. */
  release(connection: PooledConnection): void {
    connection.isHeld = false;
    if (this.connections.has(connection)) this.free(connection);
  }

  /** Cuts a connection whose state is not known. */
  discard(connection: PooledConnection): void {
    this.lose(connection, new Error("the connection was given up"));
  }

  /** Refuses further requests and waits for those that were made before, holders included. */
  close(): Promise<void> {
    if (this.closed === undefined) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.closed = { promise, resolve };
      for (const connection of this.idle.splice(0)) this.drop(connection);
      this.stopWhenEmpty();
    }
    return this.closed.promise;
  }

  private take(request: Work | HoldRequest): void {
    const connection = this.idle.pop();
    if (connection !== undefined) this.start(connection, request);
    else if (this.connections.size + this.connecting < this.settings.size) this.connect(request);
    else this.waiting.push({ request, deadline: now() + this.settings.waitMs });
    this.sweeper ??= setInterval(() => this.sweep(now()), this.sweepMs).unref();
  }

  private start(connection: PooledConnection, request: Work | HoldRequest): void {
    connection.deadline = now() + this.settings.answerMs;
    if ("calls" in request) {
      connection.run(request);
    } else {
      connection.isHeld = true;
      request.hold(connection);
    }
  }

  private connect(request: Work | HoldRequest): void {
    const client = new Client(this.settings.client);
    const connection = new PooledConnection(client, (end) => this.ended(connection, end));
    this.connecting++;
    client.on("error", (error) => this.lose(connection, error));
    client.connect((error?: Error) => {
      this.connecting--;
      if (error) {
        request.reject(error);
        this.useRoom();
      } else {
        this.connections.add(connection);
        this.start(connection, request);
      }
    });
  }

  private ended(connection: PooledConnection, { isLost, error }: WorkEnd): void {
    if (isLost) this.lose(connection, error);
    else if (connection.isHeld) connection.deadline = now() + this.settings.answerMs;
    else if (this.connections.has(connection)) this.free(connection);
  }

  private free(connection: PooledConnection): void {
    const next = this.nextRequest();
    if (next !== undefined) {
      this.start(connection, next);
    } else if (this.closed !== undefined) {
      this.drop(connection);
    } else {
      connection.deadline = now() + IDLE_MS;
      this.idle.push(connection);
    }
  }

  private nextRequest(): Work | HoldRequest | undefined {
    const request = this.waiting.shift()?.request;
    if (request === undefined || "hold" in request) return request;
    return sharedWork(takeSharing(request, this.waiting), (work) => this.take(work));
  }

  private lose(connection: PooledConnection, error: unknown): void {
    connection.loss ??= error;
    if (!this.connections.has(connection)) return;
    this.settings.onLoss();
    this.drop(connection);
  }

  private drop(connection: PooledConnection): void {
    this.connections.delete(connection);
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    // A client that is ended during a piece of work cuts its connection.
    void connection.client.end().catch(() => undefined);
    this.useRoom();
  }

  /** Makes a connection for whoever waits, where one was closed. */
  private useRoom(): void {
    const next = this.waiting.shift();
    if (next !== undefined) this.connect(next.request);
    this.stopWhenEmpty();
  }

  private sweep(now: number): void {
    const { waitMs, answerMs } = this.settings;
    while (this.waiting[0] !== undefined && this.waiting[0].deadline <= now) {
      this.waiting.shift()!.request.reject(new PoolExhausted(`no connection was free for ${waitMs} ms`));
    }
    for (const connection of this.connections) {
      if (connection.deadline > now) continue;
      if (connection.isBusy) connection.fail(new DeadlineExceeded(`the server did not answer within ${answerMs} ms`));
      else if (connection.isHeld)
        this.lose(connection, new DeadlineExceeded(`its holder did not use the connection for ${answerMs} ms`));
      else this.drop(connection);
    }
    this.stopWhenEmpty();
  }

  private stopWhenEmpty(): void {
    if (this.connections.size + this.connecting + this.waiting.length > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
    this.closed?.resolve();
  }
}
