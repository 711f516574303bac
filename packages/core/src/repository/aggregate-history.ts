import { claimEntities } from "../elements/aggregate-entities";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { decodeMessage } from "../event-store/message-codec";
import type { RecordedEvent } from "../event-store/messages";
import { naturalNumber } from "../event-store/read-arguments";
import { streamOf } from "../event-store/stream-names";
import type { Loader } from "../loading/aggregate-loader";
import { fold } from "../loading/fold";
import { restored } from "../loading/restored";
import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import type { RecordedMessage } from "../ports/stored-message";
import { storedState } from "../snapshots/stored-state";
import { stateDifferences } from "../snapshots/upkeep/state-differences";

/** Which events of an aggregate to fold one by one; all of them by default. */
export interface HistoryOptions {
  /** The first version to give. */
  readonly from?: number;
  /** The last version to give. */
  readonly to?: number;
}

/** What one event did to the state of its aggregate. */
export interface HistoryStep {
  readonly event: RecordedEvent;
  /** Where the state differs from the one before; empty for an event that changed nothing. */
  readonly changes: readonly StateChange[];
  /** The whole state after the event, as JSON values. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** One place of a state, before and after an event, as JSON values; undefined where there was or is nothing. */
export interface StateChange {
  /** `balance`, `tags[2]`, `notes."a b".when` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface HistoryParts<A extends AggregateRoot> {
  readonly log: Pick<EventLog, "readStream">;
  readonly loader: Loader<A>;
  readonly model: AggregateModel<A>;
}

const PAGE = 500;

/** Folds the events of one aggregate one by one. It starts at the version before `from`, by way of a snapshot. */
export async function* aggregateHistory<A extends AggregateRoot>(
  id: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: HistoryOptions,
  parts: HistoryParts<A>,
): AsyncGenerator<HistoryStep, void, undefined> {
  const { log, model } = parts;
  naturalNumber("from", from);
  naturalNumber("to", to);
  const ref = streamOf(model.category, id);
  const aggregate = await stateBefore(from, id, parts);
  let before = storedState(aggregate, model);
  for (let next = from; next <= to; ) {
    const page = await log.readStream(ref, { from: next, limit: Math.min(PAGE, to - next + 1) });
    for (const message of page) {
      foldOne(aggregate, model, message);
      const state = storedState(aggregate, model);
      yield { event: decodeMessage(message), changes: changesBetween(before, state), state };
      before = state;
    }
    if (page.length < PAGE) return;
    next += page.length;
  }
}

/** Makes an aggregate that events can be folded into: what a load of an earlier version gives is read-only. */
async function stateBefore<A extends AggregateRoot>(
  version: number,
  id: string,
  { loader, model }: HistoryParts<A>,
): Promise<A> {
  const earlier = version === 0 ? undefined : (await loader.load(id, { maxVersion: version - 1 })).aggregate;
  if (earlier === undefined) return restored(model, id, undefined, false);
  const state = structuredClone(storedState(earlier, model));
  const start = { state, version: earlier.version, lastEventId: "", createdAt: new Date(0) };
  const aggregate = restored(model, id, start, false);
  claimEntities(aggregate, lifeOf(aggregate), model.shape);
  return aggregate;
}

function foldOne(aggregate: AggregateRoot, model: AggregateModel, message: RecordedMessage): void {
  // The codec throws for damaged text; what it gives belongs to the fold, which changes it.
  const { stream, position, type, data } = decodeMessage(message);
  fold(aggregate, model, { stream, firstPosition: position, events: [type, data] });
}

function changesBetween(before: unknown, after: unknown): StateChange[] {
  return stateDifferences(before, after).map(({ path, snapshot, events }) => ({
    path,
    before: snapshot,
    after: events,
  }));
}
