import type { StreamTurns } from "../concurrency/stream-turns";
import { AggregateCache } from "./aggregate-cache";
import { CacheCounter } from "./cache-counts";
import type { CachedAggregate } from "./cached-aggregate";

/** Enough for every stream that writers wait for in any one process. */
const LIMITS = { maxAggregates: 1_000, maxBytes: 16 * 1024 * 1024 };

/** After so many turns without a load from the store there is one, so that damage is noticed however long a line goes on. */
const TURNS_PER_LOAD = 100;

/**
 * What writers hand over to the next one in line where nothing is cached: the state after their own append. Holds an aggregate
 * only while somebody waits for a turn at its stream.
 */
export class AggregatesInLine extends AggregateCache {
  readonly #turnsSinceLoad = new Map<string, number>();

  constructor(private readonly turns: StreamTurns) {
    super(LIMITS, new CacheCounter());
    turns.onEnd((stream) => {
      if (this.#turnsSinceLoad.size === 0) return;
      this.drop(stream);
      this.#turnsSinceLoad.delete(stream);
    });
  }

  override wants(stream: string): boolean {
    return this.turns.isWaitedFor(stream);
  }

  override get(stream: string): CachedAggregate | undefined {
    const turns = this.#turnsSinceLoad.get(stream) ?? 0;
    if (turns >= TURNS_PER_LOAD) this.drop(stream);
    const cached = super.get(stream);
    this.#turnsSinceLoad.set(stream, cached === undefined ? 0 : turns + 1);
    return cached;
  }
}
