import { DeserializationError } from "../errors/deserialization-error";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import { answered } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { FoldPage, LoadedStream, LoadRequest } from "../ports/loaded-stream";
import type { SnapshotKey } from "../ports/snapshot-store";
import { isUsable, openSnapshot, type UsableSnapshot, usableKinds } from "../snapshots/snapshot-usability";
import type { SnapshotMiss, SnapshotReport } from "../telemetry/snapshot-report";
import { ReadDeadline, SnapshotReadTimeout } from "./read-deadline";

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

const NONE: readonly TriedSnapshot[] = [];

/** Finds the newest usable snapshot with the first page of events after it, in one round trip where all is well. */
export class SnapshotFinder {
  private readonly kinds;
  private readonly deadline;

  constructor(private readonly parts: SnapshotFinderParts) {
    this.kinds = usableKinds(parts.model);
    this.deadline = new ReadDeadline(parts.readTimeoutMs);
  }

  /** Whatever goes wrong with a snapshot, events remain. */
  begin(request: LoadRequest, id: string): Answer<Beginning> {
    return this.search(request, id, NONE);
  }

  /** Folds all events, whatever snapshots there are. */
  withoutSnapshot(request: LoadRequest, unusable = NONE): Answer<Beginning> {
    return answered(this.parts.adapter.load(request), ({ page }) => ({ page, usable: undefined, unusable }));
  }

  /** @param unusable those that were tried, all of them newer than the one to find. */
  private search(request: LoadRequest, id: string, unusable: readonly TriedSnapshot[]): Answer<Beginning> {
    const ref = streamOf(this.parts.model.snapshotCategory, id);
    const last = unusable.at(-1);
    const search = { ...ref, kinds: this.kinds, ...(last !== undefined && { below: last.version }) };
    return answered(this.tryLoad({ ...request, snapshots: search }, id), (loaded) => {
      if (loaded === undefined) return this.withoutSnapshot(request, unusable);
      const tried = this.tried(loaded, id, unusable);
      return "page" in tried ? tried : this.search(request, id, tried);
    });
  }

  /** @returns what to begin with; where its snapshot is of no use, all those that are not. */
  private tried(
    { snapshot, snapshotEventId: eventId, page }: LoadedStream,
    id: string,
    unusable: readonly TriedSnapshot[],
  ): Beginning | readonly TriedSnapshot[] {
    const { model, report, maxStateBytes } = this.parts;
    if (snapshot === undefined) {
      if (unusable.length === 0 && page.lastPosition >= 0) report.absent();
      return { page, usable: undefined, unusable };
    }
    const opened = openSnapshot(snapshot, model, id, { eventId, maxStateBytes });
    if (isUsable(opened)) {
      report.hit();
      return { page, usable: opened, unusable };
    }
    const { reason, explanation } = opened;
    report.miss(reason, id, explanation);
    const { version, schemaVersion, fingerprint } = snapshot;
    return [...unusable, { version, schemaVersion, fingerprint, reason }];
  }

  /** @returns undefined where the store could not answer with a snapshot; the caller then asks for events alone. */
  private tryLoad(request: LoadRequest, id: string): Answer<LoadedStream | undefined> {
    const failed = (error: unknown) => this.failed(error, id);
    try {
      const answer = this.parts.adapter.load(request);
      return answer instanceof Promise ? this.deadline.limit(answer).catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  private failed(error: unknown, id: string): undefined {
    // Damaged events: no way round by leaving the snapshot aside.
    if (error instanceof DeserializationError) throw error;
    const reason = error instanceof SnapshotReadTimeout ? "read-timeout" : "read-failed";
    this.parts.report.miss(reason, id, error instanceof Error ? error.message : String(error));
  }
}
