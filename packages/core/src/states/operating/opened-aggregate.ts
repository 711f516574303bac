import { claimEntities } from "../../elements/aggregate-entities";
import { type AggregateRoot, lifeOf } from "../../elements/aggregate-root";
import { DomainEventRoot } from "../../elements/domain-event";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ValidationError } from "../../errors/validation-error";
import { streamOf } from "../../event-store/stream-names";
import { keepTwin } from "../../facts/twin";
import type { Loader } from "../../loading/aggregate-loader";
import { fold } from "../../loading/fold";
import { restored } from "../../loading/restored";
import type { Class } from "../../metadata/class-types";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventLog } from "../../ports/event-log";
import { deeplyFrozen } from "../../schema/copying";
import { exactJson } from "../../schema/exact-json";
import { inWords } from "../../wording/in-words";

interface OpeningParts {
  readonly model: AggregateModel;
  readonly log: Pick<EventLog, "readStream">;
  /** Folds all events. */
  readonly loader: Loader;
}

/**
 * Folds the events that an aggregate has and the opening event that is made of its state. The opening event is left to be saved.
 *
 * The event is folded as a load will fold it, from its JSON, and without the checks of `raise`: it restates what was checked when it was
 * saved, and the state before it is one that the aggregate never had.
 *
 * @param state the id and the fields of the row.
 * @throws IncorrectUsageError for an opening that is no event of the aggregate; what folding throws; ValidationError for a state that its
 *   shape forbids; Error where events of the aggregate were forgotten.
 */
export async function openedAggregate(
  id: string,
  state: Readonly<Record<string, unknown>>,
  { model, log, loader }: OpeningParts,
): Promise<AggregateRoot> {
  const stream = streamOf(model.category, id);
  const [first] = await log.readStream(stream, { from: 0, limit: 1 });
  if (first !== undefined && first.position > 0)
    throw new Error(`its events up to position ${first.position - 1} were forgotten, so that its story cannot be told`);
  const { aggregate = restored(model, id, undefined, false) } = await loader.load(id, { rebuild: true });
  const life = lifeOf(aggregate);
  if (model.facts !== undefined) keepTwin(aggregate, model);
  const event = openingOf(model, deeplyFrozen({ id, ...state }));
  const { name: type, shape } = model.eventTypes.get(event.constructor as Class)!;
  const data: unknown = JSON.parse(exactJson(shape.encode({ ...event })));
  fold(aggregate, model, { stream: stream.stream, firstPosition: life.version + 1, events: [type, data] });
  life.pending.push(event);
  if (model.shape.entityKeys.length > 0) claimEntities(aggregate, life, model.shape);
  const complaints = model.shape.complaints(aggregate);
  if (complaints !== undefined) throw new ValidationError(complaints, `the state of ${model.name}`);
  return aggregate;
}

function openingOf({ name, storage, eventTypes }: AggregateModel, state: object): DomainEventRoot {
  const event: unknown = storage.opening?.(state);
  if (event instanceof DomainEventRoot && eventTypes.has(event.constructor as Class)) return event;
  throw new IncorrectUsageError(
    `Cannot convert ${name}: its opening must return one of its own events, found ${inWords(event)}`,
  );
}
