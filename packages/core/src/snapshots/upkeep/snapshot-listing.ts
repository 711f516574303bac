import { listIds } from "../../event-store/list-ids";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { StoredSnapshot } from "../../ports/snapshot-store";
import type { Snapshot } from "../snapshot";
import { isUsable, type SnapshotMiss } from "../snapshot-usability";
import { mapAhead } from "./map-ahead";
import type { SnapshotExaminer } from "./snapshot-examiner";

/** One stored snapshot, and whether a load could use it. */
export interface SnapshotEntry {
  readonly id: string;
  readonly version: number;
  /** The aggregate's version by its events; -1 without events. */
  readonly currentVersion: number;
  readonly eventsSince: number;
  readonly createdAt: Date;
  /** The stored size of the state, compressed or not, and of the record beside it. */
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly fingerprint: string;
  readonly encoding: Snapshot["encoding"];
  /** True where a load can start from it, else the reason. A snapshot of an older schema is usable where migrations start from it. */
  readonly usable: true | SnapshotMiss;
  /** The reason in words. */
  readonly explanation?: string;
}

const AT_ONCE = 4;

/** Lists stored snapshots, decoding a few at a time. */
export class SnapshotListing {
  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly model: AggregateModel,
    private readonly examiner: SnapshotExaminer,
  ) {}

  /** Lists the snapshots of all aggregates, by id in the order of UTF-8 bytes, the newest first. */
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
