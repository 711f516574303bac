import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { now, pause } from "@tidemark/core/adapter";

import { ClusterNode, type NodePorts } from "./cluster-node";
import { type ClusterPrograms, clusterPrograms } from "./cluster-programs";
import { Daemon } from "./daemon";
import { freePorts } from "./free-ports";
import { haproxySettings } from "./haproxy-settings";
import { Keeper } from "./keeper";
import { killIn } from "./machine-processes";
import { type MemberState, memberStates } from "./member-state";
import { CLUSTER_DATABASE, CLUSTER_USER, SHORTEST_TTL_SECONDS } from "./patroni-settings";

const START_MS = 120_000;
/** How long a leader or a standby is waited for. */
const WAIT_MS = 120_000;
const NAMES = ["node-1", "node-2", "node-3"];
const PORTS_OF_A_NODE = 4;

/** How a cluster is started. */
export interface ClusterSettings {
  /**
   * Patroni's ttl in seconds, at least 5: how long a leader that is lost keeps its key, and by and large how long a failover
   * takes. 6 by default; Patroni's own default is 30.
   */
  readonly ttlSeconds?: number;
  /** Settings of PostgreSQL by name, as in postgresql.conf: `{ fsync: "off" }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Called with a line of what goes on: "node-2 is leader". */
  readonly log?: (line: string) => void;
}

/**
 * Three machines that Patroni makes one PostgreSQL cluster of, with a synchronous standby, and HAProxy in front of them. All
 * run on this computer, on free ports of 127.0.0.1, in a temporary folder. They end with this process, however it ends.
 */
export class PostgresCluster {
  /** A database through HAProxy, on the server that is the primary at the time: `postgres://…/bank`. */
  readonly url: string;
  /** The same database on the first server, whether that is the primary or not; to be given beside `hosts`. */
  readonly directUrl: string;
  readonly nodes: readonly ClusterNode[];

  readonly #keeper: Keeper;
  readonly #haproxy: Daemon;
  readonly #port: number;
  readonly #log: (line: string) => void;
  #leader: ClusterNode | undefined;

  private constructor(
    folder: string,
    programs: ClusterPrograms,
    ports: readonly number[],
    { ttlSeconds = 6, parameters = {}, log = () => undefined }: ClusterSettings,
  ) {
    this.#log = log;
    this.#keeper = new Keeper(folder);
    const password = randomBytes(12).toString("hex");
    const peers = new Map(NAMES.map((name, index) => [name, portsOf(ports, index)]));
    this.nodes = NAMES.map((name) => {
      const place = { name, folder: join(folder, name), ttlSeconds, password, parameters };
      return new ClusterNode(place, peers.get(name)!, peers, programs, log);
    });
    this.#port = ports.at(-1)!;
    this.url = `postgres://${CLUSTER_USER}:${password}@127.0.0.1:${this.#port}/${CLUSTER_DATABASE}`;
    this.directUrl = `postgres://${CLUSTER_USER}:${password}@${this.nodes[0]!.host}/${CLUSTER_DATABASE}`;
    this.#haproxy = haproxyIn(join(folder, "haproxy"), programs, this.#port, peers);
  }

  /** Names the Debian packages of the programs that are missing; empty where a cluster can be started. */
  static missingPrograms(): readonly string[] {
    return clusterPrograms().missing;
  }

  /**
   * Resolves when there is a leader and a synchronous standby, the third machine follows, and HAProxy lets clients through.
   *
   * @throws Error that names what is missing, or has the last lines of each log when the cluster does not start.
   */
  static async start(settings: ClusterSettings = {}): Promise<PostgresCluster> {
    const { programs, missing } = clusterPrograms();
    if (missing.length > 0)
      throw new Error(
        `Cannot start a PostgreSQL cluster: missing ${missing.join(", ")}. ` +
          "On Debian and Ubuntu, install what is missing by: npm run cluster:install",
      );
    const { ttlSeconds = SHORTEST_TTL_SECONDS } = settings;
    if (!(ttlSeconds >= SHORTEST_TTL_SECONDS))
      throw new Error(`ttlSeconds must be at least ${SHORTEST_TTL_SECONDS}, not ${ttlSeconds}`);
    const folder = mkdtempSync(join(tmpdir(), "tidemark-cluster-"));
    chmodSync(folder, 0o755);
    const ports = await freePorts(NAMES.length * PORTS_OF_A_NODE + 1);
    const cluster = new PostgresCluster(folder, programs, ports, settings);
    try {
      await cluster.#begin();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Where each server listens: "127.0.0.1:15432". */
  get hosts(): readonly string[] {
    return this.nodes.map(({ host }) => host);
  }

  /** Returns what Patroni says of each node now. */
  async members(): Promise<readonly MemberState[]> {
    const answers = await Promise.all(this.nodes.map((node) => node.askPatroni("/cluster")));
    const answered = answers.find((answer) => answer?.status === 200);
    const known = answered && memberStates(answered.body);
    return this.nodes.map(({ name }) => known?.get(name) ?? { name, role: "unknown", state: "unknown" });
  }

  /**
   * Waits until exactly one Patroni says that its server is the primary, and returns that node.
   *
   * @throws Error after two minutes, with the last lines of each log.
   */
  async leader(): Promise<ClusterNode> {
    const leader = await this.#waitForOne("/primary", "a leader");
    if (leader !== this.#leader) this.#log(`${leader.name} is leader`);
    this.#leader = leader;
    return leader;
  }

  /**
   * Waits until Patroni says that a node is the synchronous standby, and returns it.
   *
   * @throws Error after two minutes, with the last lines of each log.
   */
  synchronousStandby(): Promise<ClusterNode> {
    return this.#waitForOne("/synchronous", "a synchronous standby");
  }

  /**
   * Waits until every machine takes part: a leader, a synchronous standby, another standby on the same timeline.
   *
   * @throws Error after two minutes, with the last lines of each log.
   */
  async whole(): Promise<void> {
    for (const end = now() + WAIT_MS; !(await this.#isWhole()); await pause(100))
      if (now() > end) throw new Error(`Waited ${WAIT_MS / 1000} s for all machines.\n${this.#lastLines}`);
  }

  /** Kills every process of every machine at once. HAProxy stays. */
  async killAll(): Promise<void> {
    this.#log("All machines are killed");
    await killIn(this.nodes.map(({ folder }) => folder));
    await Promise.all(this.nodes.map((node) => node.exited()));
  }

  /** Starts all that does not run. `leader()` waits for what comes of it. */
  async startAll(): Promise<void> {
    for (const node of this.nodes) node.startEtcd();
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  /** Ends everything and removes the folder. */
  async stop(): Promise<void> {
    await this.#keeper.end();
  }

  async #begin(): Promise<void> {
    this.#haproxy.start();
    await this.startAll();
    for (const end = now() + START_MS; !(await this.#isWhole()); await pause(100)) {
      const failure = this.nodes.map((node) => node.failure).find((found) => found !== undefined);
      if (failure !== undefined) throw new Error(`The cluster did not start: a program has ended.\n${failure}`);
      if (!this.#haproxy.isRunning)
        throw new Error(`The cluster did not start: HAProxy has ended.\n${this.#haproxy.lastLines}`);
      if (now() > end) throw new Error(`The cluster did not start within ${START_MS / 1000} s.\n${this.#lastLines}`);
    }
    await this.leader();
  }

  /** Whether every machine takes part, and HAProxy has a server that answers. */
  async #isWhole(): Promise<boolean> {
    const members = await this.members();
    return (
      members.every(({ role, state }) => role !== "unknown" && /^(running|streaming)$/.test(state)) &&
      new Set(members.map(({ timeline }) => timeline)).size === 1 &&
      members.every(({ role, lagBytes }) => role === "leader" || lagBytes !== undefined) &&
      (await this.#findOne("/primary")) !== undefined &&
      (await this.#findOne("/synchronous")) !== undefined &&
      (await letsThrough(this.#port))
    );
  }

  async #waitForOne(path: string, wanted: string): Promise<ClusterNode> {
    for (const end = now() + WAIT_MS; now() < end; await pause(100)) {
      const found = await this.#findOne(path);
      if (found !== undefined) return found;
    }
    throw new Error(`Waited ${WAIT_MS / 1000} s for ${wanted}.\n${this.#lastLines}`);
  }

  /** The one node that answers the path with 200; undefined while it is none or two. */
  async #findOne(path: string): Promise<ClusterNode | undefined> {
    const answers = await Promise.all(this.nodes.map((node) => node.answers(path)));
    const found = this.nodes.filter((_, index) => answers[index]);
    return found.length === 1 ? found[0] : undefined;
  }

  get #lastLines(): string {
    return this.nodes.map(({ lastLines }) => lastLines).join("\n");
  }
}

function portsOf(ports: readonly number[], index: number): NodePorts {
  const [etcd, etcdPeers, patroni, postgres] = ports.slice(index * PORTS_OF_A_NODE, (index + 1) * PORTS_OF_A_NODE);
  return { etcd: etcd!, etcdPeers: etcdPeers!, patroni: patroni!, postgres: postgres! };
}

function haproxyIn(
  folder: string,
  programs: ClusterPrograms,
  port: number,
  peers: ReadonlyMap<string, NodePorts>,
): Daemon {
  mkdirSync(folder, { mode: 0o755 });
  const settings = join(folder, "haproxy.cfg");
  const backends = [...peers].map(([name, { postgres, patroni }]) => ({
    name,
    postgresPort: postgres,
    restPort: patroni,
  }));
  writeFileSync(settings, haproxySettings(port, backends));
  return new Daemon("haproxy", folder, programs.haproxy, ["-db", "-f", settings]);
}

/** A server answers a client's question for TLS with one letter; HAProxy without a server closes the connection. */
function letsThrough(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  return new Promise((resolve) => {
    socket.once("data", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("close", () => resolve(false));
    socket.on("error", () => undefined);
    socket.setTimeout(1_000, () => socket.destroy());
  });
}
