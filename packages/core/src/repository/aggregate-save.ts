import type { Cause } from "../causation/cause";
import type { EventEnrichers } from "../causation/enrichers";
import { savedVersion } from "../elements/aggregate-life";
import { type AggregateRoot, checkNestedState, lifeOf } from "../elements/aggregate-root";
import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { checkEventSize } from "../event-store/event-size";
import { streamOf } from "../event-store/stream-names";
import type { Class } from "../metadata/class-types";
import type { AggregateModel, EventType } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { Participant } from "../unit-of-work/participant";
import { reasonOf } from "../wording/in-words";
import { type Attribution, attribute, causeAt } from "./attribution";
import { eventMetadata } from "./event-metadata";

export interface AggregateSaveParts<A extends AggregateRoot> {
  readonly model: AggregateModel<A>;
  readonly ids: IdGenerator;
  readonly maxEventBytes: number;
  readonly enrichers: EventEnrichers;
  /** Called after the commit with the events that were stored: writes the snapshot that is due. */
  readonly saved?: (aggregate: A, events: readonly object[]) => Answer<void>;
}

/** Stores the events that were raised on one aggregate when its unit of work is committed. */
export class AggregateSave<A extends AggregateRoot = AggregateRoot> implements Participant {
  #attribution: Attribution | undefined;
  #request: AppendRequest | undefined;

  constructor(
    readonly aggregate: A,
    readonly parts: AggregateSaveParts<A>,
  ) {}

  get model(): AggregateModel<A> {
    return this.parts.model;
  }

  /** What caused the events that are pending last, or the save itself where there is none. */
  get cause(): Cause {
    return (this.#attribution as Attribution).cause;
  }

  /** What it appends; undefined before the commit, and where nothing was raised. */
  get request(): AppendRequest | undefined {
    return this.#request;
  }

  /** Notes what caused the events that are pending now, as far as no earlier add has. */
  attribute(cause: Cause): void {
    this.#attribution = attribute(cause, lifeOf(this.aggregate).pending.length, this.#attribution);
  }

  check(): void {
    checkSavable(this.aggregate);
  }

  requests(now: number): readonly AppendRequest[] {
    if (lifeOf(this.aggregate).pending.length === 0) return [];
    this.#request = this.#requestAt(now);
    return [this.#request];
  }

  committed(): Answer<void> {
    if (this.#request === undefined) return;
    const life = lifeOf(this.aggregate);
    const events = life.pending;
    life.lastEventId = life.pendingIds[events.length - 1] ?? life.lastEventId;
    life.pending = [];
    life.pendingIds = [];
    return this.parts.saved?.(this.aggregate, events);
  }

  #requestAt(time: number): AppendRequest {
    const { model, ids, enrichers, maxEventBytes } = this.parts;
    const life = lifeOf(this.aggregate);
    const attribution = this.#attribution as Attribution;
    const expectedVersion = savedVersion(life);
    // The row of an open aggregate orders its writers; its version counts saves, and all events of a save have the same.
    const hasOwnOrder = life.isOpen;
    const messages = life.pending.map((event, index) => {
      const { name: type, shape } = eventTypeOf(event, this.aggregate, model);
      const data = shape.json(event);
      checkEventSize(data, maxEventBytes, type);
      life.pendingIds[index] ??= ids.next();
      const cause = causeAt(index, attribution);
      let { metadata } = cause;
      if (cause.extensions !== undefined || !enrichers.isEmpty) {
        const place = {
          type,
          aggregate: model.name,
          aggregateId: life.id,
          version: expectedVersion + 1 + (hasOwnOrder ? 0 : index),
        };
        metadata = eventMetadata(event, cause, place, this.parts);
      }
      return { id: life.pendingIds[index], type, time, data, metadata };
    });
    const { stream, category } = streamOf(model.category, life.id);
    return hasOwnOrder ? { stream, category, messages } : { stream, category, expectedVersion, messages };
  }
}

/** @throws IncorrectUsageError for an event of an open aggregate that the domain does not know: no `@apply` method names it. */
function eventTypeOf(
  { constructor: type }: object,
  aggregate: AggregateRoot,
  { eventTypes }: AggregateModel,
): EventType {
  const known = eventTypes.get(type as Class);
  if (known !== undefined) return known;
  throw new IncorrectUsageError(
    `Cannot save ${described(aggregate)}: it has raised ${type.name}, which is not registered; call domain.register(${type.name})`,
  );
}

/** @throws IncorrectUsageError for an aggregate that cannot be saved as it is. */
export function checkSavable(aggregate: AggregateRoot): void {
  const { refusal, isTemporal } = lifeOf(aggregate);
  if (isTemporal)
    throw new IncorrectUsageError(`Cannot save ${described(aggregate)}: it shows an earlier state and is read-only`);
  if (refusal !== undefined) {
    const message = `Cannot save ${described(aggregate)}: it refused a change (${reasonOf(refusal)}); load it again`;
    throw new IncorrectUsageError(message, {}, refusal);
  }
  checkNestedState(aggregate);
}

/** `Account "acc-1"` */
export function described(aggregate: AggregateRoot): string {
  return `${aggregate.constructor.name} ${JSON.stringify(aggregate.id)}`;
}
