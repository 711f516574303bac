/** One server behind HAProxy. */
interface Backend {
  readonly name: string;
  readonly postgresPort: number;
  readonly restPort: number;
}

/**
 * Returns the text of HAProxy's configuration: clients reach the server whose Patroni says that it is the primary. Only
 * Patroni knows; after it has died alone, two servers claim to be.
 */
export function haproxySettings(port: number, backends: readonly Backend[]): string {
  const servers = backends.map(
    ({ name, postgresPort, restPort }) => `  server ${name} 127.0.0.1:${postgresPort} check port ${restPort}`,
  );
  return [
    "global",
    "  maxconn 1000",
    "defaults",
    "  mode tcp",
    "  retries 1",
    "  timeout connect 2s",
    "  timeout check 1s",
    "  timeout client 30m",
    "  timeout server 30m",
    "listen primary",
    `  bind 127.0.0.1:${port}`,
    // Patroni answers OPTIONS with a status alone; HAProxy would close the connection before the rest of an answer to GET.
    "  option httpchk OPTIONS /primary",
    "  http-check expect status 200",
    "  default-server inter 500 fall 2 rise 1 on-marked-down shutdown-sessions",
    ...servers,
    "",
  ].join("\n");
}
