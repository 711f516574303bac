import type { AggregateRoot } from "../../elements/aggregate-root";
import type { EventStore } from "../../event-store/event-store";
import { listIds } from "../../event-store/list-ids";
import type { RecordedEvent } from "../../event-store/messages";
import { streamOf } from "../../event-store/stream-names";
import type { Finder } from "../../loading/snapshot-finder";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import { mapAhead } from "./map-ahead";

/** The fields of an aggregate's shape, and other properties of its class. */
export type StateOf<A> = {
  readonly [K in keyof A as K extends keyof AggregateRoot
    ? never
    : A[K] extends (...args: any[]) => unknown
      ? never
      : K]: A[K];
};

/** An aggregate's snapshot and the events after it: enough to rebuild a read model. */
export interface SnapshotWithTail<A> {
  readonly id: string;
  /** The snapshot's state, with dates and bigints as such; undefined where there is no usable one. */
  readonly state: StateOf<A> | undefined;
  /** The version of that state; -1 where there is none. */
  readonly version: number;
  /** The events after that version, read during its only iteration. All events where there is no snapshot. */
  readonly tail: AsyncIterable<RecordedEvent>;
}

interface SnapshotTailsParts {
  readonly adapter: EventStoreAdapter;
  readonly eventStore: EventStore;
  readonly model: AggregateModel;
  readonly finder: Finder;
}

const AT_ONCE = 4;

/** Reads all aggregates of a class, each from its newest usable snapshot. A few of them are in memory at a time. */
export async function* snapshotTails<A extends AggregateRoot>(
  parts: SnapshotTailsParts,
): AsyncGenerator<SnapshotWithTail<A>, void, undefined> {
  const { adapter, model } = parts;
  yield* mapAhead(listIds(adapter.log, model.category), (id) => withTail<A>(id, parts), { atOnce: AT_ONCE });
}

async function withTail<A>(
  id: string,
  { eventStore, model, finder }: SnapshotTailsParts,
): Promise<SnapshotWithTail<A>> {
  const ref = streamOf(model.category, id);
  const { usable } = await finder.find({ ...ref, limit: 1 }, id);
  const version = usable?.snapshot.version ?? -1;
  const state = usable && (model.shape.decode(usable.snapshot.state) as StateOf<A>);
  return { id, state, version, tail: eventStore.read(ref.stream, { from: version + 1 }) };
}
