import type { Attributes } from "@opentelemetry/api";

import { newLife } from "../elements/aggregate-life";
import { type AggregateRoot, born, lifeOf } from "../elements/aggregate-root";
import { claimEntities } from "../elements/entities-of";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import { answered } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { FoldPage, LoadRequest } from "../ports/loaded-stream";
import { deeplyFrozen } from "../schema/copying";
import type { Snapshot } from "../snapshots/snapshot";
import type { UsableSnapshot } from "../snapshots/snapshot-usability";
import { ATTRIBUTES, SPANS } from "../telemetry/names";
import type { SnapshotReport } from "../telemetry/snapshot-report";
import { traced } from "../telemetry/tracing";
import { fold } from "./fold";
import type { Beginning, SnapshotFinder, TriedSnapshot } from "./snapshot-finder";

/** How many events a page holds: where joining and parsing rows at once is fastest, and memory stays small. */
const PAGE_SIZE = 500;

/** How many it holds from a store that has to be waited for: more in each, so that there are fewer to wait for. */
const AWAITED_PAGE_SIZE = 2_500;

/** After this many pages in a row from a store that answers at once, others get their turn of the event loop. */
const PAGES_PER_TURN = 20;

export interface LoadOptions {
  /** Fold no event above this version; the instance is read-only. */
  readonly maxVersion?: number;
  /** Fold no event later than this time; the instance is read-only. */
  readonly maxTime?: number;
  /** Leave snapshots aside and fold every event. */
  readonly rebuild?: boolean;
}

export interface LoadedAggregate<A> {
  readonly aggregate: A;
  /** How many events were folded, or would have been without the cached state that it comes from. */
  readonly replayed: number;
  readonly replayMs: number;
  /** Its snapshot was of an older schema, and is stored as such still. */
  readonly isMigrated: boolean;
  /** The size of its snapshot's state as JSON, roughly; 0 where it is not known. */
  readonly stateBytes: number;
  /** Snapshots that were tried and proved unusable: the next one written takes their place. */
  readonly unusable: readonly TriedSnapshot[];
}

/** As much of a snapshot as an aggregate is restored from. */
export type RestorableState = Pick<Snapshot, "state" | "version" | "lastEventId" | "createdAt">;

export interface AggregateLoaderParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly finder: SnapshotFinder;
  readonly report: SnapshotReport;
}

const NO_SNAPSHOT: Partial<UsableSnapshot> = {};

/** The state as it is now, by way of a snapshot. */
const CURRENT: LoadOptions = {};

/** A load under way. */
interface Replay<A> {
  readonly request: LoadRequest;
  readonly aggregate: A;
  readonly beginning: Beginning;
  /** As `performance.now()` tells the time. */
  readonly began: number;
  readonly isTemporal: boolean;
  /** Whether it is one of the loads that applications wait for. */
  readonly isCounted: boolean;
}

/** Loads aggregates of one class from the newest usable snapshot and the events after it. */
export class AggregateLoader<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: AggregateLoaderParts<A>) {}

  /** @returns undefined where the stream has no event (within the bounds). */
  load(id: string, options: LoadOptions = CURRENT): Answer<LoadedAggregate<A> | undefined> {
    return traced(SPANS.load, (span) => {
      const loading = this.loadUntraced(id, options);
      if (!span.isRecording()) return loading;
      return answered(loading, (loaded) => {
        span.setAttributes(this.attributesOf(id, loaded));
        return loaded;
      });
    });
  }

  private loadUntraced(id: string, options: LoadOptions): Answer<LoadedAggregate<A> | undefined> {
    const { model, finder } = this.parts;
    const began = performance.now();
    const { rebuild = false, ...bounds } = options;
    const request = { ...streamOf(model.category, id), ...bounds, limit: PAGE_SIZE };
    const isTemporal = bounds.maxVersion !== undefined || bounds.maxTime !== undefined;
    return answered(rebuild ? finder.withoutSnapshot(request) : finder.begin(request, id), (beginning) => {
      const aggregate = this.restore(id, beginning.usable?.snapshot, isTemporal);
      const replay: Replay<A> = { request, aggregate, beginning, began, isTemporal, isCounted: !rebuild };
      if (beginning.page.more) return this.foldPages(replay);
      this.foldPage(replay, beginning.page);
      return this.replayed(replay);
    });
  }

  private foldPage({ aggregate, request }: Replay<A>, { events, lastPosition, lastId }: FoldPage): void {
    const life = lifeOf(aggregate);
    fold(aggregate, this.parts.model, { stream: request.stream, firstPosition: life.version + 1, events });
    life.version = lastPosition;
    if (lastId !== "") life.lastEventId = lastId;
  }

  private async foldPages(replay: Replay<A>): Promise<LoadedAggregate<A> | undefined> {
    const { adapter } = this.parts;
    const { request, beginning } = replay;
    let page = beginning.page;
    for (let pages = 1, limit = PAGE_SIZE; ; pages++) {
      const next = page.more ? adapter.log.loadPage({ ...request, limit, after: page.lastPosition }) : undefined;
      // Folded while a server reads the next one. That is left alone when this one cannot be folded.
      if (next instanceof Promise) next.catch(() => undefined);
      this.foldPage(replay, page);
      if (next === undefined) return this.replayed(replay);
      if (pages % PAGES_PER_TURN === 0) await new Promise(setImmediate);
      if (next instanceof Promise) {
        page = await next;
        limit = AWAITED_PAGE_SIZE;
      } else {
        page = next;
      }
    }
  }

  private replayed({ aggregate, beginning, began, isTemporal, isCounted }: Replay<A>): LoadedAggregate<A> | undefined {
    const { model, report } = this.parts;
    const { version } = lifeOf(aggregate);
    if (version < 0) return undefined;
    if (model.shape.entityKeys.length > 0) claimEntities(aggregate, model.shape, isTemporal);
    if (isTemporal) deeplyFrozen(aggregate);
    const { usable, unusable } = beginning;
    const replayed = version - (usable?.snapshot.version ?? -1);
    const replayMs = performance.now() - began;
    if (isCounted) report.replayed(replayed, replayMs);
    const { isMigrated = false, stateBytes = 0 } = usable ?? NO_SNAPSHOT;
    return { aggregate, replayed, replayMs, isMigrated, stateBytes, unusable };
  }

  private attributesOf(id: string, loaded: LoadedAggregate<A> | undefined): Attributes {
    const { model } = this.parts;
    const version = loaded?.aggregate.version ?? -1;
    const replayed = loaded?.replayed ?? 0;
    return {
      [ATTRIBUTES.aggregate]: model.name,
      [ATTRIBUTES.stream]: streamOf(model.category, id).stream,
      [ATTRIBUTES.version]: version,
      [ATTRIBUTES.snapshotVersion]: version - replayed,
      [ATTRIBUTES.eventsReplayed]: replayed,
    };
  }

  /** The aggregate as a snapshot in the present schema has it; new without one. Takes the snapshot's state apart. */
  restore(id: string, snapshot: RestorableState | undefined, isTemporal: boolean): A {
    const { model } = this.parts;
    const life = newLife(id, isTemporal);
    const aggregate = born(model.type, life);
    if (snapshot === undefined) return aggregate;
    // A field that the state lacks was undefined when it was taken, whatever its default is.
    const state = model.shape.decode(snapshot.state) as Record<string, unknown>;
    for (const key of model.shape.keys) (aggregate as Record<string, unknown>)[key] = state[key];
    life.version = snapshot.version;
    life.lastEventId = snapshot.lastEventId;
    life.snapshotVersion = snapshot.version;
    life.snapshotTime = snapshot.createdAt.getTime();
    return aggregate;
  }
}
