import { ConfigurationError } from "@tidemark/core";

import { completeUrl, type Host, hostsFault, hostsOf, hostText } from "./hosts";

/** What `new PostgresEventStore(options)` takes; domain.toml has the same under `[event_store]`. */
export interface PostgresEventStoreOptions {
  /** `postgres://user:password@host:port/database`, with pg's parameters such as `?sslmode=verify-full`. */
  readonly url: string;
  /**
   * The servers of one cluster, as `"db1:5432"`: of these the one is used that takes writes, whichever that is at the time. The url then
   * gives the user, the database and the parameters, and needs no host: `postgres://user:password@/database`.
   */
  readonly hosts?: readonly string[];
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

export type PostgresSettings = Required<Omit<PostgresEventStoreOptions, "hosts">> & {
  /** Empty where the url alone says where the server is. */
  readonly hosts: readonly Host[];
};

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
  const { hosts, ...others } = options;
  const settings = { ...DEFAULTS, ...others };
  const fault =
    urlFault(settings.url, hosts) ??
    (hosts && hostsFault(hosts, settings.url)) ??
    schemaFault(settings.schema) ??
    patienceFault(settings.failoverPatienceMs);
  if (fault !== undefined) throw new ConfigurationError(fault, "PostgreSQL event store");
  return { ...settings, hosts: hosts === undefined ? [] : hostsOf(hosts) };
}

/** Describes what is wrong with a connection string; undefined where nothing is. Beside hosts it need not have one of its own. */
export function urlFault(url: string, hosts: readonly string[] | undefined): string | undefined {
  const complete = hosts === undefined ? url : completeUrl(url);
  const parsed = URL.canParse(complete) ? new URL(complete) : undefined;
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

/** A call that is repeated until no time at all would be repeated for ever. */
function patienceFault(patienceMs: number): string | undefined {
  return patienceMs >= 0 ? undefined : `its failoverPatienceMs must be a number of at least 0, not ${patienceMs}`;
}

function wellEncoded({ username, password, pathname }: URL): boolean {
  try {
    [username, password, pathname].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}

/** Names the servers, the database and the schema, and no secret. */
export function describeStore({ url, hosts, schema }: PostgresSettings): string {
  const { hostname, port, pathname, searchParams } = new URL(hosts.length > 0 ? completeUrl(url) : url);
  const host = hostname || searchParams.get("host") || "localhost";
  const servers = hosts.length > 0 ? hosts.map(hostText).join(", ") : `${host}:${port || 5432}`;
  const database = decodeURIComponent(pathname.slice(1)) || "postgres";
  return `PostgreSQL database "${database}" at ${servers}, schema "${schema}"`;
}
