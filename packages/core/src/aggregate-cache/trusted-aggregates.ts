import { StaleAttempt } from "../concurrency/stale-attempt";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import type { Answer } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { StreamRef } from "../ports/stored-message";
import type { Participant } from "../unit-of-work/participant";
import type { AggregateCache } from "./aggregate-cache";
import type { CachedAggregate } from "./cached-aggregate";

interface Trusted {
  readonly ref: StreamRef;
  readonly cached: CachedAggregate;
}

/**
 * The cached aggregates that one attempt uses without asking whether they are current. Its outcome counts only once that is
 * certain for each: the expected version of the append decides for those that it appends to, the store is asked about the
 * others.
 */
export class TrustedAggregates implements Participant {
  readonly #used = new Map<string, Trusted>();
  /** The outcome stands, or is unknown and must not be repeated: stale states no longer matter. */
  #isDecided = false;

  constructor(
    private readonly log: Pick<EventLog, "loadPage">,
    private readonly cache: AggregateCache,
  ) {}

  note(ref: StreamRef, cached: CachedAggregate): void {
    // Of two loads at once either may be the one that is used: the older one is the one to make sure of.
    const known = this.#used.get(ref.stream);
    if (known === undefined || known.cached.version > cached.version) this.#used.set(ref.stream, { ref, cached });
  }

  /**
   * Makes an attempt outside of a unit of work that uses them, and replaces an error that stale state may have caused by a StaleAttempt.
   * @throws StaleAttempt when one of them was not current; then the outcome counts for nothing.
   */
  judge<T>(attempt: () => Answer<T>): Answer<T> {
    const failed = async (error: unknown): Promise<never> => {
      throw await this.judged(error);
    };
    try {
      const made = attempt();
      return made instanceof Promise ? made.catch(failed) : made;
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Makes sure that those are current which the append will not ask about.
   * @throws StaleAttempt when one of them is not.
   */
  confirm(appended: readonly StreamRef[]): Answer<void> {
    if (this.#used.size === 0) return;
    // A commit of this process may have gone past one of them meanwhile: then there is no need to ask.
    for (const { ref, cached } of this.#used.values()) {
      const present = this.cache.peek(ref.stream);
      if (present !== undefined && present.version > cached.version) throw this.#stale(ref);
    }
    const streams = new Set(appended.map(({ stream }) => stream));
    const others = [...this.#used.values()].filter(({ ref }) => !streams.has(ref.stream));
    if (others.length > 0) return this.#confirmAsking(others);
  }

  async #confirmAsking(others: readonly Trusted[]): Promise<void> {
    const stale = (await Promise.all(others.map(async (one) => ((await this.#isCurrent(one)) ? [] : [one])))).flat()[0];
    if (stale === undefined) return;
    this.cache.doubt(stale.ref.stream, stale.cached.version + 1);
    throw this.#stale(stale.ref);
  }

  committed(): void {
    this.#isDecided = true;
  }

  /** Whatever else went wrong, the events may be stored: no second attempt is safe. */
  failed(error: unknown): void {
    if (!(error instanceof ExpectedVersionError)) this.#isDecided = true;
  }

  /** Gives a StaleAttempt for an error that stale state may have caused. @throws whatever keeps the store from answering. */
  async judged(error: unknown): Promise<unknown> {
    if (this.#isDecided || this.#used.size === 0 || error instanceof StaleAttempt) return error;
    // The store would have to be asked, and it is away.
    if (error instanceof StoreUnavailableError) return error;
    if (error instanceof ExpectedVersionError) {
      const lost = this.#used.get(error.stream);
      if (lost !== undefined) return this.#stale(lost.ref);
    }
    try {
      await this.confirm([]);
      this.#isDecided = true;
      return error;
    } catch (reason) {
      if (reason instanceof StaleAttempt) return reason;
      throw reason;
    }
  }

  async #isCurrent({ ref, cached }: Trusted): Promise<boolean> {
    // The event it ends with, and the next one if there is any.
    const page = await this.log.loadPage({ ...ref, after: cached.version - 1, limit: 2 });
    return page.lastPosition === cached.version && page.lastId === cached.lastEventId;
  }

  #stale({ stream }: StreamRef): StaleAttempt {
    this.cache.counter.count("stale");
    return new StaleAttempt(stream);
  }
}
