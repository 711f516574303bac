import type { Diagnosis } from "@tidemark/core/adapter";

import { MIGRATIONS } from "../migrations";
import type { PostgresSettings } from "../settings";
import type { Facts } from "./facts";
import type { Readable } from "./look";
import { danger, fine, unknown, warning } from "./verdicts";

/** Looks at the version of the server. */
export function serverVersion({ server }: Facts, today: Date): readonly Diagnosis[] {
  const name = "server_version";
  if (server === undefined) return [];
  const major = Math.floor(server.version / 10_000);
  const version = `${major}.${server.version % 10_000}`;
  const upgrade = "Upgrade the server with pg_upgrade, or let a newer one replicate it.";
  if (major < OLDEST)
    return [danger(name, `It is PostgreSQL ${version}; this store needs ${OLDEST} or newer.`, upgrade)];
  const end = LAST_RELEASES[major];
  return [
    end !== undefined && today > new Date(end)
      ? warning(name, `It is PostgreSQL ${version}, whose last release was due on ${end}.`, upgrade)
      : fine(name, `It is PostgreSQL ${version}.`),
  ];
}

const OLDEST = 13;

/** When the last release of a version is due, by https://www.postgresql.org/support/versioning/. */
const LAST_RELEASES: Readonly<Record<number, string>> = {
  13: "2025-11-13",
  14: "2026-11-12",
  15: "2027-11-11",
  16: "2028-11-09",
  17: "2029-11-08",
  18: "2030-11-14",
};

/** Looks whether the database can hold every text. */
export function encoding({ server }: Facts): readonly Diagnosis[] {
  const name = "encoding";
  if (server === undefined) return [];
  return [
    server.encoding === "UTF8"
      ? fine(name, "It is UTF8.")
      : danger(
          name,
          `It is ${server.encoding}, which cannot hold every text, and no store opens on it.`,
          "Make another database: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;",
        ),
  ];
}

/** Compares the version of the tables with the one that this code needs. */
export function schemaVersion({ version }: Facts, readable: Partial<Readable>, schemaName: string): Diagnosis {
  const name = "schema";
  const needed = MIGRATIONS.length;
  if (readable.migrations === undefined)
    return warning(name, `There is no schema ${JSON.stringify(schemaName)} with the tables of a store.`, MIGRATE);
  if (!readable.migrations || version === undefined)
    return unknown(
      name,
      `This role may not read the version of the schema ${JSON.stringify(schemaName)}.`,
      "Give it the privileges of least-privilege.sql of @tidemark/postgres.",
    );
  if (version < needed) return warning(name, `Its version is ${version}; this code needs version ${needed}.`, MIGRATE);
  if (version > needed)
    return warning(
      name,
      `Its version is ${version}, newer than the ${needed} that this code knows, which does not open it.`,
      "Upgrade @tidemark/postgres.",
    );
  return fine(name, `Its version is ${version}, the one of this code.`);
}

const MIGRATE = "domain eventstore migrate";

/** Compares the connections that the server has with those that a process opens. */
export function connections(
  { server, settings, connections }: Facts,
  { poolSize }: Pick<PostgresSettings, "poolSize">,
): readonly Diagnosis[] {
  const name = "max_connections";
  const most = Number(settings?.[name]?.value);
  if (server === undefined || connections === undefined || !Number.isFinite(most)) return [];
  const reserved = ["superuser_reserved_connections", "reserved_connections"].reduce(
    (sum, setting) => sum + Number(settings?.[setting]?.value ?? 0),
    0,
  );
  const { used, roleLimit, databaseLimit } = connections;
  const limits = [
    { limit: most - reserved, of: "the server" },
    { limit: roleLimit, of: `the role ${JSON.stringify(server.role)}` },
    { limit: databaseLimit, of: `the database ${JSON.stringify(server.database)}` },
  ].filter(({ limit }) => limit >= 0);
  const { limit, of } = limits.reduce((least, each) => (each.limit < least.limit ? each : least));
  const needed = poolSize + LISTENING;
  const each = `a process of this store opens up to ${needed} (pool_size, and one to listen)`;
  if (needed > limit)
    return [
      warning(
        name,
        `There are ${limit} for ${of}, and ${each}.`,
        `Lower pool_size to ${Math.max(1, limit - LISTENING)}, or raise the limit.`,
      ),
    ];
  if (used + needed > most - reserved)
    return [
      warning(
        name,
        `Of ${most - reserved} for applications ${used} are in use, and ${each}: one more process may get none.`,
        "Lower pool_size, or raise max_connections and restart the server.",
      ),
    ];
  return [fine(name, `There are ${limit} for ${of}, ${used} are in use, and ${each}.`)];
}

const LISTENING = 1;
