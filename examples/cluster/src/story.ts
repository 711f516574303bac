import { setTimeout as wait } from "node:timers/promises";

import type { PostgresCluster } from "@tidemark/testing/postgres-cluster";

import { seconds } from "./picture/numbers";

/** Those who look on. */
interface Audience {
  /** Tells of something that happens: `isLoss` where something was killed. */
  readonly tell: (text: string, isLoss?: boolean) => void;
  /** The longest time so far that a writer has waited for an answer. */
  readonly longestStallMs: number;
}

/** How long machines lie still before they are started again. */
const OFF_MS = 2_000;
const STANDBY_WITHIN_MS = 120_000;
/** What Patroni calls a server that follows: "running" in older versions, "streaming" in newer ones. */
const FOLLOWS = /^(running|streaming)$/;

/**
 * What happens to the cluster while the bank is at work: its leader's machine is killed, and started again once another one leads; then every
 * process on all three machines is killed at once.
 *
 * @param calmMs for how long the bank is left alone between two of these.
 */
export async function runStory(cluster: PostgresCluster, calmMs: number, audience: Audience): Promise<void> {
  const { tell } = audience;
  await wait(calmMs);
  const lost = await cluster.leader();
  tell(`killed ${lost.name}, the leader's machine: its etcd, Patroni and PostgreSQL`, true);
  let since = performance.now();
  await lost.kill();
  const next = await cluster.leader();
  tell(`${next.name} leads, after ${seconds(performance.now() - since)}`);

  await wait(calmMs);
  tell(`the writers have waited for ${seconds(audience.longestStallMs)} at most`);
  tell(`${lost.name} starts again`);
  await lost.start();
  await standbyAgain(cluster, lost.name);
  tell(`${lost.name} is a standby`);

  await wait(calmMs);
  tell("killed all nine processes of the three machines", true);
  since = performance.now();
  await cluster.killAll();
  await wait(OFF_MS);
  tell("all machines start again");
  await cluster.startAll();
  const leader = await cluster.leader();
  tell(`${leader.name} leads, ${seconds(performance.now() - since)} after all were killed`);

  await wait(calmMs);
}

async function standbyAgain(cluster: PostgresCluster, name: string): Promise<void> {
  const until = performance.now() + STANDBY_WITHIN_MS;
  while (performance.now() < until) {
    const member = (await cluster.members()).find((each) => each.name === name);
    if (member !== undefined && member.role !== "unknown" && FOLLOWS.test(member.state)) return;
    await wait(250);
  }
  throw new Error(`${name} has not become a standby within ${seconds(STANDBY_WITHIN_MS)}`);
}
