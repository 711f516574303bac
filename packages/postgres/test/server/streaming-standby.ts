import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pause } from "@tidemark/core/adapter";
import type { PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

/** A server that follows a private one, from a copy of its files. */
export class StreamingStandby {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /**
   * Starts it once the primary was killed and its files were copied; both run then.
   * @param settings by name, as the primary has them.
   */
  static async of(
    primary: PrivateServer,
    name: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<StreamingStandby> {
    const { data, binaries } = await placesOf(primary);
    const folder = mkdtempSync(join(tmpdir(), "tidemark-standby-"));
    const { uid, gid } = statSync(data);
    chownSync(folder, uid, gid);
    const copy = join(folder, "data");
    await primary.kill();
    execFileSync("cp", ["-a", data, copy]);
    await primary.run();
    rmSync(join(copy, "postmaster.pid"), { force: true });
    writeFileSync(join(copy, "standby.signal"), "");
    const source = new URL(primary.url);
    source.searchParams.set("application_name", name);
    appendFileSync(join(copy, "postgresql.auto.conf"), `primary_conninfo = '${source}'\n`);
    const port = await freePort();
    const flags = Object.entries({
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: "200",
      ...settings,
      port: String(port),
    }).flatMap(([setting, value]) => ["-c", `${setting}=${value}`]);
    const log = openSync(join(folder, "server.log"), "a");
    const user = process.getuid?.() === 0 ? { uid, gid } : {};
    const child = spawn(join(binaries, "postgres"), ["-D", copy, ...flags], {
      ...user,
      cwd: folder,
      stdio: ["ignore", log, log],
    });
    const url = new URL(primary.url);
    url.port = String(port);
    const standby = new StreamingStandby(child, folder, url.toString());
    await untilStreaming(primary.url, name);
    return standby;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill("SIGINT");
      await once(this.process, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function placesOf(server: PrivateServer): Promise<{ readonly data: string; readonly binaries: string }> {
  const [row] = await query(
    server.url,
    "SELECT current_setting('data_directory') AS data, (SELECT setting FROM pg_config WHERE name = 'BINDIR') AS binaries",
  );
  return row;
}

async function untilStreaming(url: string, name: string): Promise<void> {
  for (let look = 0; look < 600; look++) {
    const text = `SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`;
    if ((await query(url, text)).length > 0) return;
    await pause(50);
  }
  throw new Error(`the standby ${name} does not stream`);
}

async function query(url: string, text: string): Promise<any[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
