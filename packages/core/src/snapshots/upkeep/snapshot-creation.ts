import { type AggregateRoot, lifeOf } from "../../elements/aggregate-root";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import { isLoaded, type Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
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
interface RefreshedSnapshot {
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
    return (await this.store(aggregate, options, misses)).snapshot;
  }

  /** Makes a snapshot unless the latest one is of the latest version. */
  async refresh(id: string, options: CreateSnapshotOptions = {}): Promise<RefreshedSnapshot> {
    const { aggregate, replayed, misses, isMigrated, stateBytes } = await this.load(id, options);
    if (replayed === 0 && !isMigrated) return { isCreated: false, bytes: stateBytes };
    const { bytes } = await this.store(aggregate, options, misses);
    return { isCreated: true, bytes };
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

  private async load(id: string, { rebuild = false }: CreateSnapshotOptions) {
    checkIdentifier(id, this.model.name);
    const loaded = await this.loader.load(id, { rebuild });
    if (!isLoaded(loaded)) throw new ObjectNotFoundError({ aggregate: this.model.name, id });
    return loaded;
  }

  private async store(
    aggregate: A,
    { dryRun = false, metadata }: CreateSnapshotOptions,
    misses: readonly MissedSnapshot[],
  ): Promise<EncodedSnapshot> {
    return dryRun
      ? this.writer.take(aggregate, filled(metadata))
      : await this.writer.write(aggregate, filled(metadata), discardable(misses));
  }
}

function filled(metadata: CreateSnapshotOptions["metadata"]): SnapshotMetadata {
  return { createdBy: "tidemark", reason: "manual", ...metadata };
}
