import { ConfigurationError } from "@tidemark/core";
import type { SchemaChange } from "@tidemark/core/adapter";
import type { Client } from "pg";

import type { Connections } from "./connections";
import { MIGRATIONS } from "./migrations";
import type { PostgresSettings } from "./settings";
import { AnswerLost, CommitUnconfirmed, isAnswer, isUnconfirmedCommit } from "./unavailable";

/** Finds the version of the schema, refuses one that this code cannot work with, creates and upgrades it. */
export class SchemaVersion {
  private readonly schema: string;

  constructor(
    private readonly connections: Connections,
    private readonly settings: PostgresSettings,
    private readonly description: string,
  ) {
    this.schema = `"${settings.schema}"`;
  }

  /**
   * @throws ConfigurationError for a schema that is newer than this code, or that is older and may not be migrated here, and
   *   for a database in which not every text can be stored.
   */
  async ensure(): Promise<void> {
    await this.checkEncoding();
    const version = await this.installed();
    if (version === MIGRATIONS.length) return;
    if (version < MIGRATIONS.length && this.settings.autoMigrate) await this.migrate();
    else this.refuse(version);
  }

  /** Finds out what `migrate` would do. @throws ConfigurationError for a schema that is newer than this code. */
  async planned(): Promise<Pick<SchemaChange, "from" | "to">> {
    await this.checkEncoding();
    const from = await this.installed();
    if (from > MIGRATIONS.length) this.refuse(from);
    return { from, to: MIGRATIONS.length };
  }

  /** Brings the schema to this code's version. Of several processes that start together, one does so and the others wait. */
  async migrate(): Promise<SchemaChange> {
    const attempted = "Cannot migrate";
    const client = await this.connections.dedicated(attempted, { isTimed: false });
    let isUnconfirmed = false;
    client.on("notice", (notice) => {
      isUnconfirmed ||= isUnconfirmedCommit(notice);
    });
    try {
      await client.query("BEGIN");
      const change = await this.migrateWith(client);
      await client.query("COMMIT");
      if (isUnconfirmed) throw new CommitUnconfirmed();
      return change;
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      throw this.connections.unavailable(attempted, isAnswer(error) ? error : new AnswerLost(error));
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  private async migrateWith(client: Client): Promise<SchemaChange> {
    const { schema, settings } = this;
    // An index on a large table takes its time, but the wait for another process has to end.
    await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${settings.statementTimeoutMs}`);
    await client.query("SELECT pg_advisory_xact_lock(hashtext('tidemark'), hashtext($1))", [settings.schema]);
    const before = new Set(await this.tables(client));
    // CREATE … IF NOT EXISTS needs the privilege to create even where there is nothing to do.
    const existing = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [settings.schema]);
    if (existing.rowCount === 0) await client.query(`CREATE SCHEMA ${schema}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ version: number }>(
      `SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations`,
    );
    const version = rows[0]!.version;
    if (version > MIGRATIONS.length) this.refuse(version);
    for (let next = version; next < MIGRATIONS.length; next++) {
      await client.query(MIGRATIONS[next]!(schema));
      await client.query(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [next + 1]);
    }
    const tables = (await this.tables(client)).filter((name) => !before.has(name));
    return { from: version, to: MIGRATIONS.length, tables };
  }

  private async tables(client: Client): Promise<string[]> {
    const statement = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY tablename";
    const { rows } = await client.query<{ tablename: string }>(statement, [this.settings.schema]);
    return rows.map(({ tablename }) => tablename);
  }

  private async installed(): Promise<number> {
    const table = { name: "find_migrations", text: "SELECT to_regclass($1)::text" };
    const [found] = await this.connections.run("Cannot open", table, [`${this.schema}.migrations`]);
    if (found?.[0] === null) return 0;
    const newest = {
      name: "newest_migration",
      text: `SELECT coalesce(max(version), 0) FROM ${this.schema}.migrations`,
    };
    const [row] = await this.connections.run("Cannot open", newest, []);
    return Number(row![0]);
  }

  private async checkEncoding(): Promise<void> {
    const statement = { name: "encoding", text: "SELECT current_setting('server_encoding')" };
    const [row] = await this.connections.run("Cannot open", statement, []);
    if (row![0] === "UTF8") return;
    const fault = `its encoding is ${row![0]}, which cannot hold every text; create it WITH ENCODING 'UTF8' TEMPLATE template0`;
    throw new ConfigurationError(fault, this.description);
  }

  private refuse(version: number): never {
    const fault =
      version > MIGRATIONS.length
        ? `its version is ${version}, newer than the ${MIGRATIONS.length} that this @tidemark/postgres knows; upgrade the package`
        : `its version is ${version}, version ${MIGRATIONS.length} is needed; run \`domain eventstore migrate\`, or set auto_migrate = true`;
    throw new ConfigurationError(
      version === 0 ? fault.replace("its version is 0", "it is not set up") : fault,
      this.description,
    );
  }
}
