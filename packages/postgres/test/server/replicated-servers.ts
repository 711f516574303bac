import { PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

import { FreshDatabase } from "./fresh-database";

/** A primary and a standby that follows it, for tests in which one takes the place of the other. */
export class ReplicatedServers {
  private constructor(
    readonly primary: PrivateServer,
    readonly standby: PrivateServer,
    private readonly databaseName: string,
  ) {}

  /** Starts both, with an empty database. */
  static async start(): Promise<ReplicatedServers> {
    const primary = await PrivateServer.start();
    try {
      const database = await FreshDatabase.empty(primary.url);
      const standby = await primary.standby();
      return new ReplicatedServers(primary, standby, new URL(database.url).pathname.slice(1));
    } catch (error) {
      await primary.stop();
      throw error;
    }
  }

  get hosts(): readonly string[] {
    return [this.primary.host, this.standby.host];
  }

  /** To give beside hosts. */
  get url(): string {
    return this.urlOf(this.primary).replace(this.primary.host, "");
  }

  urlOf(server: PrivateServer): string {
    const url = new URL(server.url);
    url.pathname = `/${this.databaseName}`;
    return url.toString();
  }

  /** Runs a statement as the administrator. */
  async query(server: PrivateServer, text: string, values: readonly unknown[] = []): Promise<any[]> {
    const client = new Client({ connectionString: this.urlOf(server) });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Waits until the standby has all that the primary has. */
  async caughtUp(): Promise<void> {
    const [{ lsn }] = await this.query(this.primary, "SELECT pg_current_wal_lsn()::text AS lsn");
    for (;;) {
      const [{ is }] = await this.query(this.standby, "SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is", [lsn]);
      if (is) return;
    }
  }

  /** Makes a primary of the standby, whatever the former primary does. */
  async promote(): Promise<void> {
    await this.query(this.standby, "SELECT pg_promote()");
  }

  async stop(): Promise<void> {
    await this.standby.stop();
    await this.primary.stop();
  }
}
