import type { Answer } from "@tidemark/core/adapter";

import { AllocatedBytes } from "./allocated-bytes";
import type { Sample } from "./sample";

/** What one operation takes. */
export interface Cost {
  readonly ms: number;
  /** Of the processor, for all threads of this process: in its own code, and in the kernel for it. */
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/** Runs something once that repeats its operation `operations` times. */
export async function costOf(operations: number, run: () => Answer<void>): Promise<Cost> {
  const bytes = new AllocatedBytes();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const answer = run();
  if (answer instanceof Promise) await answer;
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const heapBytes = bytes.stop();
  return { ms: ms / operations, cpuMs: (user + system) / 1_000 / operations, heapBytes: heapBytes / operations };
}

/** A rate. */
export function perSecond({ ms, cpuMs, heapBytes }: Cost): Sample {
  return { figure: 1_000 / ms, cpuMs, heapBytes };
}

/** A time. */
export function inMs({ ms, cpuMs, heapBytes }: Cost): Sample {
  return { figure: ms, cpuMs, heapBytes };
}
