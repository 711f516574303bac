import { setTimeout as pause } from "node:timers/promises";

import type { PostgresEventStoreOptions } from "@tidemark/postgres";
import type { PostgresCluster } from "@tidemark/testing/postgres-cluster";
import { Client } from "pg";

/** How an application finds the primary of a cluster. */
export function waysTo(
  cluster: PostgresCluster,
  database: string,
): Readonly<Record<"haproxy" | "hosts", PostgresEventStoreOptions>> {
  const at = (url: string) => Object.assign(new URL(url), { pathname: `/${database}` }).toString();
  return { haproxy: { url: at(cluster.url) }, hosts: { url: at(cluster.directUrl), hosts: cluster.hosts } };
}

/** @param served resolves when clients have been served by whatever server is the primary now. */
type Failover = (cluster: PostgresCluster, served: () => Promise<unknown>) => Promise<void>;

/** What befalls a cluster. Each resolves once all machines run again, though the cluster may still be about to recover. */
export const FAILOVERS: Readonly<Record<string, Failover>> = {
  "the machine of the leader is killed": async (cluster, served) => {
    const lost = await cluster.leader();
    await lost.kill();
    expect((await cluster.leader()).name).not.toBe(lost.name);
    await served();
    await lost.start();
  },
  "the machine of the synchronous standby is killed": async (cluster, served) => {
    const [leader, lost] = [await cluster.leader(), await cluster.synchronousStandby()];
    await lost.kill();
    while ((await cluster.synchronousStandby()).name === lost.name) await pause(100);
    expect((await cluster.leader()).name).toBe(leader.name);
    await served();
    await lost.start();
  },
  "Patroni alone is killed, and two servers say that they are the primary": async (cluster, served) => {
    const lost = await cluster.leader();
    await lost.killPatroni();
    const leader = await cluster.leader();
    expect(leader.name).not.toBe(lost.name);
    await served();
    expect([await isPrimary(cluster, lost.host), await isPrimary(cluster, leader.host)]).toEqual([true, true]);
    await lost.start();
  },
  "all nine processes are killed": async (cluster, served) => {
    await cluster.killAll();
    await cluster.startAll();
    await served();
  },
  "the leader freezes, and wakes up when there is another one": async (cluster, served) => {
    const lost = await cluster.leader();
    lost.freeze();
    try {
      expect((await cluster.leader()).name).not.toBe(lost.name);
      await served();
    } finally {
      lost.thaw();
    }
  },
};

/** Whether a server takes itself for the primary. */
async function isPrimary(cluster: PostgresCluster, host: string): Promise<boolean> {
  const client = new Client({ connectionString: Object.assign(new URL(cluster.directUrl), { host }).toString() });
  await client.connect();
  try {
    return (await client.query("SELECT NOT pg_is_in_recovery() AS answer")).rows[0].answer;
  } finally {
    await client.end();
  }
}
