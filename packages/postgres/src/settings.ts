import { ConfigurationError } from "@tidemark/core";

/** What `new PostgresEventStore(options)` takes; domain.toml has the same under `[event_store]`. */
export interface PostgresEventStoreOptions {
  /** `postgres://user:password@host:port/database`, with pg's parameters such as `?sslmode=verify-full`. */
  readonly url: string;
  /** The schema that holds the tables. */
  readonly schema?: string;
  /** How many connections are open at most. */
  readonly poolSize?: number;
  /** How long making a connection may take. */
  readonly connectTimeoutMs?: number;
  /** How long a call waits for a connection while all are busy. */
  readonly poolTimeoutMs?: number;
  /** How long one statement may take, on the server and on the way to it. */
  readonly statementTimeoutMs?: number;
  /** For how long calls are repeated while no server takes writes: longer than the cluster takes to choose another one. 0 for not at all. */
  readonly failoverPatienceMs?: number;
  /** Whether `open()` creates or upgrades the schema. If not, `migrate()` has to be called first. */
  readonly autoMigrate?: boolean;
}

export type PostgresSettings = Required<PostgresEventStoreOptions>;

export const DEFAULTS = {
  schema: "tidemark",
  poolSize: 10,
  connectTimeoutMs: 5_000,
  poolTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  failoverPatienceMs: 30_000,
  autoMigrate: true,
} as const;

export const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** @throws ConfigurationError that never repeats the url, since that may hold a password. */
export function checkedSettings(options: PostgresEventStoreOptions): PostgresSettings {
  const settings = { ...DEFAULTS, ...options };
  const fault = urlFault(settings.url) ?? schemaFault(settings.schema);
  if (fault !== undefined) throw new ConfigurationError(fault, "PostgreSQL event store");
  return settings;
}

/** Describes what is wrong with a connection string; undefined where nothing is. */
export function urlFault(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    return 'its url must look like "postgres://user:password@host:5432/database"';
  }
  return wellEncoded(parsed) ? undefined : "its url has a % that does not start a percent-encoded character";
}

function schemaFault(schema: string): string | undefined {
  return SCHEMA_NAME.test(schema)
    ? undefined
    : `its schema must match ${SCHEMA_NAME.source}, not ${JSON.stringify(schema)}`;
}

function wellEncoded({ username, password, pathname }: URL): boolean {
  try {
    [username, password, pathname].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}

/** Names the server, the database and the schema, and no secret. */
export function describeStore({ url, schema }: PostgresSettings): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname || searchParams.get("host") || "localhost";
  const database = decodeURIComponent(pathname.slice(1)) || "postgres";
  return `PostgreSQL database "${database}" at ${host}:${port || 5432}, schema "${schema}"`;
}
