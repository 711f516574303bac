import { DeserializationError } from "../../errors/deserialization-error";
import { streamOf } from "../../event-store/stream-names";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { SnapshotKey, StoredSnapshot } from "../../ports/snapshot-store";
import { openSnapshot, type UnusableSnapshot, type UsableSnapshot } from "../snapshot-usability";

interface SnapshotExaminerParts {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel;
  readonly maxStateBytes: number;
}

/** Examines stored snapshots: whether a load could use each, without a load. */
export class SnapshotExaminer {
  constructor(private readonly parts: SnapshotExaminerParts) {}

  /** An aggregate's snapshots of all kinds, newest version first. */
  async stored(id: string): Promise<readonly StoredSnapshot[]> {
    return await this.parts.adapter.snapshots.read(streamOf(this.parts.model.snapshotCategory, id));
  }

  /** The aggregate's version by its events; -1 where it has none. */
  async currentVersion(id: string): Promise<number> {
    return await this.parts.adapter.log.version(streamOf(this.parts.model.category, id));
  }

  async open(stored: StoredSnapshot, id: string): Promise<UsableSnapshot | UnusableSnapshot> {
    const { model, maxStateBytes } = this.parts;
    return openSnapshot(stored, model, id, { eventId: await this.eventId(id, stored.version), maxStateBytes });
  }

  /** Whether this version of the aggregate's class wrote it. */
  isOwn({ schemaVersion, fingerprint }: SnapshotKey): boolean {
    return schemaVersion === this.parts.model.schemaVersion && fingerprint === this.parts.model.fingerprint;
  }

  /** Whether a load looks for it: its own kind, or a schema that migrations start from. */
  isOfUsableKind(key: SnapshotKey): boolean {
    return this.isOwn(key) || this.parts.model.migrations.has(key.schemaVersion);
  }

  private async eventId(id: string, position: number): Promise<string | undefined> {
    const { adapter, model } = this.parts;
    try {
      const [event] = await adapter.log.readStream(streamOf(model.category, id), { from: position, limit: 1 });
      return event?.id;
    } catch (error) {
      // Nothing of a damaged event is certain, not even its id: no snapshot can rest upon it.
      if (error instanceof DeserializationError) return "";
      throw error;
    }
  }
}
