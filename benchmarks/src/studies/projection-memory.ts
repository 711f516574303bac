import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { inStore } from "../program/in-store";
import type { Place, StoreName } from "../program/place";
import { figure, printTable } from "../result-table";
import { openTeller } from "../tellers/open-teller";
import { writeInTurns } from "../workloads/write-in-turns";
import type { MemorySample } from "./projection-memory-run";

const EVENTS = 1_000_000;
const ROWS = 100_000;
const STORES: readonly StoreName[] = ["sqlite-normal", "postgres"];

/** The memory of a process that projects a million events, at each 100,000 of them. */
export async function projectionMemory(): Promise<void> {
  const samples: MemorySample[][] = [];
  for (const store of STORES) {
    await inStore(store, async (where) => {
      const place: Place = { ...where, store, contender: "tidemark", round: "0-0" };
      const teller = await openTeller(place);
      await writeInTurns(teller, ROWS, EVENTS);
      await teller.close();
      samples.push(await sampled(place));
    });
  }
  const lines = samples[0]!.map(({ events }, index) => [
    figure(events, 0),
    ...samples.flatMap((each) => [figure(each[index]!.residentMb, 0), figure(each[index]!.heapMb, 1)]),
  ]);
  printTable(
    `Memory of a process that projects ${figure(EVENTS, 0)} events into ${figure(ROWS, 0)} rows, in MB: resident, and in use by JavaScript`,
    ["events", ...STORES.flatMap((store) => [store, "in use"])],
    lines,
  );
}

async function sampled(place: Place): Promise<MemorySample[]> {
  const child = fork(join(__dirname, "projection-memory-run.js"), {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const samples: MemorySample[] = [];
  child.on("message", (sample) => samples.push(sample as MemorySample));
  child.send(place);
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`the projection on ${place.store} failed`);
  return samples;
}
