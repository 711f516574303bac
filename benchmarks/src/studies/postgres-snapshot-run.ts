import { setTimeout as sleep } from "node:timers/promises";

import type { Domain } from "@tidemark/core";
import { Client } from "pg";

import { Account, historicEvent, openBank } from "../bank";
import { inDatabase } from "../postgres-database";
import { figure, printTable } from "../result-table";
import { type CommandEnd, observedCommand } from "./observed-command";

const AGGREGATES = 100_000;
const EVENTS_EACH = 3;
const SECONDS_EACH = 15;
const CONCURRENCIES = [1, 4, 16];

/** `domain snapshot create` over 100,000 aggregates on PostgreSQL: its speed, its memory, and its end after a kill. */
export async function postgresSnapshotRun(): Promise<void> {
  await inDatabase(async (url) => {
    const domain = await openBank({ provider: "postgres", url });
    await seed(domain);
    await domain.close();
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query("ANALYZE");
      await showConcurrency(url, client);
      await showKill(url, client);
    } finally {
      await client.end();
    }
  });
}

async function seed(domain: Domain): Promise<void> {
  const streams = 1_000;
  for (let first = 0; first < AGGREGATES; first += streams) {
    const ids = Array.from({ length: streams }, (_, index) => `acc-${first + index}`);
    await domain.eventStore.append(
      ids.map((id) => ({
        stream: domain.streamFor(Account, id),
        expectedVersion: -1,
        events: Array.from({ length: EVENTS_EACH }, (_, position) => historicEvent(id, position)),
      })),
    );
  }
}

/** Each begins with no snapshot and is asked to stop after a while, since one at a time takes long over all of them. */
async function showConcurrency(url: string, client: Client): Promise<void> {
  const rates: number[] = [];
  for (const concurrency of CONCURRENCIES) {
    await client.query("TRUNCATE tidemark.snapshots");
    const { seconds } = await create(url, concurrency, async (elapsed) =>
      elapsed > SECONDS_EACH ? "SIGTERM" : undefined,
    );
    rates.push((await stored(client)) / seconds);
  }
  printTable(
    `domain snapshot create on PostgreSQL, ${figure(AGGREGATES, 0)} aggregates of ${EVENTS_EACH} events, each run stopped after ${SECONDS_EACH} s`,
    ["--concurrency", "snapshots/s", "of 1"],
    rates.map((rate, index) => [
      String(CONCURRENCIES[index]),
      figure(rate, 0),
      `${figure(rate / (rates[0] ?? Number.NaN), 1)} ×`,
    ]),
  );
}

async function showKill(url: string, client: Client): Promise<void> {
  await client.query("TRUNCATE tidemark.snapshots");
  const killed = await create(url, 16, async () => ((await stored(client)) > AGGREGATES / 2 ? "SIGKILL" : undefined));
  // What the process had sent, the server still commits.
  await sleep(500);
  const left = await stored(client);
  const second = await create(url, 16);
  printTable(
    "Killed with SIGKILL in the middle, and run again; resident memory along the way in MB",
    ["run", "created", "already there", "stored", "seconds", "at 20 %", "40 %", "60 %", "80 %", "most"],
    [
      ["first, killed", "", "", figure(left, 0), ...along(killed)],
      [
        "second",
        ...["created", "unchanged"].map((key) => figure(Number(second.document?.[key]), 0)),
        figure(await stored(client), 0),
        ...along(second),
      ],
    ],
  );
}

function create(url: string, concurrency: number, endBy?: (seconds: number) => Promise<NodeJS.Signals | undefined>) {
  const module = require.resolve("./snapshot-run-domain");
  const args = ["snapshot", "create", "--domain", module, "--concurrency", String(concurrency)];
  return observedCommand(args, { env: { BANK_URL: url }, ...(endBy !== undefined && { endBy }) });
}

function along({ seconds, memoryMb }: CommandEnd): string[] {
  const at = (share: number) => figure(memoryMb[Math.floor(share * (memoryMb.length - 1))] ?? Number.NaN, 0);
  return [figure(seconds, 1), ...[0.2, 0.4, 0.6, 0.8].map(at), figure(Math.max(...memoryMb), 0)];
}

async function stored(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM tidemark.snapshots");
  return Number(rows[0]?.count);
}
