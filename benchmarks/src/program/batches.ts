import type { Answer } from "@tidemark/core/adapter";

import { type Cost, costOf } from "./cost";
import { median } from "./median";
import { promoteSurvivors } from "./promote-survivors";

interface Batches {
  /** Work that a batch needs and that does not count. */
  readonly prepare?: (batch: number) => Answer<void>;
  /** Repeats the operation `operations` times. */
  readonly run: (batch: number) => Answer<void>;
  readonly operations: number;
  /** The median of so many is taken. Each is of one batch, or of several where they are short. */
  readonly figures: number;
}

const WARM_UP_BATCHES = 2;

/**
 * A process runs an operation so many times, or for so much of the processor's time, before its compiler has seen enough of it. More would
 * fill the store of one that is fast. A process that waits for a server most of the time runs for longer, up to a limit.
 */
const WARM_UP_OPERATIONS = 10_000;
const WARM_UP_CPU_MS = 2_000;
const LONGEST_WARM_UP_MS = 8_000;

/**
 * Batches of one figure: so many operations, unless they take longer. A collection of garbage comes with every eight hundred commands
 * or so, and is part of what they cost.
 */
const COUNTED_OPERATIONS = 2_000;
const LONGEST_COUNT_MS = 50;

/** @returns the cost of one operation: the median of the figures, after some batches that do not count. */
export async function costPerOperation({ prepare, run, operations, figures }: Batches): Promise<Cost> {
  let batch = 0;
  const next = async (): Promise<Cost> => {
    if (prepare !== undefined) {
      await prepare(batch);
      promoteSurvivors();
    }
    return await costOf(operations, () => run(batch++));
  };
  await warmUp(next, operations);
  const costs: Cost[] = [];
  while (costs.length < figures) costs.push(await counted(next, operations));
  return combined(costs, median);
}

async function warmUp(next: () => Promise<Cost>, operations: number): Promise<void> {
  let [count, ms, cpuMs] = [0, 0, 0];
  for (let batch = 0; batch < WARM_UP_BATCHES || !isWarm(count, ms, cpuMs); batch++) {
    const cost = await next();
    count += operations;
    ms += cost.ms * operations;
    cpuMs += cost.cpuMs * operations;
  }
}

function isWarm(operations: number, ms: number, cpuMs: number): boolean {
  return operations >= WARM_UP_OPERATIONS || cpuMs >= WARM_UP_CPU_MS || ms >= LONGEST_WARM_UP_MS;
}

async function counted(next: () => Promise<Cost>, operations: number): Promise<Cost> {
  const costs: Cost[] = [];
  let ms = 0;
  do {
    const cost = await next();
    costs.push(cost);
    ms += cost.ms * operations;
  } while (costs.length * operations < COUNTED_OPERATIONS && ms < LONGEST_COUNT_MS);
  return combined(costs, mean);
}

function combined(costs: readonly Cost[], of: (figures: readonly number[]) => number): Cost {
  return {
    ms: of(costs.map(({ ms }) => ms)),
    cpuMs: of(costs.map(({ cpuMs }) => cpuMs)),
    heapBytes: of(costs.map(({ heapBytes }) => heapBytes)),
  };
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
