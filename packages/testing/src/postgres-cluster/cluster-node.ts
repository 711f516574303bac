import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { now, pause } from "@tidemark/core/adapter";

import { serverUser } from "../postgres-server/server-user";
import type { ClusterPrograms } from "./cluster-programs";
import { Daemon } from "./daemon";
import { askAt } from "./loopback-answers";
import { killIn, processesIn, signalIn } from "./machine-processes";
import { type PatroniPlace, patroniSettings } from "./patroni-settings";

/** Patroni sleeps for five seconds where it finds no etcd. */
const ETCD_MS = 10_000;

/** The ports of one machine. */
export interface NodePorts {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly patroni: number;
  readonly postgres: number;
}

/** One machine of a `PostgresCluster`: an etcd, a Patroni, its PostgreSQL. */
export class ClusterNode {
  /** "node-1". */
  readonly name: string;
  /** Where its PostgreSQL listens: "127.0.0.1:15432". */
  readonly host: string;
  /** @internal */
  readonly folder: string;
  readonly #etcd: Daemon;
  readonly #patroni: Daemon;

  /** @internal */
  constructor(
    place: Omit<PatroniPlace, "etcdHosts" | "postgresPort" | "restPort" | "binaries">,
    private readonly ports: NodePorts,
    peers: ReadonlyMap<string, NodePorts>,
    programs: ClusterPrograms,
    private readonly log: (line: string) => void,
  ) {
    this.name = place.name;
    this.host = `127.0.0.1:${ports.postgres}`;
    this.folder = place.folder;
    mkdirSync(this.folder, { mode: 0o755 });
    const settings = join(this.folder, "patroni.yml");
    const etcdHosts = [...peers.values()].map(({ etcd }) => `127.0.0.1:${etcd}`);
    const whole = { ...place, binaries: programs.postgres, restPort: ports.patroni, postgresPort: ports.postgres };
    writeFileSync(settings, patroniSettings({ ...whole, etcdHosts }));
    const user = serverUser();
    if (user !== undefined) for (const path of [this.folder, settings]) chownSync(path, user.uid, user.gid);
    this.#etcd = new Daemon("etcd", this.folder, programs.etcd, etcdFlags(place.name, ports, peers));
    this.#patroni = new Daemon("patroni", this.folder, programs.patroni, [settings]);
  }

  /** False after `kill` and `killPatroni`; a frozen machine runs. */
  get isRunning(): boolean {
    return this.#etcd.isRunning && this.#patroni.isRunning;
  }

  /** Kills etcd, Patroni and every process of PostgreSQL, as a machine that loses its power does. */
  async kill(): Promise<void> {
    this.log(`${this.name} is killed`);
    await killIn([this.folder]);
    await this.exited();
  }

  /** Kills Patroni alone. PostgreSQL goes on, and takes itself for the primary still if it was. */
  async killPatroni(): Promise<void> {
    this.log(`Patroni of ${this.name} is killed`);
    await this.#patroni.kill();
  }

  /** Stops etcd, Patroni and PostgreSQL where they are, connections and all, until `thaw`. */
  freeze(): void {
    this.log(`${this.name} is frozen`);
    signalIn([this.folder], "SIGSTOP");
  }

  /** Lets them go on. Until Patroni has looked, the machine takes itself for what it was. */
  thaw(): void {
    this.log(`${this.name} is thawed`);
    signalIn([this.folder], "SIGCONT");
  }

  /**
   * Starts what does not run. Resolves once Patroni has been started; the cluster may take some seconds longer to accept
   * the machine.
   */
  async start(): Promise<void> {
    if (this.isRunning) return;
    this.log(`${this.name} is started`);
    this.startEtcd();
    // Without a majority there is no health to wait for.
    for (const end = now() + ETCD_MS; now() < end && !(await this.hasEtcd()); ) await pause(50);
    // With its processes the machine has forgotten their numbers, and another process may have one of them by now.
    if (processesIn([join(this.folder, "data")]).length === 0)
      rmSync(join(this.folder, "data", "postmaster.pid"), { force: true });
    this.#patroni.start();
  }

  /** @internal */
  startEtcd(): void {
    this.#etcd.start();
  }

  /** @internal Resolves once it is known here that etcd and Patroni have ended. */
  async exited(): Promise<void> {
    await Promise.all([this.#etcd.exited(), this.#patroni.exited()]);
  }

  /** @internal Whether its etcd is one of a majority with a leader. */
  async hasEtcd(): Promise<boolean> {
    const answered = await askAt(this.ports.etcd, "/health");
    return answered?.status === 200;
  }

  /** @internal Whether its Patroni answers a path with 200: "/primary". */
  async answers(path: string): Promise<boolean> {
    return (await this.askPatroni(path))?.status === 200;
  }

  /** @internal */
  askPatroni(path: string): ReturnType<typeof askAt> {
    return askAt(this.ports.patroni, path);
  }

  /** @internal A program that has ended though nobody killed it, with the end of its log. */
  get failure(): string | undefined {
    const ended = [this.#etcd, this.#patroni].find((daemon) => !daemon.isRunning);
    return ended && this.#lastLines(ended);
  }

  /** @internal The end of every log. */
  get lastLines(): string {
    return [this.#etcd, this.#patroni].map((daemon) => this.#lastLines(daemon)).join("\n");
  }

  #lastLines(daemon: Daemon): string {
    return `--- ${this.name}, ${daemon.name}:\n${daemon.lastLines}`;
  }
}

function etcdFlags(name: string, own: NodePorts, peers: ReadonlyMap<string, NodePorts>): string[] {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const cluster = [...peers].map(([peer, { etcdPeers }]) => `${peer}=${url(etcdPeers)}`);
  return [
    ...["--name", name, "--data-dir", "etcd", "--enable-v2", "--logger", "zap"],
    ...["--listen-client-urls", url(own.etcd), "--advertise-client-urls", url(own.etcd)],
    ...["--listen-peer-urls", url(own.etcdPeers), "--initial-advertise-peer-urls", url(own.etcdPeers)],
    ...["--initial-cluster", cluster.join(","), "--initial-cluster-state", "new", "--pre-vote"],
    // A follower calls an election after half a second without its leader.
    ...["--heartbeat-interval", "50", "--election-timeout", "500"],
  ];
}
