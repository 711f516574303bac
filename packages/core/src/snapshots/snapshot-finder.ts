import type { AggregateModel } from "../elements/aggregate-model";
import { DeserializationError } from "../errors/deserialization-error";
import type {
  EventStoreAdapter,
  FoldPage,
  LoadedStream,
  LoadRequest,
  SnapshotKey,
} from "../event-store/event-store-adapter";
import { streamOf } from "../event-store/stream-names";
import type { SnapshotMiss, SnapshotReport } from "../telemetry/snapshot-report";
import { ReadDeadline, SnapshotReadTimeout } from "./read-deadline";
import { isUsable, openSnapshot, type UsableSnapshot, usableKinds } from "./snapshot-usability";

export interface SnapshotFinderParts {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel;
  readonly report: SnapshotReport;
  /** How long a load may wait for its snapshot before it folds the events alone. */
  readonly readTimeoutMs: number;
  /** A snapshot whose state takes more bytes of JSON is not used. */
  readonly maxStateBytes: number;
}

/** What a load begins with. */
export interface Beginning {
  /** The first page of events after the snapshot, or of all. */
  readonly page: FoldPage;
  readonly usable: UsableSnapshot | undefined;
  readonly unusable: readonly TriedSnapshot[];
}

/** A snapshot that proved unusable. */
export interface TriedSnapshot extends SnapshotKey {
  readonly reason: SnapshotMiss;
}

/** Those that a new snapshot replaces. What no migration could carry over may serve the older application that wrote it. */
export function discardable(unusable: readonly TriedSnapshot[]): readonly SnapshotKey[] {
  return unusable.filter(({ reason }) => reason !== "migration");
}

/** Finds the newest usable snapshot with the first page of events after it, in one round trip where all is well. */
export class SnapshotFinder {
  private readonly kinds;
  private readonly deadline;

  constructor(private readonly parts: SnapshotFinderParts) {
    this.kinds = usableKinds(parts.model);
    this.deadline = new ReadDeadline(parts.readTimeoutMs);
  }

  /** Whatever goes wrong with a snapshot, events remain. */
  async begin(request: LoadRequest, id: string): Promise<Beginning> {
    const { model, report, maxStateBytes } = this.parts;
    const { stream } = streamOf(model.snapshotCategory, id);
    const unusable: TriedSnapshot[] = [];
    for (let below: number | undefined; ; ) {
      const search = { stream, kinds: this.kinds, ...(below !== undefined && { below }) };
      const loaded = await this.tryLoad({ ...request, snapshots: search }, id);
      if (loaded === undefined) return { ...(await this.withoutSnapshot(request)), unusable };
      if (loaded.snapshot === undefined) {
        if (unusable.length === 0 && loaded.page.lastPosition >= 0) report.absent();
        return { page: loaded.page, usable: undefined, unusable };
      }
      const opened = openSnapshot(loaded.snapshot, model, id, { eventId: loaded.snapshotEventId, maxStateBytes });
      if (isUsable(opened)) {
        report.hit();
        return { page: loaded.page, usable: opened, unusable };
      }
      const { reason, explanation } = opened;
      report.miss(reason, id, explanation);
      const { version, schemaVersion, fingerprint } = loaded.snapshot;
      unusable.push({ version, schemaVersion, fingerprint, reason });
      below = version;
    }
  }

  async withoutSnapshot(request: LoadRequest): Promise<Beginning> {
    const { page } = await this.parts.adapter.load(request);
    return { page, usable: undefined, unusable: [] };
  }

  /** @returns undefined where the store could not answer with a snapshot; the caller then asks for events alone. */
  private async tryLoad(request: LoadRequest, id: string): Promise<LoadedStream | undefined> {
    const { adapter, report } = this.parts;
    try {
      const answer = adapter.load(request);
      return answer instanceof Promise ? await this.deadline.limit(answer) : answer;
    } catch (error) {
      // Damaged events: no way round by leaving the snapshot aside.
      if (error instanceof DeserializationError) throw error;
      const reason = error instanceof SnapshotReadTimeout ? "read-timeout" : "read-failed";
      report.miss(reason, id, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
