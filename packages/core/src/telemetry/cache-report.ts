import { metrics } from "@opentelemetry/api";

import type { Logger } from "./logger";
import { INSTRUMENTATION, METRICS } from "./names";

/** What became of the loads that could use the cache, since the domain was initialised. */
export interface CacheCounts {
  /** Loads that began at a cached state. */
  readonly hits: number;
  /** Loads that found none, or one of another history. */
  readonly misses: number;
  /** Cached states that another writer had left behind: brought up to date, or used on trust and the work done again. */
  readonly stale: number;
  /** Cached states that made room for others. */
  readonly evictions: number;
}

/** Counts what a domain's cache does, for OpenTelemetry and for this process. */
export class CacheReport {
  readonly #counts = { hits: 0, misses: 0, stale: 0, evictions: 0 };
  readonly #instruments = instruments();
  readonly #complainedOf = new Set<string>();

  constructor(private readonly logger: Logger) {}

  hit(): void {
    this.#counts.hits++;
    this.#instruments.hits.add(1);
  }

  missed(): void {
    this.#counts.misses++;
    this.#instruments.misses.add(1);
  }

  stale(): void {
    this.#counts.stale++;
    this.#instruments.stale.add(1);
  }

  evicted(): void {
    this.#counts.evictions++;
    this.#instruments.evictions.add(1);
  }

  /** A state cannot be taken down, so that every load reads the store. Said once of an aggregate class. */
  refused(aggregate: string, id: string, error: unknown): void {
    if (this.#complainedOf.has(aggregate)) return;
    this.#complainedOf.add(aggregate);
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(`${aggregate} ${JSON.stringify(id)} not cached: ${reason}; each load of it reads the store`, {
      error,
    });
  }

  get counts(): CacheCounts {
    return { ...this.#counts };
  }
}

/** Those of the SDK that is registered when the domain starts; without one they do nothing. */
function instruments() {
  const meter = metrics.getMeter(INSTRUMENTATION);
  return {
    hits: meter.createCounter(METRICS.cacheHits, { description: "Loads that began at a cached state" }),
    misses: meter.createCounter(METRICS.cacheMisses, { description: "Loads that found no cached state to begin at" }),
    stale: meter.createCounter(METRICS.cacheStale, {
      description: "Cached states that another writer had left behind",
    }),
    evictions: meter.createCounter(METRICS.cacheEvictions, {
      description: "Cached states that made room for others",
    }),
  };
}
