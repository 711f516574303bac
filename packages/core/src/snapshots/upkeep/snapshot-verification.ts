import type { AggregateRoot } from "../../elements/aggregate-root";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { listIds } from "../../event-store/list-ids";
import { streamOf } from "../../event-store/stream-names";
import type { Loader } from "../../loading/aggregate-loader";
import { restored } from "../../loading/restored";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { SnapshotKey, StoredSnapshot } from "../../ports/snapshot-store";
import { reasonOf } from "../../wording/in-words";
import type { Snapshot } from "../snapshot";
import { isUsable } from "../snapshot-usability";
import type { SnapshotWriter } from "../snapshot-writer";
import { storedState } from "../stored-state";
import { mapAhead } from "./map-ahead";
import { mergedIds } from "./merged-ids";
import type { SnapshotExaminer } from "./snapshot-examiner";
import { type StateDifference, stateDifferences } from "./state-differences";

/** How to compare snapshots with the events. */
export interface VerifySnapshotsOptions {
  /** Writes a snapshot from all events in the place of one that drifted or is unusable. */
  readonly repair?: boolean;
  /** How many aggregates at a time; 4 where absent. */
  readonly concurrency?: number;
  /** Ends it after the aggregates under way. */
  readonly signal?: AbortSignal;
}

/** The result of comparing one aggregate's snapshots with its events. */
export interface SnapshotVerification {
  readonly id: string;
  /** The version of the compared snapshot; -1 where there is none. */
  readonly version: number;
  /**
   * `equal`: the events give the same state. `drift`: they give another. `unusable`: no load would use it. `missing`: there
   * is none. `failed`: the events cannot be replayed.
   */
  readonly outcome: "equal" | "drift" | "unusable" | "missing" | "failed";
  /** Where the states differ; empty but for a drift. */
  readonly differences: readonly StateDifference[];
  /** Why it is unusable, or the replay failed. */
  readonly reason?: string;
  readonly explanation?: string;
  /** Whether a snapshot from the events has taken its place. */
  readonly repaired: boolean;
}

interface SnapshotVerificationParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly examiner: SnapshotExaminer;
  readonly loader: Loader<A>;
  readonly writer: SnapshotWriter<A>;
}

type Finding = Omit<SnapshotVerification, "id" | "repaired">;

const AT_ONCE = 4;

/**
 * Rebuilds aggregates from their events alone and compares them with what their snapshots hold: this
 * notices an `@apply` method that changed while the shape stayed the same.
 */
export class SnapshotVerifier<A extends AggregateRoot = AggregateRoot> {
  constructor(private readonly parts: SnapshotVerificationParts<A>) {}

  /** Verifies every aggregate that has events or snapshots, in the order of their ids' UTF-8 bytes. */
  async *all({
    concurrency = AT_ONCE,
    repair = false,
    signal,
  }: VerifySnapshotsOptions): AsyncGenerator<SnapshotVerification> {
    const { adapter, model } = this.parts;
    const ids = mergedIds(listIds(adapter.log, model.category), listIds(adapter.snapshots, model.snapshotCategory));
    yield* mapAhead(untilAborted(ids, signal), (id) => this.verify(id, repair), { atOnce: concurrency });
  }

  /** @throws ObjectNotFoundError for an id without events and snapshots. */
  async one(id: string, { repair = false }: VerifySnapshotsOptions): Promise<SnapshotVerification> {
    const verification = await this.verify(id, repair);
    const exists = verification.outcome !== "missing" || (await this.parts.examiner.currentVersion(id)) >= 0;
    if (exists) return verification;
    throw new ObjectNotFoundError({ aggregate: this.parts.model.name, id });
  }

  private async verify(id: string, repair: boolean): Promise<SnapshotVerification> {
    try {
      const { finding, discard } = await this.examine(id);
      const repaired = repair && (finding.outcome === "drift" || finding.outcome === "unusable");
      if (repaired) await this.repair(id, discard);
      return { id, ...finding, repaired };
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      const reason = reasonOf(error);
      return { id, version: -1, outcome: "failed", differences: [], reason, repaired: false };
    }
  }

  /** Examines an aggregate's snapshots: the finding is about the first wrong one, else about the one that a load uses. */
  private async examine(id: string): Promise<{ readonly finding: Finding; readonly discard: readonly SnapshotKey[] }> {
    const { examiner } = this.parts;
    const stored = await examiner.stored(id);
    const newest = stored.find((each) => examiner.isOfUsableKind(each)) ?? stored[0];
    if (newest === undefined) return { finding: { version: -1, outcome: "missing", differences: [] }, discard: [] };
    let finding: Finding | undefined;
    const discard: SnapshotKey[] = [];
    for (const each of [newest, ...stored.filter((other) => other !== newest && examiner.isOwn(other))]) {
      const found = await this.compare(each, id);
      if (finding === undefined || (finding.outcome === "equal" && found.outcome !== "equal")) finding = found;
      // A snapshot of another schema may serve the version of the application that wrote it.
      if (found.outcome !== "equal" && examiner.isOwn(each)) discard.push(each);
    }
    return { finding: finding as Finding, discard };
  }

  private async compare(stored: StoredSnapshot, id: string): Promise<Finding> {
    const { examiner, loader, model } = this.parts;
    const { version } = stored;
    const opened = await examiner.open(stored, id);
    if (!isUsable(opened)) return { version, outcome: "unusable", differences: [], ...opened };
    const rebuilt = await loader.load(id, { rebuild: true, maxVersion: version });
    if (rebuilt.aggregate === undefined) throw new ObjectNotFoundError({ aggregate: model.name, id });
    const differences = stateDifferences(this.stateOf(opened.snapshot), storedState(rebuilt.aggregate, model));
    return { version, outcome: differences.length === 0 ? "equal" : "drift", differences };
  }

  /** Goes by way of an aggregate, as a load does. */
  private stateOf(snapshot: Snapshot): object {
    return storedState(restored(this.parts.model, snapshot.aggregateId, snapshot, true), this.parts.model);
  }

  private async repair(id: string, discard: readonly SnapshotKey[]): Promise<void> {
    const { adapter, model, loader, writer } = this.parts;
    const rebuilt = await loader.load(id, { rebuild: true });
    if (rebuilt.aggregate !== undefined)
      await writer.write(rebuilt.aggregate, { createdBy: "tidemark", reason: "repair" }, discard);
    else await adapter.snapshots.delete(streamOf(model.snapshotCategory, id));
  }
}

async function* untilAborted(ids: AsyncIterable<string>, signal: AbortSignal | undefined): AsyncGenerator<string> {
  for await (const id of ids) {
    if (signal?.aborted) return;
    yield id;
  }
}
