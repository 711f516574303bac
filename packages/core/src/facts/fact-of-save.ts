import type { AggregateRoot } from "../elements/aggregate-root";
import { checkEventSize } from "../event-store/event-size";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel, FactType } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import { exactJson } from "../schema/exact-json";
import { storedState } from "../snapshots/stored-state";
import type { Participant } from "../unit-of-work/participant";
import { twinAfter } from "./twin";

/** The save of an aggregate that a fact is recorded of. */
interface RecordedSave {
  readonly aggregate: AggregateRoot;
  /** What appends the aggregate's events; undefined where it has none. */
  readonly request: AppendRequest | undefined;
}

/**
 * Records the state that the events of a save lead to, as one event of the aggregate's fact stream, together with the events.
 * To be enlisted after the save.
 *
 * No version of the fact stream is expected: facts may start late in an aggregate's life, and the expected version
 * of its events orders the writers. The id is made of the last event's, so that a repeated append repeats the fact as well.
 */
export class FactOfSave implements Participant {
  constructor(
    private readonly save: RecordedSave,
    private readonly parts: {
      readonly model: AggregateModel;
      readonly facts: FactType;
      readonly maxEventBytes: number;
    },
  ) {}

  /** @throws ValidationError for a state that cannot be stored, or takes more than `maxEventBytes`. */
  requests(): readonly AppendRequest[] {
    const { aggregate, request } = this.save;
    const last = request?.messages.at(-1);
    if (request === undefined || last === undefined) return [];
    const { model, facts, maxEventBytes } = this.parts;
    const { id, version } = aggregate;
    const data = exactJson({ id, version, ...storedState(twinAfter(aggregate, request, model), model) });
    checkEventSize(data, maxEventBytes, facts.type);
    const message = { id: `${last.id}:fact`, type: facts.type, time: last.time, data, metadata: last.metadata };
    return [{ ...streamOf(facts.category, id), messages: [message] }];
  }
}
