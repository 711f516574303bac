import { claimEntities } from "../elements/aggregate-entities";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import { type Answer, answered } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { FoldPage, LoadRequest } from "../ports/loaded-stream";
import { now, setImmediate } from "../ports/real-timers";
import { deeplyFrozen } from "../schema/copying";
import type { MissedSnapshot } from "../snapshots/snapshot-usability";
import { fold } from "./fold";
import { restored } from "./restored";
import type { Finder, FoundStart } from "./snapshot-finder";

/** How many events a page holds: where joining and parsing rows at once is fastest, and memory stays small. */
const PAGE_SIZE = 500;

/** The same for a store that has to be waited for: more in each page, for fewer waits. */
const AWAITED_PAGE_SIZE = 2_500;

/** After this many pages in a row from a store that answers at once, other work gets a turn of the event loop. */
const PAGES_PER_TURN = 20;

/** Loads aggregates of one class. */
export interface Loader<A extends AggregateRoot = AggregateRoot> {
  /** @returns no aggregate where the stream has no event (within the bounds). */
  load(id: string, options?: LoadOptions): Answer<Loaded<A>>;
}

export interface LoadOptions {
  /** Fold no event above this version; the instance is read-only. */
  readonly maxVersion?: number;
  /** Fold no event later than this time; the instance is read-only. */
  readonly maxTime?: number;
  /** Leave snapshots aside and fold every event. */
  readonly rebuild?: boolean;
}

/** The outcome of a load. */
export interface Loaded<A> {
  readonly aggregate: A | undefined;
  /** How many events were folded, or would have been without the cached state that was used. */
  readonly replayed: number;
  readonly replayMs: number;
  /** Its snapshot was of an older schema, and is stored as such still. */
  readonly isMigrated: boolean;
  /** The size of its snapshot's state as JSON, roughly; 0 where it is not known. */
  readonly stateBytes: number;
  /** Snapshots that cannot be used: the next one written takes their place. */
  readonly misses: readonly MissedSnapshot[];
  /** The cached state that it started from, and how many events were folded after it; absent where it started from the store. */
  readonly cached?: { readonly version: number; readonly folded: number };
  /** Present where it was loaded from the row of its state, without events. */
  readonly isFromRow?: true;
}

/** The outcome of a load that found something. */
export interface LoadedAggregate<A> extends Loaded<A> {
  readonly aggregate: A;
}

export function isLoaded<A>(loaded: Loaded<A>): loaded is LoadedAggregate<A> {
  return loaded.aggregate !== undefined;
}

interface AggregateLoaderParts<A extends AggregateRoot> {
  readonly adapter: Pick<EventStoreAdapter, "load" | "log">;
  readonly model: AggregateModel<A>;
  readonly finder: Finder;
}

/** The present state, by way of a snapshot. */
const CURRENT: LoadOptions = {};

/** A load under way. */
interface Replay<A> {
  readonly request: LoadRequest;
  readonly aggregate: A;
  readonly start: FoundStart;
  /** By `now()`. */
  readonly startedAt: number;
  readonly isTemporal: boolean;
}

/** Loads aggregates of one class from the newest usable snapshot and the events after it. */
export class AggregateLoader<A extends AggregateRoot = AggregateRoot> implements Loader<A> {
  constructor(private readonly parts: AggregateLoaderParts<A>) {}

  load(id: string, options: LoadOptions = CURRENT): Answer<Loaded<A>> {
    const { model, finder } = this.parts;
    const startedAt = now();
    const { maxVersion, maxTime } = options;
    const { stream, category } = streamOf(model.category, id);
    // Node 20 takes half a microsecond to add a property to a copy: what is spread stands last, and is mostly nothing.
    const request: LoadRequest = {
      stream,
      category,
      limit: PAGE_SIZE,
      ...(maxVersion !== undefined && { maxVersion }),
      ...(maxTime !== undefined && { maxTime }),
    };
    const isTemporal = maxVersion !== undefined || maxTime !== undefined;
    const found = options.rebuild === true ? EVENTS_ALONE : finder.find(request, id);
    return answered(found, (start) => {
      const aggregate = restored(model, id, start.usable?.snapshot, isTemporal);
      const replay: Replay<A> = { request, aggregate, start, startedAt, isTemporal };
      if (start.page !== undefined) return this.#foldFrom(replay, start.page);
      return answered(this.parts.adapter.load(request), ({ page }) => this.#foldFrom(replay, page));
    });
  }

  #foldFrom(replay: Replay<A>, first: FoldPage): Answer<Loaded<A>> {
    if (first.more) return this.#foldPages(replay, first);
    this.#foldPage(replay, first);
    return this.#loaded(replay);
  }

  #foldPage({ aggregate, request }: Replay<A>, { events, lastPosition, lastId }: FoldPage): void {
    const life = lifeOf(aggregate);
    fold(aggregate, this.parts.model, { stream: request.stream, firstPosition: life.version + 1, events });
    life.version = lastPosition;
    if (lastId !== "") life.lastEventId = lastId;
  }

  async #foldPages(replay: Replay<A>, first: FoldPage): Promise<Loaded<A>> {
    const { log } = this.parts.adapter;
    let page = first;
    for (let pages = 1, limit = PAGE_SIZE; ; pages++) {
      const next = page.more ? log.loadPage({ after: page.lastPosition, ...replay.request, limit }) : undefined;
      // This page is folded while a server reads the next one, whose failure does not matter when this one cannot be folded.
      if (next instanceof Promise) next.catch(() => undefined);
      this.#foldPage(replay, page);
      if (next === undefined) return this.#loaded(replay);
      if (pages % PAGES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      if (next instanceof Promise) {
        page = await next;
        limit = AWAITED_PAGE_SIZE;
      } else {
        page = next;
      }
    }
  }

  #loaded({ aggregate, start, startedAt, isTemporal }: Replay<A>): Loaded<A> {
    const { shape } = this.parts.model;
    const life = lifeOf(aggregate);
    const { version } = life;
    const { usable, misses } = start;
    const { isMigrated = false, stateBytes = 0 } = usable ?? NO_SNAPSHOT;
    const replayed = version - (usable?.snapshot.version ?? -1);
    const found = version >= 0;
    if (found && shape.entityKeys.length > 0) claimEntities(aggregate, life, shape);
    if (found && isTemporal) deeplyFrozen(aggregate);
    const replayMs = now() - startedAt;
    return { aggregate: found ? aggregate : undefined, replayed, replayMs, isMigrated, stateBytes, misses };
  }
}

const EVENTS_ALONE: FoundStart = { page: undefined, usable: undefined, misses: [] };
const NO_SNAPSHOT: { readonly isMigrated?: boolean; readonly stateBytes?: number } = {};
