import { causeOf } from "../causation/cause";
import { type AggregateClass, AggregateRoot } from "../elements/aggregate-root";
import type { ProjectionClass } from "../elements/projection";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { parseStream, streamOf } from "../event-store/stream-names";
import { readEvent } from "../loading/read-event";
import type { Class } from "../metadata/class-types";
import type { AggregateModel, EventType } from "../model/aggregate-model";
import { isOpen } from "../model/aggregate-storage";
import type { AppendedStream } from "../ports/event-log";
import { bringUpToDate } from "../projections/bring-up-to-date";
import { nameAndId } from "../wording/in-words";
import { IsolatedHandler, type IsolatedHandlerParts } from "./isolated-handler";
import { ProjectionReplay } from "./projection-replay";
import type { Runtime } from "./runtime";
import { SeededInline } from "./seeded-inline";
import { SeededReservations } from "./seeded-reservations";
import { SeededStates } from "./seeded-states";

/** An event as an instance of its class, with the aggregate that it happened to. */
export interface PastEvent {
  readonly event: object;
  readonly aggregate: Class;
  readonly id: string;
  readonly globalPosition: number;
}

const SEEDED = causeOf("given");

/**
 * A domain on an empty store of its own in memory, beside the one it is configured with. Code that runs in `run`, across
 * awaits, uses the domain on that store; other code uses it as before.
 */
export class IsolatedDomain {
  #seeded = 0;
  #started: Promise<void> | undefined;
  /** Projections one after the other, because each takes its checkpoint. */
  #projected: Promise<void> = Promise.resolve();
  readonly #inline: SeededInline;
  readonly #reservations: SeededReservations;
  readonly #states: SeededStates;

  constructor(
    private readonly runtime: Runtime,
    /** Runs `body` with the domain on this runtime. */
    readonly run: <T>(body: () => T) => T,
  ) {
    this.#inline = new SeededInline(runtime.projections.ofMode("inline"), runtime.adapter);
    this.#reservations = new SeededReservations(runtime.aggregates);
    this.#states = new SeededStates(runtime.states);
  }

  /** Prepares the store, before the domain is used on it. A second call waits for the first. */
  async start(): Promise<void> {
    this.#started ??= this.runtime.start();
    await this.#started;
  }

  /**
   * Stores an event as if it had happened, and folds it into the row of an aggregate whose state is the truth, where an `@apply` method does.
   * Nothing is checked, as in a replay: what an inline projection says to it shows when somebody
   * looks at its rows.
   *
   * @param idFor decides which aggregate of the event's class it happened to.
   * @returns its global position.
   * @throws IncorrectUsageError when it is not an instance of a registered event class.
   */
  async seed(event: object, idFor: (aggregate: Class) => string): Promise<number> {
    const { model, eventType } = this.ownerOf(event);
    const data = eventType.shape.json(event);
    const time = this.runtime.clock.now().getTime();
    const message = { id: `given-${this.#seeded++}`, type: eventType.name, time, data, metadata: SEEDED.metadata };
    await this.start();
    await this.#inline.stopBeforeSeeds();
    const id = idFor(model.type);
    const request = { ...streamOf(model.category, id), messages: [message] };
    const [appended] = await this.runtime.adapter.log.append([request]);
    this.#reservations.note(model, id);
    await this.#states.fold(model, id, event, message);
    return (appended as AppendedStream).globalPosition;
  }

  /**
   * Stores an aggregate as if it had been saved before: its state, and none of its events. Its rules are not checked. The instance stays
   * as it is, so that several tests can begin with it.
   *
   * @throws IncorrectUsageError where events are the truth, and for a class that is not registered.
   */
  async seedState(aggregate: AggregateRoot): Promise<void> {
    const type = aggregate.constructor as Class;
    const model = this.runtime.aggregates.get(type)?.model;
    if (model === undefined || !isOpen(model.storage)) {
      const reason = model
        ? `the events of ${type.name} are the truth: give these, given(${type.name}, new …({…}))`
        : `${type.name} is no registered aggregate`;
      throw new IncorrectUsageError(`Cannot take ${nameAndId(aggregate)} as given: ${reason}`);
    }
    await this.start();
    await this.#states.put(aggregate, model);
  }

  /** Whether something that is given is an aggregate, rather than an event. */
  isAggregate(given: object): given is AggregateRoot {
    return given instanceof AggregateRoot;
  }

  /** Whether an `@apply` method folds an event into the state of an aggregate whose state is the truth. @throws as `seed` does. */
  isFoldedIntoState(event: object): boolean {
    return this.#states.takes(this.ownerOf(event).model, event);
  }

  /** Whether the state of a class's aggregates is the truth, so that only events with an `@apply` method can make one. */
  isStateTruth(type: AggregateClass | Class): boolean {
    const model = this.runtime.aggregates.get(type as Class)?.model;
    return model !== undefined && isOpen(model.storage);
  }

  /** Has inline projections fold what was seeded, and unique constraints know of it, before commands are carried out or event handlers called. */
  async foldSeeds(): Promise<void> {
    await this.start();
    await this.#reservations.reserve();
    await this.#inline.foldSeeds();
  }

  /**
   * Folds everything that is stored into the rows of a projection, whatever its mode. No event handler is called.
   * @throws SubscriptionStoppedError for an event that fails; IncorrectUsageError for a class that is not registered.
   */
  async project(projection: ProjectionClass): Promise<void> {
    const { projections, adapter } = this.runtime;
    const prepared = projections.of(projection);
    const { log, operations } = adapter;
    await this.foldSeeds();
    if (prepared.model.mode === "inline") {
      this.#inline.refuseUnfolded(prepared);
    } else if (operations !== undefined) {
      const { consumer, model } = prepared;
      const turn = this.#projected.then(() => bringUpToDate(consumer, model.sources, { log, operations }));
      this.#projected = turn.catch(() => undefined);
      await turn;
    }
  }

  /** Reads what is stored, to be folded into tables of a projection again and again. */
  async replayFor(projection: ProjectionClass): Promise<ProjectionReplay> {
    return await ProjectionReplay.of(this.runtime.projections.of(projection).model, this.runtime.adapter.log);
  }

  /**
   * Makes what calls an event handler for events that are handed over to it.
   *
   * @param parts.instance the object to call; made by the domain's resolver where absent.
   * @param parts.processed called with each command that it has processed, before it is.
   * @throws IncorrectUsageError for a class that is no registered event handler.
   */
  handlerOf(type: Class, parts: IsolatedHandlerParts): IsolatedHandler {
    return new IsolatedHandler(this, this.runtime, type, parts);
  }

  /** The class of the aggregates that an event happens to. @throws IncorrectUsageError as `seed` does. */
  ownerClassOf(event: object): Class {
    return this.ownerOf(event).model.type;
  }

  /** Reads the events of registered classes that were stored after a global position, oldest first. */
  async eventsAfter(globalPosition: number): Promise<readonly PastEvent[]> {
    const models = new Map([...this.models()].map((model) => [model.category, model]));
    const events: PastEvent[] = [];
    for await (const recorded of this.runtime.eventStore.readAll({ after: globalPosition })) {
      const { category, id } = parseStream(recorded.stream);
      const model = models.get(category);
      if (model === undefined) continue;
      const event = readEvent(model, recorded);
      if (event !== undefined)
        events.push({ event, aggregate: model.type, id, globalPosition: recorded.globalPosition });
    }
    return events;
  }

  private ownerOf(event: object): { readonly model: AggregateModel; readonly eventType: EventType } {
    const type = event?.constructor as Class | undefined;
    for (const model of this.models()) {
      const eventType = type && model.eventTypes.get(type);
      if (eventType !== undefined) return { model, eventType };
    }
    const [found, hint] =
      typeof event === "function"
        ? [`the class ${(event as Class).name}`, `: give an instance, new ${(event as Class).name}({…})`]
        : [`an instance of ${type?.name ?? "no class"}`, ""];
    throw new IncorrectUsageError(
      `Cannot take ${found} as an event that happened: it is no registered event of an aggregate${hint}`,
    );
  }

  private *models(): Generator<AggregateModel> {
    for (const { model } of this.runtime.aggregates.values()) yield model;
  }
}
