import type { Span } from "@opentelemetry/api";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { streamOf } from "../event-store/stream-names";
import type { AggregateLoader, LoadedAggregate } from "../loading/aggregate-loader";
import { fold } from "../loading/fold";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { FoldPage } from "../ports/loaded-stream";
import type { StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import { ATTRIBUTES, SPANS } from "../telemetry/names";
import type { SnapshotReport } from "../telemetry/snapshot-report";
import { traced } from "../telemetry/tracing";
import type { AggregateCache } from "./aggregate-cache";
import { type CachedAggregate, hasLongTail, revived, takenDown, withNext } from "./cached-aggregate";
import type { TrustedAggregates } from "./trusted-aggregates";

/** Where more has happened than this, a snapshot is likely to be nearer than the cached state. */
const PAGE_SIZE = 500;

export interface CachedAggregatesParts<A extends AggregateRoot> {
  readonly cache: AggregateCache;
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly loader: AggregateLoader<A>;
  readonly report: SnapshotReport;
}

/**
 * The cache as one aggregate class uses it. What is in it was loaded or committed, so that it may be behind the
 * store and is never ahead of it.
 */
export class CachedAggregates<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: CachedAggregatesParts<A>) {}

  /**
   * The aggregate as the store has it now: from the cached state where the store says in one statement that it is still
   * the present one, or that only events after it are missing.
   *
   * @param trusted takes note of a cached state in the place of asking the store, for who makes sure of it later.
   */
  load(id: string, trusted?: TrustedAggregates): Answer<LoadedAggregate<A> | undefined> {
    const { cache, model } = this.parts;
    const ref = streamOf(model.category, id);
    const cached = cache.get(ref.stream);
    if (cached !== undefined && trusted !== undefined && cache.isTrusted(ref.stream)) {
      trusted.note(ref, cached);
      return this.loadOnTrust(cached, ref);
    }
    return this.loadAsking(id, ref, cached);
  }

  private async loadAsking(
    id: string,
    ref: StreamRef,
    cached: CachedAggregate | undefined,
  ): Promise<LoadedAggregate<A> | undefined> {
    const { cache } = this.parts;
    try {
      const loaded = cached && (await this.loadConfirmed(cached, ref));
      if (loaded !== undefined) return loaded;
      cache.report.missed();
      return await this.loadAndKeep(id, ref);
    } catch (error) {
      if (error instanceof StoreUnavailableError) cache.distrust();
      throw error;
    }
  }

  /** After a commit: what was kept of the aggregate moves on with it. */
  appended({ stream, expectedVersion, messages }: AppendRequest, lastEventId: string): void {
    const { cache } = this.parts;
    const cached = cache.peek(stream);
    if (cached === undefined || cached.version !== expectedVersion || cached.lastEventId !== lastEventId) return;
    const next = withNext(cached, { events: messages, lastEventId: (messages.at(-1) as { id: string }).id });
    try {
      const kept = hasLongTail(next) ? takenDown(this.revive(next), this.parts.model) : next;
      cache.put(stream, kept, cache.isTrusted(stream));
    } catch {
      // The next load folds these events as well, and tells its caller what is wrong with them.
      cache.drop(stream);
    }
  }

  /** After an append that failed: unless it was refused for its version, nobody knows whether it was stored. */
  notAppended({ stream }: AppendRequest, error: unknown): void {
    const { cache } = this.parts;
    if (!(error instanceof ExpectedVersionError)) cache.drop(stream);
    if (error instanceof StoreUnavailableError) cache.distrust();
  }

  /** A later load counts the events since this snapshot. */
  snapshotWritten(id: string, snapshotVersion: number, snapshotTime: number): void {
    const { cache, model } = this.parts;
    const { stream } = streamOf(model.category, id);
    const cached = cache.peek(stream);
    if (cached !== undefined && cached.snapshotVersion <= snapshotVersion)
      cache.put(stream, { ...cached, snapshotVersion, snapshotTime }, cache.isTrusted(stream));
  }

  /** What was kept may count the events since a snapshot that is no more. @param id all of the class where absent. */
  snapshotsDeleted(id?: string): void {
    const { cache, model } = this.parts;
    if (id === undefined) cache.dropCategory(model.category);
    else cache.drop(streamOf(model.category, id).stream);
  }

  private loadOnTrust(cached: CachedAggregate, ref: StreamRef): Answer<LoadedAggregate<A>> {
    return traced(SPANS.load, (span) => {
      const began = performance.now();
      return this.loaded(this.revive(cached), cached, { ref, span, began });
    });
  }

  /** @returns undefined where the cached state is of no use. */
  private loadConfirmed(cached: CachedAggregate, ref: StreamRef): Answer<LoadedAggregate<A> | undefined> {
    return traced(SPANS.load, async (span) => {
      const { adapter, cache } = this.parts;
      const began = performance.now();
      // With the event that it ends with, whose id tells whether the stream's history is still the same.
      const page = await adapter.log.loadPage({ ...ref, after: cached.version - 1, limit: PAGE_SIZE });
      if (page.more || !(await this.isOfThisHistory(cached, ref, page))) {
        cache.drop(ref.stream);
        return undefined;
      }
      const aggregate = this.revive(cached);
      const missing = page.events.slice(2);
      if (missing.length > 0) this.catchUp(aggregate, cached, { ...ref, page, missing });
      else cache.confirm(ref.stream);
      return this.loaded(aggregate, cached, { ref, span, began });
    });
  }

  /** The page begins with the event that the cached state ends with, if the stream has one there. */
  private async isOfThisHistory(cached: CachedAggregate, ref: StreamRef, page: FoldPage): Promise<boolean> {
    if (page.lastPosition < cached.version) return false;
    if (page.lastPosition === cached.version) return page.lastId === cached.lastEventId;
    const [event] = await this.parts.adapter.log.readStream(ref, { from: cached.version, limit: 1 });
    return event?.id === cached.lastEventId;
  }

  private catchUp(
    aggregate: A,
    cached: CachedAggregate,
    { stream, page, missing }: StreamRef & { readonly page: FoldPage; readonly missing: readonly unknown[] },
  ): void {
    const { cache, model } = this.parts;
    cache.report.stale();
    // Folding takes the parsed data for the events themselves, so that their texts are made before.
    const texts = missing
      .filter((_, index) => index % 2 === 0)
      .map((type, index) => ({ type: type as string, data: exactJson(missing[2 * index + 1]) }));
    fold(aggregate, model, { stream, firstPosition: cached.version + 1, events: missing });
    const life = lifeOf(aggregate);
    life.version = page.lastPosition;
    life.lastEventId = page.lastId;
    const next = withNext(cached, { events: texts, lastEventId: page.lastId });
    if (hasLongTail(next)) this.keep(aggregate, stream);
    else this.putNewer(stream, next);
  }

  private async loadAndKeep(id: string, { stream }: StreamRef): Promise<LoadedAggregate<A> | undefined> {
    const loaded = await this.parts.loader.load(id);
    if (loaded !== undefined) this.keep(loaded.aggregate, stream);
    return loaded;
  }

  private keep(aggregate: A, stream: string): void {
    const { cache, model } = this.parts;
    try {
      this.putNewer(stream, takenDown(aggregate, model));
    } catch (error) {
      cache.drop(stream);
      cache.report.refused(model.name, aggregate.id, error);
    }
  }

  /** While a load waited for the store, a commit may have brought a newer state. */
  private putNewer(stream: string, cached: CachedAggregate): void {
    const present = this.parts.cache.peek(stream);
    if (present === undefined || present.version < cached.version) this.parts.cache.put(stream, cached);
  }

  private revive(cached: CachedAggregate): A {
    return revived(cached, this.parts.model, this.parts.loader);
  }

  private loaded(
    aggregate: A,
    cached: CachedAggregate,
    { ref, span, began }: { readonly ref: StreamRef; readonly span: Span; readonly began: number },
  ): LoadedAggregate<A> {
    const { cache, model, report } = this.parts;
    const { version, snapshotVersion } = lifeOf(aggregate);
    const folded = version - cached.stateVersion;
    const replayMs = performance.now() - began;
    cache.report.hit();
    report.replayed(folded, replayMs);
    if (span.isRecording()) {
      span.setAttributes({
        [ATTRIBUTES.aggregate]: model.name,
        [ATTRIBUTES.stream]: ref.stream,
        [ATTRIBUTES.version]: version,
        [ATTRIBUTES.cachedVersion]: cached.version,
        [ATTRIBUTES.eventsReplayed]: folded,
      });
    }
    // Snapshots are due by the events since the last one, whether or not the cache spared their folding.
    return { aggregate, replayed: version - snapshotVersion, replayMs, isMigrated: false, stateBytes: 0, unusable: [] };
  }
}
