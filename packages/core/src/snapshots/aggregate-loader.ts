import { newLife } from "../elements/aggregate-life";
import type { AggregateModel } from "../elements/aggregate-model";
import { type AggregateRoot, born, lifeOf } from "../elements/aggregate-root";
import { fold } from "../elements/fold";
import { DeserializationError } from "../errors/deserialization-error";
import type {
  EventStoreAdapter,
  FoldPage,
  LoadedStream,
  LoadRequest,
  SnapshotKey,
} from "../event-store/event-store-adapter";
import { streamOf } from "../event-store/stream-names";
import type { SnapshotReport } from "../telemetry/snapshot-report";
import { readDeadline, SnapshotReadTimeout } from "./read-deadline";
import type { Snapshot } from "./snapshot";
import { isUsable, openSnapshot } from "./snapshot-usability";

/** How many events a page holds: where joining and parsing rows at once is fastest, and memory stays small. */
const PAGE_SIZE = 500;

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
  /** How many events were folded. */
  readonly replayed: number;
  readonly replayMs: number;
  /** Snapshots that were tried and proved unusable: the next one written takes their place. */
  readonly unusable: readonly SnapshotKey[];
}

export interface AggregateLoaderParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly report: SnapshotReport;
  /** How long a load may wait for its snapshot before it folds the events alone. */
  readonly readTimeoutMs: number;
  /** A snapshot whose state takes more bytes of JSON is not used. */
  readonly maxStateBytes: number;
}

interface Beginning {
  readonly page: FoldPage;
  readonly snapshot: Snapshot | undefined;
  readonly unusable: SnapshotKey[];
}

/** Loads aggregates of one class from the newest usable snapshot and the events after it. */
export class AggregateLoader<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: AggregateLoaderParts<A>) {}

  /** @returns undefined where the stream has no event (within the bounds). */
  async load(id: string, { rebuild = false, ...bounds }: LoadOptions = {}): Promise<LoadedAggregate<A> | undefined> {
    const { adapter, model } = this.parts;
    const began = performance.now();
    const request = { ...streamOf(model.category, id), ...bounds, limit: PAGE_SIZE };
    const { page, snapshot, unusable } = rebuild
      ? await this.beginWithoutSnapshot(request)
      : await this.begin(request, id);
    const isTemporal = bounds.maxVersion !== undefined || bounds.maxTime !== undefined;
    const aggregate = this.restore(id, isTemporal, snapshot);
    const life = lifeOf(aggregate);

    let next = page;
    for (let pages = 1; ; pages++) {
      fold(aggregate, model, { stream: request.stream, firstPosition: life.version + 1, events: next.events });
      life.version = next.lastPosition;
      if (next.lastId !== "") life.lastEventId = next.lastId;
      if (!next.more) break;
      if (pages % PAGES_PER_TURN === 0) await new Promise(setImmediate);
      const answer = adapter.loadPage({ ...request, after: life.version });
      next = answer instanceof Promise ? await answer : answer;
    }
    if (life.version < 0) return undefined;
    const replayed = life.version - (snapshot?.version ?? -1);
    return { aggregate, replayed, replayMs: performance.now() - began, unusable };
  }

  private restore(id: string, isTemporal: boolean, snapshot: Snapshot | undefined): A {
    const { model } = this.parts;
    const life = newLife(id, isTemporal);
    const aggregate = born(model.type, life);
    if (snapshot === undefined) return aggregate;
    Object.assign(aggregate, model.shape.decode(snapshot.state));
    life.version = snapshot.version;
    life.lastEventId = snapshot.lastEventId;
    life.snapshotVersion = snapshot.version;
    life.snapshotTime = snapshot.createdAt.getTime();
    return aggregate;
  }

  /** The newest usable snapshot with the first page after it. Whatever goes wrong with a snapshot, events remain. */
  private async begin(request: LoadRequest, id: string): Promise<Beginning> {
    const { model, report, maxStateBytes } = this.parts;
    const { stream } = streamOf(model.snapshotCategory, id);
    const kinds = [{ schemaVersion: model.schemaVersion, fingerprint: model.fingerprint }];
    const unusable: SnapshotKey[] = [];
    for (let below: number | undefined; ; ) {
      const loaded = await this.tryLoad(
        { ...request, snapshots: { stream, kinds, ...(below !== undefined && { below }) } },
        id,
      );
      if (loaded === undefined) return this.beginWithoutSnapshot(request);
      if (loaded.snapshot === undefined) return { page: loaded.page, snapshot: undefined, unusable };
      const opened = openSnapshot(loaded.snapshot, model, id, { eventId: loaded.snapshotEventId, maxStateBytes });
      if (isUsable(opened)) {
        report.hit();
        return { page: loaded.page, snapshot: opened, unusable };
      }
      report.miss(opened.reason, id, opened.explanation);
      const { version, schemaVersion, fingerprint } = loaded.snapshot;
      unusable.push({ version, schemaVersion, fingerprint });
      below = version;
    }
  }

  /** @returns undefined where the store could not answer with a snapshot; the caller then asks for events alone. */
  private async tryLoad(request: LoadRequest, id: string): Promise<LoadedStream | undefined> {
    const { adapter, report, readTimeoutMs } = this.parts;
    try {
      const answer = adapter.load(request);
      return answer instanceof Promise ? await readDeadline(answer, readTimeoutMs) : answer;
    } catch (error) {
      // Damaged events: no way round by leaving the snapshot aside.
      if (error instanceof DeserializationError) throw error;
      const reason = error instanceof SnapshotReadTimeout ? "read-timeout" : "read-failed";
      report.miss(reason, id, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private async beginWithoutSnapshot(request: LoadRequest): Promise<Beginning> {
    const { page } = await this.parts.adapter.load(request);
    return { page, snapshot: undefined, unusable: [] };
  }
}
