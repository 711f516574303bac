import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { streamOf } from "../event-store/stream-names";
import { fold } from "../loading/fold";
import { restored } from "../loading/restored";
import type { AggregateModel } from "../model/aggregate-model";
import { foldText, parseFoldText } from "../ports/fold-page";
import { exactJson } from "../schema/exact-json";
import { storedState } from "../snapshots/stored-state";

/**
 * An aggregate as the cache keeps it: the texts that its state is made of. No instance made from them can change them, their
 * size is known, and they are read in the same way as what a store holds.
 */
export interface CachedAggregate {
  readonly id: string;
  /** Position of the last event that is in it. */
  readonly version: number;
  readonly lastEventId: string;
  /** The version of the newest usable snapshot that is known; -1 for none. */
  readonly snapshotVersion: number;
  readonly snapshotTime: number;
  /** JSON text of the state after event `stateVersion`. */
  readonly state: string;
  readonly stateVersion: number;
  /** The events after that one, joined as `foldText` does. */
  readonly tail: string;
}

/** The events right after a cached aggregate's last one. */
interface NextEvents {
  readonly events: readonly { readonly type: string; readonly data: string }[];
  /** The id of the last of these events. */
  readonly lastEventId: string;
}

/** About what an entry takes in memory beside its texts. */
const ENTRY_BYTES = 512;

/** Folding a tail of so many characters takes less time than encoding most states. */
const SHORT_TAIL = 512;

/**
 * Makes the cached form of a saved aggregate.
 * @throws ValidationError when its state holds something that cannot be stored.
 */
export function takenDown(aggregate: AggregateRoot, model: AggregateModel): CachedAggregate {
  const { id, version, lastEventId, snapshotVersion, snapshotTime } = lifeOf(aggregate);
  const state = exactJson(storedState(aggregate, model));
  return { id, version, lastEventId, snapshotVersion, snapshotTime, state, stateVersion: version, tail: "" };
}

/** Makes a new instance, which belongs to the caller alone. */
export function revived<A extends AggregateRoot>(
  { id, version, lastEventId, snapshotVersion, snapshotTime, state, stateVersion, tail }: CachedAggregate,
  model: AggregateModel<A>,
): A {
  const parsed = JSON.parse(state) as Record<string, unknown>;
  const base = { state: parsed, version: stateVersion, lastEventId, createdAt: new Date(snapshotTime) };
  const aggregate = restored(model, id, base, false);
  if (version > stateVersion) {
    const { stream } = streamOf(model.category, id);
    const firstPosition = stateVersion + 1;
    const events = parseFoldText(tail, { stream, firstPosition, count: version - stateVersion });
    fold(aggregate, model, { stream, firstPosition, events });
  }
  const life = lifeOf(aggregate);
  life.snapshotVersion = snapshotVersion;
  life.snapshotTime = snapshotTime;
  return aggregate;
}

export function withNext(cached: CachedAggregate, { events, lastEventId }: NextEvents): CachedAggregate {
  const tail = cached.tail + events.map(({ type, data }) => foldText(type, data)).join("");
  const { id, version, snapshotVersion, snapshotTime, state, stateVersion } = cached;
  return {
    id,
    version: version + events.length,
    lastEventId,
    snapshotVersion,
    snapshotTime,
    state,
    stateVersion,
    tail,
  };
}

/** Whether folding the tail has become more work than encoding the state once would be. */
export function hasLongTail({ tail, state }: CachedAggregate): boolean {
  return tail.length > Math.max(SHORT_TAIL, state.length);
}

/** The most memory that it takes: a character of a text is one byte or two. */
export function bytesOf({ id, state, tail }: CachedAggregate): number {
  return ENTRY_BYTES + 2 * (id.length + state.length + tail.length);
}
