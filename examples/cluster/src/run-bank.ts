import { PostgresCluster } from "@tidemark/testing/postgres-cluster";

import { faults, verdict } from "./count/verdict";
import type { Options } from "./options";
import { pictureOn } from "./picture/picture";
import { BankProcess } from "./processes/bank-process";
import { Stage } from "./stage";
import { runStory } from "./story";

/** The bank is left alone before, between and after the losses. */
const CALMS = 4;
const SETTLE_WITHIN_MS = 120_000;

/** A run of the bank that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Starts a cluster and the bank on it, has the story happen, and prints the verdict.
 *
 * @param interrupted ends all of it at once.
 * @returns the exit status: 0 where nothing is wrong.
 */
export async function runBank(options: Options, interrupted: AbortSignal): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say("Starting three machines, each with etcd, Patroni and PostgreSQL, and HAProxy in front of them");
  const bank: BankProcess[] = [];
  let cluster: PostgresCluster | undefined;
  try {
    cluster = await unless(interrupted, PostgresCluster.start({ ttlSeconds: options.ttlSeconds }));
    const run = new Run(cluster, options, bank);
    try {
      return await unless(interrupted, run.toItsEnd(say));
    } finally {
      await run.leaveStage();
    }
  } catch (error) {
    if (!interrupted.aborted) throw error;
    say("\nInterrupted: ending all processes");
    return INTERRUPTED;
  } finally {
    await Promise.all(bank.map((each) => each.kill()));
    // One that is just being started ends with this process.
    await cluster?.stop();
  }
}

class Run {
  readonly #stage: Stage;
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    private readonly cluster: PostgresCluster,
    private readonly options: Options,
    private readonly bank: BankProcess[],
  ) {
    this.#stage = new Stage(cluster, pictureOn(process.stdout));
    this.#env = {
      DATABASE_URL: options.byHosts ? cluster.directUrl : cluster.url,
      ...(options.byHosts && { DATABASE_HOSTS: cluster.hosts.join(",") }),
      // As long as the cluster may take to start all over again.
      FAILOVER_PATIENCE: `${options.ttlSeconds + 54}s`,
    };
  }

  async toItsEnd(say: (line: string) => void): Promise<number> {
    const { cluster, options } = this;
    const watcher = await this.#start("watcher");
    const server = await this.#start("server");
    const writers = await this.#start("writers");
    const stage = this.#stage;
    stage.start();
    writers.order({ kind: "write" });
    const failures = this.bank.map(({ failure }) => failure);
    await Promise.race([runStory(cluster, (options.seconds * 1_000) / CALMS, stage), ...failures]);
    stage.tell("the writers stop");
    await writers.end();
    watcher.order({ kind: "settle", withinMs: SETTLE_WITHIN_MS });
    const { isSettled } = await watcher.next("settled");
    stage.tell(isSettled ? "everything is done" : "not everything was done in time");
    watcher.order({ kind: "count", acknowledged: stage.acknowledged });
    const { count } = await watcher.next("counted");
    await this.leaveStage();
    await server.end();
    await watcher.end();

    const { refused, longestStallMs } = stage;
    const outcome = { count, refused, longestStallMs };
    const found = faults(outcome);
    for (const fault of found) say(`  ${fault}`);
    say("");
    say(verdict(outcome));
    return found.length === 0 ? 0 : 1;
  }

  /** Stops the picture, however the run has ended, and prints what would have run through it. A second call does nothing. */
  async leaveStage(): Promise<void> {
    if (!this.#stage.isOn) return;
    await this.#stage.end();
    process.stderr.write(this.bank.map(({ complaints }) => complaints).join(""));
  }

  async #start(name: string): Promise<BankProcess> {
    const started = new BankProcess(name, this.#env, this.#stage.hear);
    this.bank.push(started);
    await started.next("ready");
    return started;
  }
}

/** Gives what the promise gives. @throws when the signal is aborted first. */
async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
