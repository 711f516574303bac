import { metrics } from "@opentelemetry/api";

import type { CacheCounts } from "../aggregate-cache/cache-counts";
import { reasonOf } from "../wording/in-words";
import type { Logger } from "./logger";
import { INSTRUMENTATION, METRICS } from "./names";

/** Makes a function that adds to OpenTelemetry's counters of the cache; without an SDK it does nothing. */
export function cacheCounters(): (counted: keyof CacheCounts) => void {
  const meter = metrics.getMeter(INSTRUMENTATION);
  const counters = {
    hits: meter.createCounter(METRICS.cacheHits, { description: "Loads that started from a cached state" }),
    misses: meter.createCounter(METRICS.cacheMisses, { description: "Loads that found no cached state to start from" }),
    stale: meter.createCounter(METRICS.cacheStale, {
      description: "Cached states that another writer had left behind",
    }),
    evictions: meter.createCounter(METRICS.cacheEvictions, {
      description: "Cached states that made room for others",
    }),
  };
  return (counted) => counters[counted].add(1);
}

/** Makes a function that warns once of an aggregate class whose state cannot be cached. */
export function warnOfRefusals(aggregate: string, logger: Logger): (id: string, error: unknown) => void {
  let hasWarned = false;
  return (id, error) => {
    if (hasWarned) return;
    hasWarned = true;
    const reason = reasonOf(error);
    logger.warn(`${aggregate} ${JSON.stringify(id)} not cached: ${reason}; each load of it reads the store`, { error });
  };
}
