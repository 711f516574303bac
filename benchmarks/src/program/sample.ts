/** What one process found. */
export interface Sample {
  /** In the unit of its workload. */
  readonly figure: number;
  /** Of the processor, for one operation. Left out where the process that measures is not the one that works. */
  readonly cpuMs?: number;
  /** Allocated on the JavaScript heap, for one operation. */
  readonly heapBytes?: number;
}
