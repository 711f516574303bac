import { listIds } from "../../event-store/list-ids";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { StoredSnapshot } from "../../ports/snapshot-store";
import type { Snapshot } from "../snapshot";
import { isUsable, type SnapshotMiss } from "../snapshot-usability";
import { mapAhead } from "./map-ahead";
import type { SnapshotExaminer } from "./snapshot-examiner";

/** One stored snapshot, with what a load would make of it. */
export interface SnapshotEntry {
  readonly id: string;
  readonly version: number;
  /** The aggregate's, by its events; -1 where it has none. */
  readonly currentVersion: number;
  readonly eventsSince: number;
  readonly createdAt: Date;
  /** As it is stored: the state, compressed where it is, and the record beside it. */
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly fingerprint: string;
  readonly encoding: Snapshot["encoding"];
  /** Whether a load can begin at it, else why not. One of an older schema can where migrations lead on from it. */
  readonly usable: true | SnapshotMiss;
  /** Why not, in words. */
  readonly explanation?: string;
}

const AT_ONCE = 4;

/** Lists stored snapshots without decoding more of them at a time than it works on. */
export class SnapshotListing {
  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly model: AggregateModel,
    private readonly examiner: SnapshotExaminer,
  ) {}

  /** Those of all aggregates, by id in the order of UTF-8 bytes, the newest first. */
  async *all(): AsyncGenerator<SnapshotEntry, void, undefined> {
    const ids = listIds(this.adapter.snapshots, this.model.snapshotCategory);
    for await (const entries of mapAhead(ids, (id) => this.of(id), { atOnce: AT_ONCE })) yield* entries;
  }

  async of(id: string): Promise<SnapshotEntry[]> {
    const stored = await this.examiner.stored(id);
    const currentVersion = await this.examiner.currentVersion(id);
    const entries: SnapshotEntry[] = [];
    for (const snapshot of stored) entries.push(await this.entry(snapshot, id, currentVersion));
    return entries;
  }

  private async entry(stored: StoredSnapshot, id: string, currentVersion: number): Promise<SnapshotEntry> {
    const opened = await this.examiner.open(stored, id);
    const { version, schemaVersion, fingerprint, time, state, record } = stored;
    return {
      id,
      version,
      currentVersion,
      eventsSince: Math.max(currentVersion - version, 0),
      createdAt: new Date(time),
      bytes: Buffer.byteLength(state) + Buffer.byteLength(record),
      schemaVersion,
      fingerprint,
      encoding: typeof state === "string" ? "json" : "gzip",
      ...(isUsable(opened) ? { usable: true } : { usable: opened.reason, explanation: opened.explanation }),
    };
  }
}
