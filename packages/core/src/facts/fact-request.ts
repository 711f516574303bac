import type { AggregateRoot } from "../elements/aggregate-root";
import { checkEventSize } from "../event-store/event-size";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel, FactType } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import { exactJson } from "../schema/exact-json";
import { storedState } from "../snapshots/stored-state";

/**
 * The state that a save leads to, as one event of the aggregate's fact stream, to be appended together with the events.
 *
 * Nothing is expected of the fact stream's version: facts may begin late in an aggregate's life, and the expected version
 * of its events orders the writers. The id is made of the last event's, so that a repeated append repeats the fact as well.
 *
 * @param saved the request that appends the aggregate's events.
 * @throws ValidationError for a state that cannot be stored, or takes more than `maxEventBytes`.
 */
export function factRequest(
  aggregate: AggregateRoot,
  model: AggregateModel,
  { category, type }: FactType,
  saved: AppendRequest,
  maxEventBytes: number,
): AppendRequest {
  const { id, version } = aggregate;
  const last = saved.messages.at(-1)!;
  const data = exactJson({ id, version, ...storedState(aggregate, model) });
  checkEventSize(data, maxEventBytes, type);
  const { time, metadata } = last;
  return { ...streamOf(category, id), messages: [{ id: `${last.id}:fact`, type, time, data, metadata }] };
}
