import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { inStore } from "../program/in-store";
import type { Place } from "../program/place";
import { figure, printTable } from "../result-table";
import { openTeller } from "../tellers/open-teller";
import { writeInTurns } from "../workloads/write-in-turns";
import { type ScaledSubscription, scaledBank } from "./scaled-bank";

const ACCOUNTS = 1_000;
const SERVERS = [1, 2, 4] as const;

const SUBSCRIPTIONS = [
  { title: "handler of 2 ms, 4 calls at once", kind: "handler", concurrency: 4, events: 10_000 },
  { title: "handler of 2 ms, 16 calls at once", kind: "handler", concurrency: 16, events: 10_000 },
  { title: "projection", kind: "projection", concurrency: 16, events: 200_000 },
] as const;

/** How many events a second one subscription does on PostgreSQL, by the number of its servers. */
export async function serverScaling(): Promise<void> {
  const lines: string[][] = [];
  let run = 0;
  for (const { title, kind, concurrency, events } of SUBSCRIPTIONS) {
    await inStore("postgres", async (where) => {
      const place: Place = { ...where, store: "postgres", contender: "tidemark", round: "0-0" };
      const teller = await openTeller(place);
      await writeInTurns(teller, ACCOUNTS, events);
      await teller.close();
      const rates: number[] = [];
      for (const servers of SERVERS) {
        run++;
        rates.push(await rateOf({ place, kind, concurrency, run }, servers, events));
      }
      lines.push([title, ...rates.flatMap((rate) => [figure(rate, 0), figure(rate / rates[0]!, 2)])]);
    });
  }
  printTable(
    "Events a second of one subscription on PostgreSQL, and how many times those of one server",
    ["subscription", ...SERVERS.flatMap((servers) => [`${servers} server${servers === 1 ? "" : "s"}`, ""])],
    lines,
  );
}

async function rateOf(subscription: ScaledSubscription, servers: number, events: number): Promise<number> {
  const domain = scaledBank(subscription);
  await domain.init();
  const children: ChildProcess[] = [];
  try {
    for (let server = 0; server < servers; server++) {
      const child = fork(join(__dirname, "server-scaling-run.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      children.push(child);
      child.send(subscription);
      await once(child, "message");
    }
    const start = performance.now();
    for (const child of children) child.send("begin");
    while ((await domain.subscriptions()).some(({ lag }) => lag > 0)) await pause(20);
    return events / ((performance.now() - start) / 1_000);
  } finally {
    const ended = children.map((child) => once(child, "exit"));
    for (const child of children) child.disconnect();
    await Promise.all(ended);
    await domain.close();
  }
}
