import { join } from "node:path";

/** What the settings of one Patroni are made from. */
export interface PatroniPlace {
  readonly name: string;
  /** The machine's folder. */
  readonly folder: string;
  /** The folder of PostgreSQL's programs. */
  readonly binaries: string;
  readonly restPort: number;
  readonly postgresPort: number;
  /** "127.0.0.1:12379" of every etcd. */
  readonly etcdHosts: readonly string[];
  readonly ttlSeconds: number;
  readonly password: string;
  /** Of PostgreSQL, besides those that follow. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The user of applications, a superuser; and the database that is made for them. */
export const CLUSTER_USER = "tidemark";
export const CLUSTER_DATABASE = "bank";

const LOOP_WAIT_SECONDS = 1;
/** Patroni asks that `ttl` is at least `loop_wait` and twice `retry_timeout`. */
const RETRY_TIMEOUT_SECONDS = 2;
export const SHORTEST_TTL_SECONDS = LOOP_WAIT_SECONDS + 2 * RETRY_TIMEOUT_SECONDS;

/** Returns the text of Patroni's configuration: JSON, which YAML includes. */
export function patroniSettings(place: PatroniPlace): string {
  const { name, folder, binaries, restPort, postgresPort, etcdHosts, ttlSeconds, password, parameters } = place;
  const rest = `127.0.0.1:${restPort}`;
  const postgres = `127.0.0.1:${postgresPort}`;
  return JSON.stringify(
    {
      scope: "tidemark",
      name,
      restapi: { listen: rest, connect_address: rest },
      // Version 2 of etcd's interface: with `etcd3`, Patroni 3.0.2 lets a leader that was frozen keep its place when it wakes.
      etcd: { hosts: etcdHosts.join(",") },
      bootstrap: {
        dcs: {
          ttl: ttlSeconds,
          loop_wait: LOOP_WAIT_SECONDS,
          retry_timeout: RETRY_TIMEOUT_SECONDS,
          maximum_lag_on_failover: 1_048_576,
          synchronous_mode: true,
          postgresql: {
            use_pg_rewind: true,
            use_slots: true,
            parameters: { max_connections: 200, max_wal_senders: 10, wal_keep_size: "256MB", hot_standby: "on" },
          },
        },
        initdb: [{ encoding: "UTF8" }, { locale: "C" }, { "auth-host": "md5" }, "data-checksums", "no-sync"],
        post_init: `${join(binaries, "psql")} -X -q -c 'CREATE DATABASE ${CLUSTER_DATABASE}' -d`,
      },
      postgresql: {
        listen: postgres,
        connect_address: postgres,
        data_dir: join(folder, "data"),
        bin_dir: binaries,
        pgpass: join(folder, "pgpass"),
        authentication: {
          superuser: { username: CLUSTER_USER, password },
          replication: { username: "replicator", password },
        },
        basebackup: [{ checkpoint: "fast" }, "no-sync"],
        remove_data_directory_on_rewind_failure: true,
        remove_data_directory_on_diverged_timelines: true,
        pg_hba: ["host replication replicator 127.0.0.1/32 md5", "host all all 127.0.0.1/32 md5"],
        parameters: {
          shared_buffers: "64MB",
          password_encryption: "md5",
          unix_socket_directories: "",
          // In the data directory, so that it goes with the machine's folder.
          dynamic_shared_memory_type: "mmap",
          // A standby that is frozen keeps its connection.
          wal_sender_timeout: "5s",
          wal_receiver_timeout: "5s",
          ...parameters,
        },
      },
      watchdog: { mode: "off" },
      log: { level: "INFO" },
    },
    null,
    2,
  );
}
