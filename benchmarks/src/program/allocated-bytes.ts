import { GCProfiler, getHeapStatistics } from "node:v8";

/**
 * Counts the bytes that this process allocates on its JavaScript heap: what the heap grew by between its garbage
 * collections, which look at it before and after themselves. Memory outside of the heap, such as that of buffers, is left out.
 */
export class AllocatedBytes {
  private readonly profiler = new GCProfiler();
  private readonly atStart: number;

  constructor() {
    this.profiler.start();
    this.atStart = getHeapStatistics().used_heap_size;
  }

  /** Ends the count. @returns the bytes since it began. */
  stop(): number {
    const atEnd = getHeapStatistics().used_heap_size;
    let bytes = 0;
    let afterLast = this.atStart;
    for (const { beforeGC, afterGC } of this.profiler.stop().statistics) {
      bytes += beforeGC.heapStatistics.usedHeapSize - afterLast;
      afterLast = afterGC.heapStatistics.usedHeapSize;
    }
    return bytes + atEnd - afterLast;
  }
}
