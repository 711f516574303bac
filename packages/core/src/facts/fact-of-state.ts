import type { Cause } from "../causation/cause";
import type { AggregateRoot } from "../elements/aggregate-root";
import { checkEventSize } from "../event-store/event-size";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel, FactType } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import type { StoredMessage } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import { storedState } from "../snapshots/stored-state";
import type { Participant } from "../unit-of-work/participant";

/** The save of an aggregate whose state is the truth. */
interface RecordedState {
  readonly aggregate: AggregateRoot;
  /** The version after the save; undefined where no state is stored. */
  readonly savedVersion: number | undefined;
  readonly events: {
    /** What appends the events of the save; undefined where there is none. */
    readonly request: AppendRequest | undefined;
    readonly cause: Cause;
  };
}

/**
 * Records the state that a save stores, as one event of the aggregate's fact stream, together with its events. To be enlisted after the
 * save.
 */
export class FactOfState implements Participant {
  constructor(
    private readonly save: RecordedState,
    private readonly parts: {
      readonly model: AggregateModel;
      readonly facts: FactType;
      readonly maxEventBytes: number;
      readonly ids: { next(): string };
    },
  ) {}

  /** @throws ValidationError for a state that cannot be stored, or takes more than `maxEventBytes`. */
  requests(now: number): readonly AppendRequest[] {
    const { aggregate, savedVersion: version, events } = this.save;
    if (version === undefined) return [];
    const { model, facts, maxEventBytes } = this.parts;
    const { id } = aggregate;
    const data = exactJson({ id, version, ...storedState(aggregate, model) });
    checkEventSize(data, maxEventBytes, facts.type);
    const message = { ...this.#origin(events.request?.messages.at(-1), now), type: facts.type, data };
    return [{ ...streamOf(facts.category, id), messages: [message] }];
  }

  /** The id is made of that of the last event, so that a repeated append repeats the fact as well. */
  #origin(last: StoredMessage | undefined, now: number): Pick<StoredMessage, "id" | "time" | "metadata"> {
    if (last !== undefined) return { id: `${last.id}:fact`, time: last.time, metadata: last.metadata };
    return { id: `${this.parts.ids.next()}:fact`, time: now, metadata: this.save.events.cause.metadata };
  }
}
