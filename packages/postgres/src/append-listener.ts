import { randomUUID } from "node:crypto";

import { AppendListeners, clearInterval, now, setInterval } from "@tidemark/core/adapter";
import type { Client } from "pg";

import { CHANNEL } from "./append-announcer";
import type { Connections } from "./connections";

/** How often listeners are called without a notification, since one may be lost. */
const LOOK_MS = 1_000;
/** How often a listening process renews its mark, which writers heed for `LISTENER_SECONDS`. */
const HEARTBEAT_MS = 5_000;
export const LISTENER_SECONDS = 30;
const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Calls listeners when events were appended, by this process or another.
 *
 * A process that listens leaves a mark in a table that each append looks into: while nobody listens, writers notify nobody. The
 * connection is not one of the pool, and is made again when it is lost.
 */
export class AppendListener {
  private readonly id = randomUUID();
  private readonly listeners = new AppendListeners();
  /** How many of the listeners are to be told of appends. */
  private ofAppends = 0;
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private markedAt = NEVER;
  private looking = false;

  constructor(
    private readonly connections: Connections,
    private readonly schemaName: string,
  ) {}

  /**
   * @param options.isOfAppends whether writers are to tell of appends; what is announced by hand every listener is told.
   * @throws StoreUnavailableError when the server cannot be reached now; later it is tried again and again.
   */
  async add(listener: () => void, { isOfAppends = true } = {}): Promise<() => Promise<void>> {
    const remove = this.listeners.add(listener);
    if (isOfAppends) this.ofAppends++;
    let isStopped = false;
    const stop = async () => {
      if (isStopped) return;
      isStopped = true;
      remove();
      if (isOfAppends) this.ofAppends--;
      if (this.listeners.size === 0) await this.disconnect();
      else if (isOfAppends && this.ofAppends === 0) await this.unmark();
    };
    try {
      await this.connect();
      if (isOfAppends && this.markedAt === NEVER && this.client !== undefined) await this.mark(this.client);
    } catch (error) {
      await stop();
      throw error;
    }
    this.timer ??= setInterval(() => void this.look(), LOOK_MS);
    return stop;
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.disconnect();
  }

  private async connect(): Promise<void> {
    if (this.client !== undefined) return;
    const client = await this.connections.dedicated("Cannot listen to");
    if (this.client !== undefined) return void client.end().catch(() => undefined);
    this.client = client;
    client.on("notification", ({ payload }) => {
      if (payload === this.schemaName) this.listeners.notify();
    });
    client.on("end", () => {
      if (this.client === client) this.client = undefined;
    });
    await client.query(`LISTEN ${CHANNEL}`);
    if (this.ofAppends > 0) await this.mark(client);
  }

  private async disconnect(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.unmark();
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async look(): Promise<void> {
    this.listeners.notify();
    if (this.looking) return;
    this.looking = true;
    try {
      await this.connect();
      const isDue = this.ofAppends > 0 && now() - this.markedAt >= HEARTBEAT_MS;
      if (this.client && isDue) await this.mark(this.client);
    } catch {
      // The server cannot be reached: the next look tries again.
      void this.client?.end().catch(() => undefined);
      this.client = undefined;
    } finally {
      this.looking = false;
    }
  }

  private async unmark(): Promise<void> {
    if (this.markedAt === NEVER) return;
    this.markedAt = NEVER;
    const unmark = this.client?.query(`DELETE FROM "${this.schemaName}".listeners WHERE id = $1`, [this.id]);
    await unmark?.catch(() => undefined);
  }

  private async mark(client: Client): Promise<void> {
    this.markedAt = now();
    const table = `"${this.schemaName}".listeners`;
    await client.query(
      `DELETE FROM ${table} WHERE seen < now() - interval '${LISTENER_SECONDS} seconds' AND id <> $1`,
      [this.id],
    );
    await client.query(`INSERT INTO ${table} (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`, [
      this.id,
    ]);
  }
}
