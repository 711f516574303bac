import { type AggregateRoot, lifeOf } from "../../elements/aggregate-root";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import { isLoaded, type LoadedAggregate, type Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
import { type Answer, answered } from "../../ports/answer";
import { checkIdentifier } from "../../schema/identifier";
import type { Snapshot, SnapshotMetadata } from "../snapshot";
import type { EncodedSnapshot } from "../snapshot-record";
import { discardable, type MissedSnapshot } from "../snapshot-usability";
import type { SnapshotWriter } from "../snapshot-writer";
import { checkHasSnapshots } from "./snapshot-refusal";

/** How to make one snapshot on demand. */
export interface CreateSnapshotOptions {
  /** Fold every event again instead of starting from the last snapshot. */
  readonly rebuild?: boolean;
  /** Do everything but write. */
  readonly dryRun?: boolean;
  /** Free-form; `createdBy` and `reason` are filled in. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The outcome for one aggregate. */
export interface RefreshedSnapshot {
  /** False where the stored snapshot was current. */
  readonly isCreated: boolean;
  /** The size of its state as JSON, roughly. */
  readonly bytes: number;
}

/** Makes snapshots of one aggregate class on demand. A failure is thrown, unlike that of an automatic snapshot. */
export class SnapshotCreation<A extends AggregateRoot = AggregateRoot> {
  constructor(
    private readonly model: AggregateModel<A>,
    private readonly loader: Loader<A>,
    private readonly writer: SnapshotWriter<A>,
  ) {}

  /** @throws ObjectNotFoundError when there is no such aggregate; IncorrectUsageError for a class without snapshots. */
  async ofId(id: string, options: CreateSnapshotOptions = {}): Promise<Snapshot> {
    checkHasSnapshots(this.model, "create a snapshot");
    const { aggregate, misses } = await this.load(id, options);
    return (await this.store(aggregate, options, filled(options.metadata), misses)).snapshot;
  }

  /** Makes a snapshot unless the latest one is of the latest version. Answers at once where the store does. */
  refresh(id: string, options: CreateSnapshotOptions = {}): Answer<RefreshedSnapshot> {
    return answered(this.load(id, options), ({ aggregate, replayed, misses, isMigrated, stateBytes }) => {
      if (replayed === 0 && !isMigrated) return { isCreated: false, bytes: stateBytes };
      const metadata = options.metadata === undefined ? MANUAL : filled(options.metadata);
      const stored = this.store(aggregate, options, metadata, misses);
      return answered(stored, ({ bytes }) => ({ isCreated: true, bytes }));
    });
  }

  /**
   * Makes a snapshot of a live instance: of the state that its stored events lead to.
   * @throws IncorrectUsageError when the instance has unsaved changes, and for a class without snapshots.
   */
  async ofLive(aggregate: A, options: CreateSnapshotOptions = {}): Promise<Snapshot> {
    checkHasSnapshots(this.model, "create a snapshot");
    const { id, pending, version, isTemporal, refusal } = lifeOf(aggregate);
    const fault =
      (isTemporal && "it shows an earlier state") ||
      (refusal !== undefined && "it refused a change; load it again") ||
      (pending.length > 0 && `it has ${pending.length} unsaved event(s); add it to its repository first`) ||
      (version < 0 && "it has no events yet");
    if (fault)
      throw new IncorrectUsageError(`Cannot create a snapshot of ${this.model.name} ${JSON.stringify(id)}: ${fault}`);
    const { metadata, ...how } = options;
    return (await this.writer.writeSaved(aggregate, filled(metadata), how)).snapshot;
  }

  private load(id: string, { rebuild = false }: CreateSnapshotOptions): Answer<LoadedAggregate<A>> {
    checkIdentifier(id, this.model.name);
    return answered(this.loader.load(id, rebuild ? REBUILD : undefined), (loaded) => {
      if (!isLoaded(loaded)) throw new ObjectNotFoundError({ aggregate: this.model.name, id });
      return loaded;
    });
  }

  private store(
    aggregate: A,
    { dryRun = false }: CreateSnapshotOptions,
    metadata: SnapshotMetadata,
    misses: readonly MissedSnapshot[],
  ): Answer<EncodedSnapshot> {
    return dryRun ? this.writer.take(aggregate, metadata) : this.writer.write(aggregate, metadata, discardable(misses));
  }
}

const REBUILD = { rebuild: true };

/** Of every snapshot of a run that was given no metadata; none of those is handed out. */
const MANUAL: SnapshotMetadata = Object.freeze({ createdBy: "tidemark", reason: "manual" });

function filled(metadata: CreateSnapshotOptions["metadata"]): SnapshotMetadata {
  return { createdBy: "tidemark", reason: "manual", ...metadata };
}
