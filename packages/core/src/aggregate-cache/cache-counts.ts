/** Counts of the loads that could use the cache, since the domain was initialised. */
export interface CacheCounts {
  /** Loads that started from a cached state. */
  readonly hits: number;
  /** Loads that found no cached state, or one of another history. */
  readonly misses: number;
  /** Cached states that another writer had left behind: brought up to date, or used and the work done again. */
  readonly stale: number;
  /** Cached states that made room for others. */
  readonly evictions: number;
}

/** Counts loads by their outcome, and passes each count on. */
export class CacheCounter {
  readonly #counts = { hits: 0, misses: 0, stale: 0, evictions: 0 };

  constructor(private readonly watch: (counted: keyof CacheCounts) => void = () => undefined) {}

  count(counted: keyof CacheCounts): void {
    this.#counts[counted]++;
    this.watch(counted);
  }

  get counts(): CacheCounts {
    return { ...this.#counts };
  }
}
