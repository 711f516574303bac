import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { inStore } from "../program/in-store";
import type { Place, StoreName } from "../program/place";
import { figure, printTable } from "../result-table";
import { openTeller } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import { writeInTurns } from "../workloads/write-in-turns";
import type { RebuildSeen } from "./rebuild-under-load-run";

const EVENTS = 1_000_000;
const ROWS = 100_000;
const STORES: readonly StoreName[] = ["sqlite-normal", "postgres"];

/** A rebuild of a million events while events are stored, a server folds them, and readers read. */
export async function rebuildUnderLoad(): Promise<void> {
  const seen: RebuildSeen[] = [];
  for (const store of STORES)
    await inStore(store, async (where) => {
      const place: Place = { ...where, store, contender: "tidemark", round: "0-0" };
      const teller = await openTeller(place, PLAIN);
      await writeInTurns(teller, ROWS, EVENTS);
      await teller.close();
      seen.push(await rebuilt(place));
    });
  const line = (title: string, of: (one: RebuildSeen) => number) => [title, ...seen.map((one) => figure(of(one), 0))];
  printTable(
    `A rebuild of ${figure(EVENTS, 0)} events into ${figure(ROWS, 0)} rows, with a writer, a server and 8 readers`,
    ["", ...STORES],
    [
      line("events folded again a second", ({ events, ms }) => (events / ms) * 1_000),
      line("events stored meanwhile", ({ stored }) => stored),
      line("reads meanwhile", ({ reads }) => reads),
      line("reads of another number of rows", ({ torn }) => torn),
      line("reads of an older state", ({ older }) => older),
      line("longest read, ms", ({ longestReadMs }) => longestReadMs),
      line("events missing at the end", ({ missing }) => missing),
      line("memory at most, MB", ({ residentMb }) => residentMb),
    ],
  );
}

async function rebuilt(place: Place): Promise<RebuildSeen> {
  const child = fork(join(__dirname, "rebuild-under-load-run.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const seen = once(child, "message");
  child.send({ place, rows: ROWS });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`the rebuild on ${place.store} failed`);
  return (await seen)[0] as RebuildSeen;
}
