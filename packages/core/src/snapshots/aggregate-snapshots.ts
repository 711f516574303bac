import type { AggregateModel } from "../elements/aggregate-model";
import { ValidationError } from "../errors/validation-error";
import type { EventStoreAdapter, StreamRef } from "../event-store/event-store-adapter";
import { streamOf } from "../event-store/stream-names";
import { identifierFault } from "../schema/identifier";
import type { Snapshot } from "./snapshot";
import { decodeSnapshot, UnreadableSnapshot } from "./snapshot-record";

/** The stored snapshots of one aggregate class. All of them can be deleted at any moment: events are the truth. */
export class AggregateSnapshots {
  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly model: AggregateModel,
    readonly maxStateBytes: number,
  ) {}

  /** The latest readable one, of whatever schema; undefined where there is none. */
  async get(id: string): Promise<Snapshot | undefined> {
    return (await this.list(id))[0];
  }

  /** All that can be read, the latest version first. */
  async list(id: string): Promise<Snapshot[]> {
    const stored = await this.adapter.readSnapshots(this.stream(id));
    return stored.flatMap((snapshot) => {
      try {
        return [decodeSnapshot(snapshot, this)];
      } catch (error) {
        if (error instanceof UnreadableSnapshot) return [];
        throw error;
      }
    });
  }

  async exists(id: string): Promise<boolean> {
    return (await this.get(id)) !== undefined;
  }

  /** Deletes those of one aggregate, unreadable ones included. @returns whether there were any. */
  async delete(id: string): Promise<boolean> {
    return (await this.adapter.deleteSnapshots(this.stream(id))) > 0;
  }

  /** Deletes those of all aggregates of the class, or only those of older schemas. @returns how many. */
  async deleteAll(filter: { readonly schemaVersionBelow?: number } = {}): Promise<number> {
    return await this.adapter.deleteSnapshots({ ...filter, category: this.model.snapshotCategory });
  }

  private stream(id: string): StreamRef {
    const fault = identifierFault(id);
    if (fault !== undefined) throw new ValidationError({ id: [fault] }, `the id of ${this.model.name}`);
    return streamOf(this.model.snapshotCategory, id);
  }
}
