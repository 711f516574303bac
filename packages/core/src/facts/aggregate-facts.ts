import type { AggregateRoot } from "../elements/aggregate-root";
import { DeserializationError } from "../errors/deserialization-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { EventStore, GlobalReadOptions, ReadOptions } from "../event-store/event-store";
import type { RecordedEvent } from "../event-store/messages";
import { parseStoredType } from "../event-store/stored-type";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel, FactType } from "../model/aggregate-model";
import { checkIdentifier } from "../schema/identifier";
import { withPrintableBigints } from "../schema/printable";
import { toStorable } from "../schema/storable";
import { migrateState } from "../snapshots/migrate-snapshot";
import type { StateOf } from "../snapshots/upkeep/snapshot-tails";
import { reasonOf } from "../wording/in-words";
import type { Fact } from "./fact";

/**
 * Reads the facts of one aggregate class: whole states, one a save, for readers that do not fold events.
 *
 * The aggregate's snapshot migrations carry a fact of an older schema version over to the present one. A fact that cannot be
 * carried over, or does not fit the present shape, is a DeserializationError; `domain.eventStore` gives it as it was recorded.
 */
export class AggregateFacts<A extends AggregateRoot = AggregateRoot> {
  private readonly facts: FactType;

  /** @throws IncorrectUsageError for an aggregate that records no facts. */
  constructor(
    private readonly eventStore: EventStore,
    private readonly model: AggregateModel<A>,
  ) {
    if (model.facts === undefined)
      throw new IncorrectUsageError(`${model.name} records no facts: declare it with factEvents: true`);
    this.facts = model.facts;
  }

  /** Reads the last fact of an aggregate; undefined where the aggregate was not saved since facts are recorded. */
  async latest(id: string): Promise<Fact<A> | undefined> {
    const recorded = await this.eventStore.readLast(this.streamOf(id));
    return recorded && this.factOf(recorded);
  }

  /** Reads the facts of one aggregate, oldest first. `from` counts facts, not versions. */
  async *read(id: string, options?: ReadOptions): AsyncGenerator<Fact<A>, void, undefined> {
    for await (const recorded of this.eventStore.read(this.streamOf(id), options)) yield this.factOf(recorded);
  }

  /** Reads the facts of all aggregates of the class, in global order. */
  async *readAll(options?: GlobalReadOptions): AsyncGenerator<Fact<A>, void, undefined> {
    for await (const recorded of this.eventStore.readCategory(this.facts.category, options))
      yield this.factOf(recorded);
  }

  private streamOf(id: string): string {
    checkIdentifier(id, this.model.name);
    return streamOf(this.facts.category, id).stream;
  }

  private factOf({ type, stream, position, data, time: recordedAt, globalPosition, metadata }: RecordedEvent): Fact<A> {
    const { id, version, ...recorded } = data as { id: string; version: number } & Record<string, unknown>;
    try {
      const state = this.stateOf(recorded, id, parseStoredType(type)?.version ?? 0);
      return Object.freeze({ id, version, state, recordedAt, globalPosition, metadata });
    } catch (error) {
      const reason = `it is not a state of ${this.model.name}: ${reasonOf(error)}`;
      throw new DeserializationError({ stream, position, type, reason }, error);
    }
  }

  /** @throws whatever keeps it from being a state of the present shape. */
  private stateOf(recorded: Record<string, unknown>, aggregateId: string, schemaVersion: number): StateOf<A> {
    const { model } = this;
    const isPresent = schemaVersion === model.schemaVersion;
    const state = isPresent ? recorded : migrateState({ aggregateId, schemaVersion, state: recorded }, model);
    const values = model.shape.decode(state);
    const subject = `a fact of schema version ${schemaVersion}`;
    const complaints = model.shape.complaints(values);
    if (complaints !== undefined) throw new ValidationError(complaints, subject);
    return withPrintableBigints(toStorable(values, { subject, rich: true, embedded: true })) as StateOf<A>;
  }
}
