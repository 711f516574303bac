import { clearInterval, now, setInterval } from "@tidemark/core/adapter";
import type { Client } from "pg";

import type { Host } from "./hosts";
import { PooledConnection, type WorkEnd } from "./pooled-connection";
import { sharedWork, takeSharing } from "./sharing";
import { CommitUnconfirmed, DeadlineExceeded, PoolClosed, PoolExhausted } from "./unavailable";
import type { Work } from "./work";

/** A connection that was made. */
export interface Connected {
  readonly client: Client;
  /** Where it leads; undefined where the url alone says so. */
  readonly host: Host | undefined;
}

interface ConnectionPoolSettings {
  readonly connect: () => Promise<Connected>;
  readonly size: number;
  /** How long a request waits for a connection while all are busy. */
  readonly waitMs: number;
  /** How long the server may take for one piece of work, and a holder until the next. */
  readonly answerMs: number;
  /** Called when a connection was lost because of the server or the way to it, whether it was in use or not. */
  readonly onLoss: (host: Host | undefined) => void;
  /** Called when the last connection was closed: the next one may lead to another server. */
  readonly onEmpty: () => void;
  /** Called again and again while there is any connection; `isSlow` while work, or a new connection, waits for the server. */
  readonly onSweep: (isSlow: boolean) => void;
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
/** Work that waits for an answer as long as this is slow. */
const SLOW_MS = 1_000;
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
  /** When each connection that is being made was asked for. */
  private readonly connecting = new Set<{ readonly since: number }>();
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
    this.giveUp(connection, new Error("the connection was given up"));
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
    else if (this.connections.size + this.connecting.size < this.settings.size) this.connect(request);
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
    const attempt = { since: now() };
    this.connecting.add(attempt);
    this.settings.connect().then(
      (connected) => {
        this.connecting.delete(attempt);
        this.start(this.added(connected), request);
      },
      (error) => {
        this.connecting.delete(attempt);
        request.reject(error);
        this.useRoom();
      },
    );
  }

  private added({ client, host }: Connected): PooledConnection {
    const connection = new PooledConnection(client, host, (end) => this.ended(connection, end));
    client.on("error", (error) => this.lose(connection, error));
    client.on("notice", (notice) => connection.handleNotice(notice));
    this.connections.add(connection);
    return connection;
  }

  private ended(connection: PooledConnection, { isLost, error }: WorkEnd): void {
    if (isLost && error instanceof CommitUnconfirmed) this.giveUp(connection, error);
    else if (isLost) this.lose(connection, error);
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

  /** Those that nobody uses are closed with a connection that was lost: they may lead to a server that is gone, or that is no primary any more. */
  private lose(connection: PooledConnection, error: unknown): void {
    connection.loss ??= error;
    if (!this.connections.has(connection)) return;
    this.settings.onLoss(connection.host);
    this.giveUp(connection, error);
    for (const other of this.idle.filter(({ host }) => host === connection.host)) this.drop(other);
  }

  /** Closes a connection for a reason that says nothing of the server. */
  private giveUp(connection: PooledConnection, error: unknown): void {
    connection.loss ??= error;
    if (this.connections.has(connection)) this.drop(connection);
  }

  private drop(connection: PooledConnection): void {
    this.connections.delete(connection);
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    // A client that is ended during a piece of work cuts its connection.
    void connection.client.end().catch(() => undefined);
    if (this.connections.size === 0) this.settings.onEmpty();
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
        this.giveUp(connection, new DeadlineExceeded(`its holder did not use the connection for ${answerMs} ms`));
      else this.drop(connection);
    }
    this.settings.onSweep(this.isSlow(now));
    this.stopWhenEmpty();
  }

  private isSlow(now: number): boolean {
    const started = now - SLOW_MS;
    const isSlow = ({ isBusy, deadline }: PooledConnection) => isBusy && deadline - this.settings.answerMs <= started;
    return [...this.connections].some(isSlow) || [...this.connecting].some(({ since }) => since <= started);
  }

  private stopWhenEmpty(): void {
    if (this.connections.size + this.connecting.size + this.waiting.length > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
    this.closed?.resolve();
  }
}
