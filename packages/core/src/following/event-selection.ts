import type { DomainEventRoot } from "../elements/domain-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { decodeMessage } from "../event-store/message-codec";
import { stepOfUnfolded } from "../loading/fold-step";
import { readEvent } from "../loading/read-event";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import type { RecordedMessage } from "../ports/stored-message";
import { didYouMean } from "../wording/did-you-mean";
import { twinHint } from "../wording/twin-class";
import type { EventsOptions, FollowedEvent } from "./events-options";

/** The events that one call of `domain.events` asks for: in which categories they lie, and how a message becomes one. */
export class EventSelection {
  readonly categories: readonly string[];
  readonly #models: ReadonlyMap<string, AggregateModel>;
  /** The prototypes of the events asked for; undefined for all. */
  readonly #wanted: ReadonlySet<object> | undefined;

  /** @throws IncorrectUsageError for an empty list, a class that is not registered, an event of another aggregate. */
  constructor(
    { of, types }: EventsOptions,
    private readonly known: ReadonlyMap<Class, { readonly model: AggregateModel }>,
  ) {
    const all = [...known.values()].map(({ model }) => model);
    const asked =
      of === undefined ? all : listed("of", of).map((aggregate) => this.#modelOf(aggregate as unknown as Class));
    const owners = types === undefined ? asked : listed("types", types).map((type) => this.#ownerOf(type, asked));
    this.#models = new Map(owners.map((model) => [model.category, model]));
    this.categories = [...this.#models.keys()];
    this.#wanted = types && new Set(types.map(({ prototype }) => prototype as object));
  }

  /**
   * @returns undefined for an event that was not asked for, or that its aggregate skips.
   * @throws UnknownEventError, DeserializationError as a load of the aggregate does.
   */
  read(message: RecordedMessage): FollowedEvent<DomainEventRoot> | undefined {
    const { category, stream, type, id: eventId, globalPosition: position } = message;
    const model = this.#models.get(category) as AggregateModel;
    const { prototype } = model.folds.get(type) ?? stepOfUnfolded(model, message);
    if (this.#wanted !== undefined && !this.#wanted.has(prototype)) return undefined;
    const { time: recordedAt, metadata, ...recorded } = decodeMessage(message);
    const event = readEvent(model, recorded);
    if (event === undefined) return undefined;
    const id = stream.slice(category.length + 1);
    return { event: event as DomainEventRoot, id, position, metadata, eventId, recordedAt };
  }

  #modelOf(aggregate: Class): AggregateModel {
    const found = this.known.get(aggregate);
    if (found !== undefined) return found.model;
    const models = [...this.known.values()].map(({ model }) => model);
    const hint = hintFor(
      aggregate,
      [...this.known.keys()],
      models.map(({ name }) => name),
    );
    throw refusal(`"of" names ${nameOf(aggregate)}, which is not a registered aggregate${hint}`);
  }

  #ownerOf(type: Class, asked: readonly AggregateModel[]): AggregateModel {
    const owns = ({ eventTypes }: AggregateModel): boolean => eventTypes.has(type);
    const owner = asked.find(owns);
    if (owner !== undefined) return owner;
    const models = [...this.known.values()].map(({ model }) => model);
    const other = models.find(owns);
    if (other !== undefined)
      throw refusal(`"types" names ${nameOf(type)}, an event of ${other.name}, which "of" does not name`);
    const events = models.flatMap(({ eventTypes }) => [...eventTypes.keys()]);
    const hint = hintFor(
      type,
      events,
      models.flatMap(({ eventTypes }) => [...eventTypes.values()]).map(({ shortName }) => shortName),
    );
    throw refusal(`"types" names ${nameOf(type)}, which is not an event of a registered aggregate${hint}`);
  }
}

/** A list that holds something. */
function listed<T>(name: "of" | "types", list: readonly T[]): readonly T[] {
  if (!Array.isArray(list)) throw refusal(`${JSON.stringify(name)} must be an array of classes`);
  if (list.length === 0) throw refusal(`${JSON.stringify(name)} is empty; leave it out for all`);
  return list;
}

function hintFor(type: Class, classes: readonly Class[], names: readonly string[]): string {
  const name = nameOf(type);
  return (
    twinHint(
      name,
      classes.map((each) => each.name),
    ) || didYouMean(name, names)
  );
}

function nameOf(type: unknown): string {
  return typeof type === "function" ? type.name : String(type);
}

function refusal(reason: string): IncorrectUsageError {
  return new IncorrectUsageError(`Cannot read events: ${reason}`);
}
