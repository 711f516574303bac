import type { CacheCounter, CacheCounts } from "./cache-counts";
import { bytesOf, type CachedAggregate } from "./cached-aggregate";

export interface AggregateCacheLimits {
  readonly maxAggregates: number;
  /** The size of the texts of states and events, at two bytes a character. */
  readonly maxBytes: number;
}

/** What the cache holds now, and its counts since the domain was initialised. */
export interface CacheStats extends CacheCounts {
  readonly aggregates: number;
  /** Counted like `max_bytes`. */
  readonly bytes: number;
}

interface Entry {
  readonly cached: CachedAggregate;
  readonly bytes: number;
  /** Whether it may be used without asking the store. */
  isTrusted: boolean;
}

/** The aggregates that this process used last, by stream, within two bounds. */
export class AggregateCache {
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(
    private readonly limits: AggregateCacheLimits,
    readonly counter: CacheCounter,
  ) {}

  get stats(): CacheStats {
    return { aggregates: this.#entries.size, bytes: this.#bytes, ...this.counter.counts };
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether it is worth while to encode the state of an aggregate. */
  wants(_stream: string): boolean {
    return true;
  }

  /** Counts as a use. */
  get(stream: string): CachedAggregate | undefined {
    const entry = this.#entries.get(stream);
    if (entry === undefined) return undefined;
    this.#entries.delete(stream);
    this.#entries.set(stream, entry);
    return entry.cached;
  }

  /** Does not count as a use. */
  peek(stream: string): CachedAggregate | undefined {
    return this.#entries.get(stream)?.cached;
  }

  /** Keeps an aggregate in the place of its earlier state, and drops the least recently used ones when there is no room. */
  put(stream: string, cached: CachedAggregate, isTrusted = true): void {
    this.drop(stream);
    const bytes = bytesOf(cached);
    if (bytes > this.limits.maxBytes) return;
    this.#entries.set(stream, { cached, bytes, isTrusted });
    this.#bytes += bytes;
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= this.limits.maxAggregates && this.#bytes <= this.limits.maxBytes) return;
      this.drop(oldest);
      this.counter.count("evictions");
    }
  }

  isTrusted(stream: string): boolean {
    return this.#entries.get(stream)?.isTrusted ?? false;
  }

  /** Notes that the store has confirmed the state that is kept of an aggregate. */
  confirm(stream: string): void {
    const entry = this.#entries.get(stream);
    if (entry !== undefined) entry.isTrusted = true;
  }

  /** Requires one to be confirmed before it is trusted again, where the stream is known to have reached a later version. */
  doubt(stream: string, version: number): void {
    const entry = this.#entries.get(stream);
    if (entry !== undefined && entry.cached.version < version) entry.isTrusted = false;
  }

  /** Requires each to be confirmed before it is trusted again: the store was out of reach, and may come back as another one. */
  distrust(): void {
    for (const entry of this.#entries.values()) entry.isTrusted = false;
  }

  drop(stream: string): void {
    const entry = this.#entries.get(stream);
    if (entry === undefined) return;
    this.#entries.delete(stream);
    this.#bytes -= entry.bytes;
  }

  dropCategory(category: string): void {
    for (const stream of this.#entries.keys()) if (stream.startsWith(`${category}-`)) this.drop(stream);
  }
}
