import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Operation } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";
import { ReplicatedServers } from "./server/replicated-servers";

const A = { stream: "a-1", category: "a" };
const UNCONFIRMED = {
  code: "STORE_UNAVAILABLE",
  mayHaveHappened: true,
  isLasting: false,
  message: expect.stringMatching(/the server gave up waiting for its standby to have the commit/),
};

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** A server whose commits wait for a standby, or wait no more. */
class Waits {
  private constructor(private readonly client: Client) {}

  static async on(url: string): Promise<Waits> {
    const options = encodeURIComponent("-c synchronous_commit=local");
    return new Waits(await connected(`${url}?options=${options}`));
  }

  async begin(standby: string): Promise<void> {
    await this.setStandbys(standby);
    // A process of the server's own takes note of it a moment later.
    for (const probe = await connected(this.url); ; ) {
      let isDone = false;
      const write = probe.query("SELECT pg_logical_emit_message(true, 'probe', '')").finally(() => {
        isDone = true;
      });
      write.catch(() => undefined);
      while (!isDone && (await this.waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
      if (isDone) continue;
      await this.end("pg_terminate_backend");
      return;
    }
  }

  /** Those that wait go on then, as if the standby had answered. */
  async over(): Promise<void> {
    await this.setStandbys("");
    while ((await this.waiting()).length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits for one that waits for a standby, and ends its wait. */
  async end(by: "pg_cancel_backend" | "pg_terminate_backend"): Promise<void> {
    const pid = await this.oneWaiting();
    await this.client.query(`SELECT ${by}($1)`, [pid]);
    while ((await this.waiting()).includes(pid)) await new Promise((resolve) => setImmediate(resolve));
  }

  async oneWaiting(): Promise<number> {
    for (;;) {
      const [pid] = await this.waiting();
      if (pid !== undefined) return pid;
    }
  }

  async waiting(): Promise<number[]> {
    const { rows } = await this.client.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return rows.map(({ pid }) => pid);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async setStandbys(names: string): Promise<void> {
    await this.client.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await this.client.query("SELECT pg_reload_conf()");
  }

  private get url(): string {
    const { user, password, host, port, database } = this.client;
    return `postgres://${user}:${password}@${host}:${port}/${database}`;
  }
}

describe("without the standby that commits wait for", () => {
  let server: PrivateServer;
  let database: FreshDatabase;
  let store: PostgresEventStore;
  let waits: Waits;

  beforeAll(async () => {
    server = await PrivateServer.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    database = await FreshDatabase.empty(server.url);
    store = new PostgresEventStore({ url: database.url });
    await store.open();
    waits = await Waits.on(database.url);
    await waits.begin("absent");
  });
  afterEach(async () => {
    await waits.over();
    await waits.close();
    await store.close();
    await database.drop();
  });

  it.each(["pg_cancel_backend", "pg_terminate_backend"] as const)(
    "does not acknowledge an append whose wait %s ended, and acknowledges its repetition once that is confirmed",
    async (ending) => {
      const append = [request("a-1", events(2), -1)];
      for (let time = 1; time <= 3; time++) {
        const appended = store.log.append(append).catch((error) => error);
        await waits.end(ending);
        expect(await appended).toMatchObject({
          ...UNCONFIRMED,
          message: expect.stringMatching(/whether it was stored is not known; repeat it with the same ids$/),
        });
        // It is stored here, and seen.
        expect(await store.log.version(A)).toBe(1);
      }
      let isAnswered = false;
      const repeated = store.log.append(append).finally(() => {
        isAnswered = true;
      });
      await waits.oneWaiting();
      expect(isAnswered).toBe(false);
      await waits.over();
      expect(await repeated).toEqual([{ stream: "a-1", version: 1, globalPosition: 2 }]);
      expect(await store.log.version(A)).toBe(1);
    },
  );

  it("does not acknowledge a change of several things, and no shared append", async () => {
    const timer: Operation = { kind: "setTimer", timer: { owner: "o", name: "t", data: "{}" }, due: { at: 1 } };
    const flushed = store.operations.flush([timer]).catch((error) => error);
    await waits.end("pg_cancel_backend");
    expect(await flushed).toMatchObject(UNCONFIRMED);
    const lonely = new PostgresEventStore({ url: database.url, poolSize: 1 });
    // While this one has the only connection the others gather, and share a statement.
    const read = lonely.log.version(A);
    const appends = [1, 2, 3].map((n) => lonely.log.append([request(`b-${n}`, events(1), -1)]).catch((error) => error));
    await read;
    await waits.end("pg_cancel_backend");
    for (const append of appends) expect(await append).toMatchObject(UNCONFIRMED);
    await lonely.close();
  });

  it("does not acknowledge a migration, and finds it done afterwards", async () => {
    const other = new PostgresEventStore({ url: database.url, schema: "other" });
    const migrated = other.migrate().catch((error) => error);
    await waits.end("pg_cancel_backend");
    expect(await migrated).toMatchObject(UNCONFIRMED);
    expect(await other.plannedMigration()).toEqual({ from: 4, to: 4 });
    await other.close();
  });

  it("is told even where the url turns warnings off", async () => {
    const options = encodeURIComponent("-c client_min_messages=error");
    const deaf = new PostgresEventStore({ url: `${database.url}?options=${options}` });
    const appended = deaf.log.append([request("a-1", events(1), -1)]).catch((error) => error);
    await waits.end("pg_cancel_backend");
    expect(await appended).toMatchObject(UNCONFIRMED);
    await deaf.close();
  });

  it("gives up after its deadline, while the server goes on waiting and shows nothing of it", async () => {
    const hasty = new PostgresEventStore({ url: database.url, statementTimeoutMs: 2_000 });
    const append = [request("a-1", events(1), -1)];
    await expect(hasty.log.append(append)).rejects.toMatchObject({
      mayHaveHappened: true,
      message: expect.stringMatching(/the server did not answer within 2250 ms; whether it was stored is not known/),
    });
    expect(await waits.waiting()).toHaveLength(1);
    expect(await hasty.log.version(A)).toBe(-1);
    // The repetition waits for the first one, and is ended there: that is an answer.
    await expect(hasty.log.append(append)).rejects.toMatchObject({
      mayHaveHappened: false,
      message: expect.stringMatching(/the statement took longer than statement_timeout_ms$/),
    });
    await waits.over();
    expect(await hasty.log.append(append)).toEqual([{ stream: "a-1", version: 0, globalPosition: 1 }]);
    expect(await hasty.log.version(A)).toBe(0);
    await hasty.close();
  });

  it("lets a role with the least privileges repeat an append", async () => {
    await waits.over();
    await database.query("CREATE ROLE tidemark_app LOGIN PASSWORD 'x'");
    try {
      await database.query(readFileSync(join(__dirname, "..", "sql", "least-privilege.sql"), "utf8"));
      const url = new URL(database.url);
      [url.username, url.password] = ["tidemark_app", "x"];
      const app = new PostgresEventStore({ url: url.toString(), autoMigrate: false });
      const append = [request("a-1", events(1), -1)];
      const first = await app.log.append(append);
      expect(await app.log.append(append)).toEqual(first);
      await app.close();
    } finally {
      await database.query("DROP OWNED BY tidemark_app CASCADE; DROP ROLE tidemark_app");
    }
  });
});

it("has acknowledged events on the standby that takes the primary's place", async () => {
  const servers = await ReplicatedServers.start();
  const store = new PostgresEventStore({ url: servers.url, hosts: servers.hosts });
  const waits = await Waits.on(servers.urlOf(servers.primary));
  try {
    await store.open();
    servers.standby.freeze();
    await waits.begin("*");
    const append = [request("a-1", events(1), -1)];
    const first = store.log.append(append).catch((error) => error);
    await waits.end("pg_cancel_backend");
    expect(await first).toMatchObject(UNCONFIRMED);
    const repeated = store.log.append(append);
    await waits.oneWaiting();
    servers.standby.thaw();
    expect(await repeated).toMatchObject([{ stream: "a-1", version: 0 }]);
    await servers.primary.kill();
    await servers.promote();
    const after = new PostgresEventStore({ url: servers.urlOf(servers.standby) });
    expect(await after.log.version(A)).toBe(0);
    await after.close();
  } finally {
    await waits.close();
    await store.close();
    await servers.stop();
  }
});
