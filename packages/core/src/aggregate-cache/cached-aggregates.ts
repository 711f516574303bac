import { claimEntities } from "../elements/aggregate-entities";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { UniqueViolationError } from "../errors/unique-violation-error";
import { streamOf } from "../event-store/stream-names";
import type { Loaded, Loader } from "../loading/aggregate-loader";
import { fold } from "../loading/fold";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { AppendRequest, EventLog } from "../ports/event-log";
import type { FoldPage } from "../ports/loaded-stream";
import { now } from "../ports/real-timers";
import type { StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import type { Participant } from "../unit-of-work/participant";
import type { AggregateCache } from "./aggregate-cache";
import { type CachedAggregate, hasLongTail, revived, takenDown, withNext } from "./cached-aggregate";
import type { TrustedAggregates } from "./trusted-aggregates";

/** Where more events than this are missing, a snapshot is likely to be nearer than the cached state. */
const PAGE_SIZE = 500;

interface CachedAggregatesParts<A extends AggregateRoot> {
  readonly cache: AggregateCache;
  readonly log: EventLog;
  readonly model: AggregateModel<A>;
  readonly loader: Loader<A>;
  /** Called with each aggregate whose state cannot be cached, because it holds something that cannot be stored. */
  readonly refused: (id: string, error: unknown) => void;
}

/** The save of an aggregate, as far as the cache follows it. */
interface FollowedSave {
  readonly aggregate: AggregateRoot;
  /** What appends the aggregate's events; undefined where it has none. */
  readonly request: AppendRequest | undefined;
}

/**
 * The cache as one aggregate class uses it. What it keeps was loaded or committed: it may be behind the store and is never
 * ahead of it.
 */
export class CachedAggregates<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: CachedAggregatesParts<A>) {}

  /** Whether there is none, of whatever class: nothing to follow. */
  get holdNone(): boolean {
    return this.parts.cache.isEmpty;
  }

  /**
   * Loads the aggregate as the store has it now: from the cached state where the store says in one statement that it is
   * still the present one, or that only events after it are missing.
   *
   * @param trusted notes a cached state that is used without asking the store, and makes sure of it later.
   */
  load(id: string, trusted?: TrustedAggregates): Answer<Loaded<A>> {
    const { cache, model } = this.parts;
    const ref = streamOf(model.category, id);
    const cached = cache.get(ref.stream);
    if (cached === undefined || trusted === undefined || !cache.isTrusted(ref.stream))
      return this.#loadAsking(id, ref, cached);
    trusted.note(ref, cached);
    const startedAt = now();
    return this.#loaded(this.#revive(cached), cached, startedAt);
  }

  /** Moves what is kept of an aggregate on with its save. To be enlisted before the save, whose commit moves the instance on. */
  following(save: FollowedSave): Participant {
    return {
      committed: () => {
        if (save.request !== undefined) this.#appended(save.request, lifeOf(save.aggregate).lastEventId);
      },
      failed: (error) => {
        if (save.request !== undefined) this.#notAppended(save.request, error);
      },
    };
  }

  /** Notes a snapshot that was written: a later load counts the events since this one. */
  snapshotWritten(id: string, snapshotVersion: number, snapshotTime: number): void {
    const { cache, model } = this.parts;
    const { stream } = streamOf(model.category, id);
    const cached = cache.peek(stream);
    if (cached !== undefined && cached.snapshotVersion <= snapshotVersion)
      cache.put(stream, { ...cached, snapshotVersion, snapshotTime }, cache.isTrusted(stream));
  }

  /** Drops what may count the events since a snapshot that was deleted. @param id all of the class where absent. */
  snapshotsDeleted(id?: string): void {
    const { cache, model } = this.parts;
    if (id === undefined) cache.dropCategory(model.category);
    else cache.drop(streamOf(model.category, id).stream);
  }

  async #loadAsking(id: string, ref: StreamRef, cached: CachedAggregate | undefined): Promise<Loaded<A>> {
    const { cache, loader } = this.parts;
    try {
      const confirmed = cached && (await this.#loadConfirmed(cached, ref));
      if (confirmed !== undefined) return confirmed;
      cache.counter.count("misses");
      const loaded = await loader.load(id);
      if (loaded.aggregate !== undefined) this.#keep(loaded.aggregate, ref.stream);
      return loaded;
    } catch (error) {
      if (error instanceof StoreUnavailableError) cache.distrust();
      throw error;
    }
  }

  #appended({ stream, expectedVersion, messages }: AppendRequest, lastEventId: string): void {
    const { cache } = this.parts;
    const cached = cache.peek(stream);
    if (cached === undefined || expectedVersion === undefined) return;
    if (cached.version !== expectedVersion || cached.lastEventId !== lastEventId) {
      cache.doubt(stream, expectedVersion + messages.length);
      return;
    }
    if (!cache.wants(stream)) {
      cache.drop(stream);
      return;
    }
    const next = withNext(cached, { events: messages, lastEventId: (messages.at(-1) as { id: string }).id });
    try {
      const kept = hasLongTail(next) ? takenDown(this.#revive(next), this.parts.model) : next;
      cache.put(stream, kept, cache.isTrusted(stream));
    } catch {
      // The next load folds these events as well, and throws to its caller what is wrong with them.
      cache.drop(stream);
    }
  }

  /** Unless the append was refused for its version, or for values of another aggregate, it is unknown whether it was stored. */
  #notAppended({ stream }: AppendRequest, error: unknown): void {
    const { cache } = this.parts;
    const isRefused = error instanceof ExpectedVersionError || error instanceof UniqueViolationError;
    if (!isRefused) cache.drop(stream);
    if (error instanceof ExpectedVersionError && error.stream === stream) cache.doubt(stream, error.actual);
    if (error instanceof StoreUnavailableError) cache.distrust();
  }

  /** @returns undefined where the cached state cannot be used. */
  async #loadConfirmed(cached: CachedAggregate, ref: StreamRef): Promise<Loaded<A> | undefined> {
    const { log, cache } = this.parts;
    const startedAt = now();
    // With the event that the cached state ends with, whose id shows whether the stream's history is still the same.
    const page = await log.loadPage({ ...ref, after: cached.version - 1, limit: PAGE_SIZE });
    if (page.more || !(await this.#isOfThisHistory(cached, ref, page))) {
      cache.drop(ref.stream);
      return undefined;
    }
    const aggregate = this.#revive(cached);
    const missing = page.events.slice(2);
    if (missing.length > 0) this.#catchUp(aggregate, cached, { stream: ref.stream, page, missing });
    else cache.confirm(ref.stream);
    return this.#loaded(aggregate, cached, startedAt);
  }

  /** The page starts with the event that the cached state ends with, if the stream has one there. */
  async #isOfThisHistory(cached: CachedAggregate, ref: StreamRef, page: FoldPage): Promise<boolean> {
    if (page.lastPosition < cached.version) return false;
    if (page.lastPosition === cached.version) return page.lastId === cached.lastEventId;
    const [event] = await this.parts.log.readStream(ref, { from: cached.version, limit: 1 });
    return event?.id === cached.lastEventId;
  }

  #catchUp(
    aggregate: A,
    cached: CachedAggregate,
    {
      stream,
      page,
      missing,
    }: { readonly stream: string; readonly page: FoldPage; readonly missing: readonly unknown[] },
  ): void {
    const { cache, model } = this.parts;
    cache.counter.count("stale");
    // Folding uses the parsed data as the events themselves, so their texts are made before.
    const texts = missing
      .filter((_, index) => index % 2 === 0)
      .map((type, index) => ({ type: type as string, data: exactJson(missing[2 * index + 1]) }));
    fold(aggregate, model, { stream, firstPosition: cached.version + 1, events: missing });
    const life = lifeOf(aggregate);
    life.version = page.lastPosition;
    life.lastEventId = page.lastId;
    const next = withNext(cached, { events: texts, lastEventId: page.lastId });
    if (hasLongTail(next)) this.#keep(aggregate, stream);
    else this.#putNewer(stream, next);
  }

  #keep(aggregate: A, stream: string): void {
    const { cache, model, refused } = this.parts;
    if (!cache.wants(stream)) return;
    try {
      this.#putNewer(stream, takenDown(aggregate, model));
    } catch (error) {
      cache.drop(stream);
      refused(aggregate.id, error);
    }
  }

  /** While a load waited for the store, a commit may have brought a newer state. */
  #putNewer(stream: string, cached: CachedAggregate): void {
    const present = this.parts.cache.peek(stream);
    if (present === undefined || present.version < cached.version) this.parts.cache.put(stream, cached);
  }

  #revive(cached: CachedAggregate): A {
    return revived(cached, this.parts.model);
  }

  #loaded(aggregate: A, cached: CachedAggregate, startedAt: number): Loaded<A> {
    const { cache, model } = this.parts;
    const life = lifeOf(aggregate);
    const { version, snapshotVersion } = life;
    if (model.shape.entityKeys.length > 0) claimEntities(aggregate, life, model.shape);
    cache.counter.count("hits");
    return {
      aggregate,
      // Snapshots are due by the events since the last one, whether or not the cache saved their folding.
      replayed: version - snapshotVersion,
      replayMs: now() - startedAt,
      isMigrated: false,
      stateBytes: 0,
      misses: NO_MISSES,
      cached: { version: cached.version, folded: version - cached.stateVersion },
    };
  }
}

const NO_MISSES: Loaded<AggregateRoot>["misses"] = [];
