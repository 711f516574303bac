import type { Answer } from "@tidemark/core/adapter";

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

/** How long a process runs an operation before its compiler has seen enough of it. */
const WARM_UP_MS = 1_000;

/** @returns the milliseconds of one operation: the median of the batches, after some that do not count. */
export async function msPerOperation({ prepare, run, operations, batches }: Batches): Promise<number> {
  const samples: number[] = [];
  let warmUpMs = 0;
  for (let batch = 0; samples.length < batches; batch++) {
    await prepare?.(batch);
    const began = performance.now();
    const answer = run(batch);
    if (answer instanceof Promise) await answer;
    const elapsed = performance.now() - began;
    if (batch >= WARM_UP_BATCHES && warmUpMs >= WARM_UP_MS) samples.push(elapsed / operations);
    else warmUpMs += elapsed;
  }
  return median(samples);
}
