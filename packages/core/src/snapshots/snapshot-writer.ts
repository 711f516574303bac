import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import { type Answer, answered } from "../ports/answer";
import type { SnapshotKey, SnapshotStore } from "../ports/snapshot-store";
import { nameAndId } from "../wording/in-words";
import type { BackgroundWrites } from "./background-writes";
import type { SnapshotMetadata } from "./snapshot";
import type { SnapshotPolicy } from "./snapshot-policy";
import { type EncodedSnapshot, encodeSnapshot } from "./snapshot-record";
import { discardable, type MissedSnapshot } from "./snapshot-usability";
import { storedState } from "./stored-state";
import type { SnapshotContext } from "./strategies/strategy";

interface SnapshotWriterParts<A extends AggregateRoot> {
  readonly snapshots: Pick<SnapshotStore, "write">;
  readonly model: AggregateModel<A>;
  readonly policy: SnapshotPolicy;
  readonly background: BackgroundWrites;
  readonly clock: Clock;
  /** Loads an aggregate as the store has it at a version. @param rebuild leave snapshots aside and fold every event. */
  readonly loadStored: (id: string, version: number, rebuild: boolean) => Answer<StoredAggregate<A>>;
  /** Called after each snapshot that was stored, with its version and time. */
  readonly written?: ((id: string, version: number, time: number) => void) | undefined;
  /** Called with each automatic snapshot that was not written: its failure reaches nobody else. */
  readonly failed: (id: string, error: unknown) => void;
}

/** A load, as far as it decides about the next snapshot. */
interface FinishedLoad<A> {
  readonly aggregate: A;
  readonly replayed: number;
  readonly replayMs: number;
  readonly isMigrated: boolean;
  readonly misses: readonly MissedSnapshot[];
}

/** An aggregate that no code but the framework's has had in hand. */
type StoredAggregate<A> = Pick<FinishedLoad<A>, "misses"> & { readonly aggregate: A | undefined };

interface WriteSavedOptions {
  /** The version to take; the present one of the instance where absent. */
  readonly version?: number;
  /** Leave snapshots aside and fold every event. */
  readonly rebuild?: boolean;
  /** Do everything but write. */
  readonly dryRun?: boolean;
}

type Occasion = Pick<SnapshotContext, "occasion" | "events" | "replayed" | "replayMs">;

/** Writes the snapshots of one aggregate class: on demand, and when its policy says that one is due. */
export class SnapshotWriter<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: SnapshotWriterParts<A>) {}

  /**
   * Takes the snapshot of a fully saved aggregate's state, serialised at once.
   * @throws ValidationError when the state holds something that cannot be stored, or too much.
   */
  take(aggregate: A, metadata: SnapshotMetadata): EncodedSnapshot {
    const { model, policy, clock } = this.parts;
    const { id, version, lastEventId } = lifeOf(aggregate);
    const taken = {
      stream: this.streamOf(id),
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

  /** Writes a snapshot of a fully saved aggregate and notes it on the instance. */
  write(aggregate: A, metadata: SnapshotMetadata, discard: readonly SnapshotKey[] = []): Answer<EncodedSnapshot> {
    const taken = this.take(aggregate, metadata);
    return answered(this.store(aggregate, taken, discard), () => taken);
  }

  /**
   * Writes a snapshot of a saved instance and notes it on the instance. The state is loaded from the store, because the instance may
   * hold something that no event carries: a field that a method has assigned outside of `@apply`, a nested value that a caller
   * has changed.
   *
   * @throws IncorrectUsageError for an instance that the store does not have in that version.
   */
  async writeSaved(
    aggregate: A,
    metadata: SnapshotMetadata,
    { version = aggregate.version, rebuild = false, dryRun = false }: WriteSavedOptions,
  ): Promise<EncodedSnapshot> {
    const { aggregate: stored, misses } = await this.parts.loadStored(aggregate.id, version, rebuild);
    if (stored?.version !== version) {
      throw new IncorrectUsageError(
        `Cannot create a snapshot of ${nameAndId(aggregate)}: its stream has no event at position ${version}`,
      );
    }
    const taken = this.take(stored, metadata);
    if (!dryRun) await this.store(aggregate, taken, discardable(misses));
    return taken;
  }

  private store(aggregate: A, { snapshot, stored }: EncodedSnapshot, discard: readonly SnapshotKey[]): Answer<void> {
    const { snapshots, policy, written } = this.parts;
    const write = { snapshot: stored, keep: policy.keep, ...(discard.length > 0 && { discard }) };
    return answered(snapshots.write([write]), () => {
      const { aggregateId, version, createdAt } = snapshot;
      written?.(aggregateId, version, createdAt.getTime());
      const life = lifeOf(aggregate);
      if (version < life.snapshotVersion) return;
      life.snapshotVersion = version;
      life.snapshotTime = createdAt.getTime();
    });
  }

  /** Writes a snapshot after a commit when one is due. Never fails the save. */
  afterSave(aggregate: A, events: readonly object[]): Answer<void> {
    const { when, on, inBackground } = this.parts.policy;
    if (when === undefined || !on.has("save")) return;
    if (!this.isDue(aggregate, { occasion: "save", events, replayed: 0, replayMs: 0 })) return;
    const { id, version } = aggregate;
    const write = async () => {
      await this.writeSaved(aggregate, { createdBy: "tidemark", reason: "threshold" }, { version });
    };
    if (!inBackground) return this.reporting(id, write);
    this.parts.background.schedule({
      key: this.streamOf(id),
      version,
      run: write,
      failed: (error) => this.parts.failed(id, error),
    });
  }

  /** Writes a snapshot after a load when one is due, or in the place of migrated or unusable ones. Never fails the load. */
  afterLoad({ aggregate, replayed, replayMs, isMigrated, misses }: FinishedLoad<A>): Answer<void> {
    const { when, on, isManual } = this.parts.policy;
    if (isMigrated && !isManual) return this.writeAnyway(aggregate, "migration", misses);
    if (when === undefined || !on.has("load")) return;
    if (misses.some(({ key }) => key !== undefined)) return this.writeAnyway(aggregate, "threshold", misses);
    if (replayed > 0 && this.isDue(aggregate, { occasion: "load", events: [], replayed, replayMs }))
      return this.writeAnyway(aggregate, "threshold", []);
  }

  private isDue(aggregate: A, occasion: Occasion): boolean {
    try {
      return this.parts.policy.when?.(this.context(aggregate, occasion)) === true;
    } catch (error) {
      this.parts.failed(aggregate.id, error);
      return false;
    }
  }

  /** Writes a snapshot of what was loaded. The state is serialised before the caller of the load can change it. */
  private writeAnyway(
    aggregate: A,
    reason: SnapshotMetadata["reason"],
    misses: readonly MissedSnapshot[],
  ): Promise<void> {
    const { policy, background, failed } = this.parts;
    return this.reporting(aggregate.id, async () => {
      const taken = this.take(aggregate, { createdBy: "tidemark", reason });
      const store = async () => await this.store(aggregate, taken, discardable(misses));
      if (!policy.inBackground) return await store();
      background.schedule({
        key: taken.snapshot.stream,
        version: taken.snapshot.version,
        run: store,
        failed: (error) => failed(aggregate.id, error),
      });
    });
  }

  private async reporting(id: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.parts.failed(id, error);
    }
  }

  private streamOf(id: string): string {
    return streamOf(this.parts.model.snapshotCategory, id).stream;
  }

  private context(aggregate: A, { occasion, events, replayed, replayMs }: Occasion): SnapshotContext {
    const { id, version, snapshotVersion, snapshotTime } = lifeOf(aggregate);
    const { model, clock, background } = this.parts;
    const now = clock.now().getTime();
    // A snapshot that is being written counts as stored, or each save meanwhile would serialise another.
    const underWay = background.versionUnderWay(this.streamOf(id));
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
