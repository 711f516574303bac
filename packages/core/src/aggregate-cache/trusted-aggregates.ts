import { StaleAggregates } from "../concurrency/stale-aggregates";
import { ExpectedVersionError } from "../errors/expected-version-error";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { StreamRef } from "../ports/stored-message";
import type { AggregateCache } from "./aggregate-cache";
import type { CachedAggregate } from "./cached-aggregate";

interface Trusted {
  readonly ref: StreamRef;
  readonly cached: CachedAggregate;
}

/**
 * The cached aggregates that one piece of work uses without asking whether they are current. Its outcome counts only
 * once that is known of each: of those it appends to by the expected version of the append, of the others by asking.
 */
export class TrustedAggregates {
  readonly #used = new Map<string, Trusted>();
  #isDecided = false;

  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly cache: AggregateCache,
  ) {}

  note(ref: StreamRef, cached: CachedAggregate): void {
    // Of two loads at once either may be the one that is used: the older one is the one to make sure of.
    const known = this.#used.get(ref.stream);
    if (known === undefined || known.cached.version > cached.version) this.#used.set(ref.stream, { ref, cached });
  }

  /** Runs work that uses them; when it fails, for the reason that `verdictOn` gives. */
  async judge<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw await this.verdictOn(error);
    }
  }

  /**
   * Makes sure that those are current which the append will not ask for.
   * @param appended what is going to be appended next; nothing where nothing is.
   * @throws StaleAggregates when one of them is not.
   */
  async confirm(appended: readonly StreamRef[]): Promise<void> {
    if (this.#used.size === 0) return;
    // A commit of this process may have gone past one of them meanwhile: then there is no need to ask.
    for (const { ref, cached } of this.#used.values()) {
      const present = this.cache.peek(ref.stream);
      if (present !== undefined && present.version > cached.version) throw this.foundStale(ref);
    }
    const streams = new Set(appended.map(({ stream }) => stream));
    const others = [...this.#used.values()].filter(({ ref }) => !streams.has(ref.stream));
    const stale = (await Promise.all(others.map(async (one) => ((await this.isCurrent(one)) ? [] : [one])))).flat()[0];
    if (stale !== undefined) throw this.foundStale(stale.ref);
  }

  /** The outcome stands, or it is unknown and the work must not be done again: whatever is stale no longer matters. */
  decided(): void {
    this.#isDecided = true;
  }

  /**
   * What an error that ended the work says: a refusal that stale state led to is none.
   * @returns the error to throw. @throws whatever keeps the store from answering.
   */
  async verdictOn(error: unknown): Promise<unknown> {
    if (this.#isDecided || this.#used.size === 0 || error instanceof StaleAggregates) return error;
    if (error instanceof ExpectedVersionError) {
      const lost = this.#used.get(error.stream);
      if (lost !== undefined) return this.foundStale(lost.ref);
    }
    try {
      await this.confirm([]);
      this.#isDecided = true;
      return error;
    } catch (reason) {
      if (reason instanceof StaleAggregates) return reason;
      throw reason;
    }
  }

  private async isCurrent({ ref, cached }: Trusted): Promise<boolean> {
    // The event it ends with, and the next one if there is any.
    const page = await this.adapter.log.loadPage({ ...ref, after: cached.version - 1, limit: 2 });
    return page.lastPosition === cached.version && page.lastId === cached.lastEventId;
  }

  private foundStale({ stream }: StreamRef): StaleAggregates {
    this.cache.report.stale();
    return new StaleAggregates(stream);
  }
}
