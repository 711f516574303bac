import { run } from "../postgres-database";
import { BusyMachine } from "./busy-machine";
import { attempt, type Entrant, withEntrants } from "./entrant";
import { type Line, lineOf } from "./line";
import type { StoreName } from "./place";
import type { Sample } from "./sample";
import type { Task } from "./task";
import type { Workload } from "./workload";

export interface TableRun {
  readonly lines: readonly Line[];
  readonly warning: string | undefined;
}

interface TableOptions {
  readonly workloads: readonly Workload[];
  readonly stores: readonly StoreName[];
  readonly rounds: number;
  /** The program of another checkout, to be measured as well. */
  readonly before?: string | undefined;
  readonly started: (what: string) => void;
  readonly measured: (line: Line) => void;
}

/**
 * Measures each workload on each store: all that take part take turns, every other round backwards, each time in a fresh
 * process, so that a slow minute of the machine meets all alike.
 */
export async function runTable(options: TableOptions): Promise<TableRun> {
  const { workloads, stores, rounds, before, started, measured } = options;
  const machine = new BusyMachine();
  const lines: Line[] = [];
  for (const workload of workloads) {
    for (const store of stores.filter((one) => workload.stores.includes(one))) {
      await withEntrants(workload, store, before, async (entrants) => {
        for (const [variant, { title }] of workload.variants.entries()) {
          started(`${workload.name} on ${store} ${title}`.trim());
          const task = { workload: workload.name, variant };
          if (workload.fill !== undefined && store !== "memory") await fill(task, entrants);
          const line = lineOf(workload, title, store, await sampled(task, entrants, rounds, machine));
          measured(line);
          lines.push(line);
        }
      });
    }
  }
  return { lines, warning: machine.warning };
}

type Assignment = Pick<Task, "workload" | "variant">;

async function fill(task: Assignment, entrants: readonly Entrant[]): Promise<void> {
  for (const entrant of entrants) await attempt(entrant, { ...task, step: "fill" }, "fill");
  // As autovacuum does before long: without statistics a server plans for tables that are nearly empty.
  for (const url of new Set(entrants.map(({ place }) => place.url))) if (url !== "") await run(url, "ANALYZE");
}

async function sampled(task: Assignment, entrants: readonly Entrant[], rounds: number, machine: BusyMachine) {
  const samples = new Map(entrants.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
      machine.look();
      const sample = await attempt(entrant, { ...task, step: "measure" }, `${task.variant}-${round}`);
      if (sample !== undefined) samples.get(entrant.name)?.push(sample);
    }
  }
  return samples;
}
