import type { Answer } from "@tidemark/core/adapter";

import { type Cost, costOf } from "./cost";
import { median } from "./median";

interface Batches {
  /** Work that a batch needs and that does not count. */
  readonly prepare?: (batch: number) => Answer<void>;
  /** Repeats the operation `operations` times. */
  readonly run: (batch: number) => Answer<void>;
  readonly operations: number;
  readonly batches: number;
}

const WARM_UP_BATCHES = 2;

/**
 * A process runs an operation so many times, or for so much of the processor's time, before its compiler has seen enough of it. More would
 * fill the store of one that is fast. A process that waits for a server most of the time runs for longer, up to a limit.
 */
const WARM_UP_OPERATIONS = 10_000;
const WARM_UP_CPU_MS = 2_000;
const LONGEST_WARM_UP_MS = 8_000;

/** @returns the cost of one operation: the median of the batches, after some that do not count. */
export async function costPerOperation({ prepare, run, operations, batches }: Batches): Promise<Cost> {
  const costs: Cost[] = [];
  let [warmUps, warmUpMs, warmUpCpuMs] = [0, 0, 0];
  for (let batch = 0; costs.length < batches; batch++) {
    await prepare?.(batch);
    const cost = await costOf(operations, () => run(batch));
    const isLong = warmUpCpuMs >= WARM_UP_CPU_MS || warmUpMs >= LONGEST_WARM_UP_MS;
    if (batch >= WARM_UP_BATCHES && (isLong || warmUps >= WARM_UP_OPERATIONS)) costs.push(cost);
    else {
      warmUps += operations;
      warmUpMs += cost.ms * operations;
      warmUpCpuMs += cost.cpuMs * operations;
    }
  }
  return {
    ms: median(costs.map(({ ms }) => ms)),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    heapBytes: median(costs.map(({ heapBytes }) => heapBytes)),
  };
}
