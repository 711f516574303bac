import { run } from "../postgres-database";
import { BusyMachine } from "./busy-machine";
import { inFreshProcess } from "./fresh-process";
import { inStore } from "./in-store";
import { median } from "./median";
import { type ContenderName, type Place, type StoreName, WITHOUT_LEAN } from "./place";
import type { Task } from "./task";
import type { Workload } from "./workload";

/** One line of the table. */
export interface Line {
  readonly workload: string;
  readonly title: string;
  readonly store: StoreName;
  readonly variant: string;
  readonly unit: string;
  readonly figures: Readonly<Partial<Record<ContenderName, Figures>>>;
  /** How good Tidemark is in parts of each of the others, whichever way the unit goes: 1 is as good, 0.5 half as good. */
  readonly ratios: Readonly<Partial<Record<ContenderName, number>>>;
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
          const contenders = (workload.contenders ?? WITHOUT_LEAN).map((contender) => ({ ...where, store, contender }));
          if (workload.fill !== undefined && store !== "memory") await fill(task, contenders);
          const line = lineOf(workload, title, store, await sampled(task, contenders, rounds, machine));
          measured(line);
          lines.push(line);
        }
      });
    }
  }
  return { lines, warning: machine.warning };
}

type Assignment = Pick<Task, "workload" | "variant">;
type Contender = Omit<Place, "round">;
type Samples = ReadonlyMap<ContenderName, number[]>;

async function fill(task: Assignment, contenders: readonly Contender[]): Promise<void> {
  for (const contender of contenders)
    await inFreshProcess({ ...task, step: "fill", place: { ...contender, round: "fill" } });
  // As autovacuum does before long: without statistics a server plans for tables that are nearly empty.
  for (const url of new Set(contenders.map(({ url }) => url))) if (url !== "") await run(url, "ANALYZE");
}

async function sampled(
  task: Assignment,
  contenders: readonly Contender[],
  rounds: number,
  machine: BusyMachine,
): Promise<Samples> {
  const samples = new Map(contenders.map(({ contender }) => [contender, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const place of round % 2 === 0 ? contenders : contenders.toReversed()) {
      machine.look();
      const answer = await inFreshProcess({
        ...task,
        step: "measure",
        place: { ...place, round: `${task.variant}-${round}` },
      });
      samples.get(place.contender)?.push(answer);
    }
  }
  return samples;
}

function lineOf({ name, title, unit, better }: Workload, variant: string, store: StoreName, samples: Samples): Line {
  const figures: Partial<Record<ContenderName, Figures>> = {};
  for (const [contender, measured] of samples) figures[contender] = figuresOf(measured);
  const ours = figures.tidemark?.median ?? Number.NaN;
  const ratios: Partial<Record<ContenderName, number>> = {};
  for (const [contender, { median }] of Object.entries(figures) as [ContenderName, Figures][])
    if (contender !== "tidemark") ratios[contender] = better === "more" ? ours / median : median / ours;
  return { workload: name, title, store, variant, unit, figures, ratios };
}

function figuresOf(samples: readonly number[]): Figures {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}
