import { run } from "../postgres-database";
import { BusyMachine } from "./busy-machine";
import { inFreshProcess } from "./fresh-process";
import { inStore } from "./in-store";
import { median } from "./median";
import { CONTENDERS, type ContenderName, type Place, type StoreName } from "./place";
import type { Task } from "./task";
import type { Workload } from "./workload";

/** One line of the table. */
export interface Line {
  readonly workload: string;
  readonly title: string;
  readonly store: StoreName;
  readonly variant: string;
  readonly unit: string;
  readonly figures: Readonly<Record<ContenderName, Figures>>;
  /** How good Tidemark is in parts of the hand-written limit, whichever way the unit goes: 1 is as good, 0.5 half as good. */
  readonly ratio: number;
}

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface TableRun {
  readonly lines: readonly Line[];
  readonly warning: string | undefined;
}

interface TableOptions {
  readonly workloads: readonly Workload[];
  readonly stores: readonly StoreName[];
  readonly rounds: number;
  readonly started: (what: string) => void;
  readonly measured: (line: Line) => void;
}

/**
 * Measures each workload on each store: the contenders take turns, every other round backwards, each time in a fresh
 * process, so that a slow minute of the machine meets both alike.
 */
export async function runTable({ workloads, stores, rounds, started, measured }: TableOptions): Promise<TableRun> {
  const machine = new BusyMachine();
  const lines: Line[] = [];
  for (const workload of workloads) {
    for (const store of stores.filter((one) => workload.stores.includes(one))) {
      await inStore(store, async (where) => {
        for (const [variant, { title }] of workload.variants.entries()) {
          started(`${workload.name} on ${store} ${title}`.trim());
          const task = { workload: workload.name, variant };
          if (workload.fill !== undefined && store !== "memory") await fill(task, { ...where, store });
          const line = lineOf(workload, title, store, await sampled(task, { ...where, store }, rounds, machine));
          measured(line);
          lines.push(line);
        }
      });
    }
  }
  return { lines, warning: machine.warning };
}

type Assignment = Pick<Task, "workload" | "variant">;
type Where = Pick<Place, "store" | "folder" | "url">;
type Samples = Readonly<Record<ContenderName, number[]>>;

async function fill(task: Assignment, where: Where): Promise<void> {
  for (const contender of CONTENDERS)
    await inFreshProcess({ ...task, step: "fill", place: { ...where, contender, round: "fill" } });
  // As autovacuum does before long: without statistics a server plans for tables that are nearly empty.
  if (where.store === "postgres") await run(where.url, "ANALYZE");
}

async function sampled(task: Assignment, where: Where, rounds: number, machine: BusyMachine): Promise<Samples> {
  const samples: Samples = { tidemark: [], "hand-written": [] };
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) {
      machine.look();
      const place = { ...where, contender, round: `${task.variant}-${round}` };
      samples[contender].push(await inFreshProcess({ ...task, step: "measure", place }));
    }
  }
  return samples;
}

function lineOf({ name, title, unit, better }: Workload, variant: string, store: StoreName, samples: Samples): Line {
  const figures = { tidemark: figuresOf(samples.tidemark), "hand-written": figuresOf(samples["hand-written"]) };
  const [ours, limit] = [figures.tidemark.median, figures["hand-written"].median];
  const ratio = better === "more" ? ours / limit : limit / ours;
  return { workload: name, title, store, variant, unit, figures, ratio };
}

function figuresOf(samples: readonly number[]): Figures {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}
