import type { EntrantName } from "./entrant";
import { median } from "./median";
import type { StoreName } from "./place";
import type { Sample } from "./sample";
import type { Workload } from "./workload";

/** One line of the table. */
export interface Line {
  readonly workload: string;
  readonly title: string;
  readonly store: StoreName;
  readonly variant: string;
  readonly unit: string;
  readonly figures: Readonly<Partial<Record<EntrantName, Figures>>>;
  /** How good Tidemark is in parts of each of the others, whichever way the unit goes: 1 is as good, 0.5 half as good. */
  readonly ratios: Readonly<Partial<Record<EntrantName, number>>>;
}

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Medians too, of one operation, where the workload counts them. */
  readonly cpuMs?: number;
  readonly heapBytes?: number;
}

type Heading = Pick<Workload, "name" | "title" | "unit" | "better">;

/** @param samples of whoever took part; without any, that one is left out. */
export function lineOf(
  { name, title, unit, better }: Heading,
  variant: string,
  store: StoreName,
  samples: ReadonlyMap<EntrantName, readonly Sample[]>,
): Line {
  const figures: Partial<Record<EntrantName, Figures>> = {};
  for (const [entrant, found] of samples) if (found.length > 0) figures[entrant] = figuresOf(found);
  const ours = figures.tidemark?.median ?? Number.NaN;
  const ratios: Partial<Record<EntrantName, number>> = {};
  for (const [entrant, { median }] of Object.entries(figures) as [EntrantName, Figures][])
    if (entrant !== "tidemark") ratios[entrant] = better === "more" ? ours / median : median / ours;
  return { workload: name, title, store, variant, unit, figures, ratios };
}

function figuresOf(samples: readonly Sample[]): Figures {
  const all = samples.map(({ figure }) => figure);
  const cpuMs = medianOf(samples.map((sample) => sample.cpuMs));
  const heapBytes = medianOf(samples.map((sample) => sample.heapBytes));
  return {
    median: median(all),
    min: Math.min(...all),
    max: Math.max(...all),
    ...(cpuMs !== undefined && { cpuMs }),
    ...(heapBytes !== undefined && { heapBytes }),
  };
}

function medianOf(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined);
  return known.length === 0 ? undefined : median(known);
}
