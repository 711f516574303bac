/** The upper bounds of the histogram of batches, in seconds. */
export const BATCH_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30] as const;

/** What this process has done for one subscription since the domain started. */
export interface ConsumerCount {
  readonly events: number;
  /** How many batches were given to it, those that failed included. */
  readonly attempts: number;
  /** By the class of the failure. */
  readonly failures: ReadonlyMap<string, number>;
  /** How long batches took. */
  readonly batches: {
    /** How many took at most each of `BATCH_SECONDS`. */
    readonly atMost: readonly number[];
    readonly count: number;
    readonly seconds: number;
  };
}

/** Counts what this process does for one subscription. */
export class ConsumerCounter implements ConsumerCount {
  events = 0;
  attempts = 0;
  readonly failures = new Map<string, number>();
  readonly batches = { atMost: BATCH_SECONDS.map(() => 0), count: 0, seconds: 0 };

  /** Notes a batch: how many of its events are done, how long that took, and the class of the failure that ended it. */
  batch(done: number, ms: number, failure?: string): void {
    const seconds = ms / 1_000;
    const { batches } = this;
    this.attempts++;
    this.events += done;
    batches.count++;
    batches.seconds += seconds;
    for (const [index, bound] of BATCH_SECONDS.entries()) if (seconds <= bound) batches.atMost[index]!++;
    if (failure !== undefined) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
  }
}
