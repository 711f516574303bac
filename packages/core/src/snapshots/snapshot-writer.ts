import type { Attributes } from "@opentelemetry/api";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import { streamOf } from "../event-store/stream-names";
import type { LoadedAggregate } from "../loading/aggregate-loader";
import { discardable, type TriedSnapshot } from "../loading/snapshot-finder";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { SnapshotKey } from "../ports/snapshot-store";
import { ATTRIBUTES, SPANS } from "../telemetry/names";
import type { SnapshotReport } from "../telemetry/snapshot-report";
import { traced } from "../telemetry/tracing";
import type { BackgroundWrites } from "./background-writes";
import type { Snapshot, SnapshotMetadata } from "./snapshot";
import type { SnapshotPolicy } from "./snapshot-policy";
import { type EncodedSnapshot, encodeSnapshot } from "./snapshot-record";
import { storedState } from "./stored-state";
import type { SnapshotContext } from "./strategy";

export interface SnapshotWriterParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly policy: SnapshotPolicy;
  readonly report: SnapshotReport;
  readonly background: BackgroundWrites;
  readonly clock: Clock;
  /** Told of every snapshot that was stored, with its version and time. */
  readonly written?: ((id: string, version: number, time: number) => void) | undefined;
}

type Occasion = Pick<SnapshotContext, "occasion" | "events" | "replayed" | "replayMs">;

/** Writes the snapshots of one aggregate class: on demand, and when its policy says that one is due. */
export class SnapshotWriter<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: SnapshotWriterParts<A>) {}

  /**
   * The snapshot of a fully saved aggregate's state, serialised at once.
   * @throws ValidationError when the state holds something that cannot be stored, or too much.
   */
  take(aggregate: A, metadata: SnapshotMetadata): EncodedSnapshot {
    const { model, policy, clock } = this.parts;
    const { id, version, lastEventId } = lifeOf(aggregate);
    const taken = {
      stream: streamOf(model.snapshotCategory, id).stream,
      aggregateType: model.name,
      aggregateId: id,
      version,
      lastEventId,
      schemaVersion: model.schemaVersion,
      fingerprint: model.fingerprint,
      state: storedState(aggregate, model),
      createdAt: clock.now(),
      metadata,
    };
    return encodeSnapshot(taken, model.snapshotCategory, policy);
  }

  /** Writes a snapshot of a fully saved aggregate and lets the instance know. */
  async write(
    aggregate: A,
    metadata: SnapshotMetadata,
    discard: readonly SnapshotKey[] = [],
  ): Promise<EncodedSnapshot> {
    const taken = this.take(aggregate, metadata);
    await this.store(aggregate, taken, discard);
    return taken;
  }

  private async store(
    aggregate: A,
    { snapshot, stored }: EncodedSnapshot,
    discard: readonly SnapshotKey[],
  ): Promise<void> {
    await traced(SPANS.writeSnapshot, async (span) => {
      if (span.isRecording()) span.setAttributes(attributesOf(snapshot));
      const began = performance.now();
      await this.parts.adapter.snapshots.write([{ snapshot: stored, keep: this.parts.policy.keep, discard }]);
      this.parts.report.written(Buffer.byteLength(stored.state), performance.now() - began);
    });
    const { aggregateId, version, createdAt } = snapshot;
    this.parts.written?.(aggregateId, version, createdAt.getTime());
    const life = lifeOf(aggregate);
    if (snapshot.version < life.snapshotVersion) return;
    life.snapshotVersion = snapshot.version;
    life.snapshotTime = snapshot.createdAt.getTime();
  }

  /** After a commit: writes one when it is due. Never fails the save. */
  afterSave(aggregate: A, events: readonly object[]): Answer<void> {
    if (this.parts.policy.when === undefined || !this.parts.policy.on.has("save")) return;
    return this.writeWhenDue(aggregate, { occasion: "save", events, replayed: 0, replayMs: 0 });
  }

  /** After a load: writes one when it is due, or in the place of migrated or unusable ones. Never fails the load. */
  afterLoad({ aggregate, replayed, replayMs, isMigrated, unusable }: LoadedAggregate<A>): Answer<void> {
    const { when, on, isManual } = this.parts.policy;
    if (isMigrated && !isManual) return this.writeAnyway(aggregate, "migration", unusable);
    if (when === undefined || !on.has("load")) return;
    if (unusable.length > 0) return this.writeAnyway(aggregate, "threshold", unusable);
    if (replayed > 0) return this.writeWhenDue(aggregate, { occasion: "load", events: [], replayed, replayMs });
  }

  private writeWhenDue(aggregate: A, occasion: Occasion): Answer<void> {
    try {
      if (this.parts.policy.when?.(this.context(aggregate, occasion)) !== true) return;
    } catch (error) {
      this.parts.report.writeFailed(aggregate.id, error);
      return;
    }
    return this.writeAnyway(aggregate, "threshold", []);
  }

  private async writeAnyway(
    aggregate: A,
    reason: SnapshotMetadata["reason"],
    unusable: readonly TriedSnapshot[],
  ): Promise<void> {
    try {
      const taken = this.take(aggregate, { createdBy: "tidemark", reason });
      if (this.parts.policy.inBackground) this.schedule(aggregate, taken, discardable(unusable));
      else await this.store(aggregate, taken, discardable(unusable));
    } catch (error) {
      this.parts.report.writeFailed(aggregate.id, error);
    }
  }

  private schedule(aggregate: A, taken: EncodedSnapshot, discard: readonly SnapshotKey[]): void {
    const { background, report } = this.parts;
    background.schedule({
      key: taken.snapshot.stream,
      version: taken.snapshot.version,
      run: () => this.store(aggregate, taken, discard),
      failed: (error) => report.writeFailed(aggregate.id, error),
    });
  }

  private context(aggregate: A, { occasion, events, replayed, replayMs }: Occasion): SnapshotContext {
    const { id, version, snapshotVersion, snapshotTime } = lifeOf(aggregate);
    const { model, clock, background } = this.parts;
    const now = clock.now().getTime();
    // One that is being written counts as there, or each save meanwhile would serialise another.
    const underWay = background.versionUnderWay(streamOf(model.snapshotCategory, id).stream);
    const isUnderWay = underWay > snapshotVersion;
    return {
      occasion,
      events,
      replayed,
      replayMs,
      aggregateType: model.name,
      aggregateId: id,
      version,
      eventsSince: version - (isUnderWay ? underWay : snapshotVersion),
      msSince: isUnderWay ? 0 : now - snapshotTime,
    };
  }
}

function attributesOf({ aggregateType, stream, version, encoding, metadata }: Snapshot): Attributes {
  return {
    [ATTRIBUTES.aggregate]: aggregateType,
    [ATTRIBUTES.stream]: stream,
    [ATTRIBUTES.snapshotVersion]: version,
    [ATTRIBUTES.encoding]: encoding,
    [ATTRIBUTES.reason]: metadata.reason,
  };
}
