import type { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import type { AggregateRoot } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { listIds } from "../event-store/list-ids";
import { streamOf } from "../event-store/stream-names";
import { FactOfSave } from "../facts/fact-of-save";
import { keepTwin } from "../facts/twin";
import { isLoaded, type Loader } from "../loading/aggregate-loader";
import { type Answer, answered } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { Reservations } from "../reservations/reservations";
import { ReservationsOfUnit } from "../reservations/reservations-of-unit";
import type { SnapshotWriter } from "../snapshots/snapshot-writer";
import type { Participant } from "../unit-of-work/participant";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import { nameAndId } from "../wording/in-words";
import type { HistoryOptions, HistoryStep } from "./aggregate-history";
import { AggregateSave, type AggregateSaveParts } from "./aggregate-save";
import { EarlierStates } from "./earlier-states";
import { LiveAggregates, type LiveAggregatesParts } from "./live-aggregates";
import type { LiveSave } from "./live-save";
import type { Repository } from "./repository";
import { SelectableAggregates } from "./selectable-aggregates";
import type { TemporalOptions } from "./temporal-bounds";

interface EventSourcedRepositoryParts<A extends AggregateRoot>
  extends LiveAggregatesParts<A>,
    Omit<AggregateSaveParts<A>, "saved"> {
  readonly log: EventLog;
  readonly loader: Loader<A>;
  readonly writer: SnapshotWriter<A>;
  readonly cached: Pick<CachedAggregates<A>, "load" | "following" | "holdNone">;
  /** Whether aggregates are cached. Otherwise each load asks the store, unless the writer before in line hands its aggregate over. */
  readonly isCaching: boolean;
  /** Undefined for a class without unique constraints. */
  readonly reservations: Reservations | undefined;
  /** Observes the save of an aggregate, for telemetry. */
  readonly observed: (save: AggregateSave<A>) => Participant;
}

/** Loads and saves the aggregates of one class, whose events are all that is stored of them. */
export class EventSourcedRepository<A extends AggregateRoot> extends SelectableAggregates<A> implements Repository<A> {
  readonly #parts: EventSourcedRepositoryParts<A>;
  readonly #live: LiveAggregates<A>;
  readonly #earlier: EarlierStates<A>;
  readonly #saveParts: AggregateSaveParts<A>;

  constructor(parts: EventSourcedRepositoryParts<A>) {
    super();
    const { model, ids, maxEventBytes, enrichers, writer } = parts;
    this.#parts = parts;
    this.#earlier = new EarlierStates(parts);
    this.#saveParts = {
      model,
      ids,
      maxEventBytes,
      enrichers,
      saved: (aggregate, events) => writer.afterSave(aggregate, events),
    };
    this.#live = new LiveAggregates(parts, {
      load: (id, trusted) => this.#load(id, trusted),
      enlist: (aggregate, unit) => this.#enlist(aggregate, unit),
    });
  }

  protected override get everything(): never {
    const { name } = this.#parts.model;
    throw new IncorrectUsageError(
      `Cannot select the aggregates of ${name}: they are stored as their events, and have no fields in the store; declare a projection, ` +
        `@domain.projection({ of: ${name} }) class ${name}Row extends ProjectionOf(${name}) {}, and read domain.viewOf(${name}Row), ` +
        `or declare ${name} with stored: "both", truth: "events"`,
      { aggregate: name },
    );
  }

  async get(id: string, options?: TemporalOptions): Promise<A> {
    const found = options === undefined ? this.#live.get(id) : this.#earlier.get(id, options);
    return found instanceof Promise ? await found : found;
  }

  async find(id: string, options?: TemporalOptions): Promise<A | undefined> {
    const found = options === undefined ? this.#live.find(id) : this.#earlier.find(id, options);
    return found instanceof Promise ? await found : found;
  }

  /** Whether anything ever happened to the aggregate; no event is folded. */
  async exists(id: string): Promise<boolean> {
    const { log, model } = this.#parts;
    return this.#live.isInUnit(id) ?? (await log.version(streamOf(model.category, id))) >= 0;
  }

  async add(aggregate: A): Promise<void> {
    const saving = this.#live.add(aggregate);
    if (saving instanceof Promise) await saving;
  }

  /** Not a method of this repository: call `add`. @throws IncorrectUsageError @deprecated */
  save(_aggregate: "call add(aggregate), which saves it"): never {
    const { name } = this.#parts.model;
    throw new IncorrectUsageError(`The repository of ${name} has no save(): call add(aggregate), which saves it`);
  }

  async update(id: string, change: (aggregate: A) => unknown, options: { readonly retries?: number } = {}): Promise<A> {
    return await this.#live.update(id, change, options);
  }

  /** @throws IncorrectUsageError always: what has happened cannot be undone. */
  async delete(subject: A | string): Promise<never> {
    const { name } = this.#parts.model;
    const described = typeof subject === "string" ? `${name} ${JSON.stringify(subject)}` : nameAndId(subject);
    throw new IncorrectUsageError(
      `Cannot delete ${described}: it is stored as its events, which are kept for ever; raise an event that ends it`,
    );
  }

  history(id: string, options: HistoryOptions = {}): AsyncGenerator<HistoryStep, void, undefined> {
    return this.#earlier.history(id, options);
  }

  ids(options: { readonly after?: string } = {}): AsyncGenerator<string, void, undefined> {
    return listIds(this.#parts.log, this.#parts.model.category, options.after);
  }

  /** Counts the aggregates of the class. Reads the name of each. */
  async count(): Promise<number> {
    let count = 0;
    for await (const _ of this.ids()) count++;
    return count;
  }

  #load(id: string, trusted: TrustedAggregates | undefined): Answer<A | undefined> {
    const { model, loader, cached, isCaching, writer, reservations } = this.#parts;
    const loading = isCaching || trusted !== undefined ? cached.load(id, trusted) : loader.load(id);
    return answered(loading, (loaded) => {
      if (!isLoaded(loaded)) return undefined;
      const { aggregate } = loaded;
      reservations?.note(aggregate);
      if (model.facts !== undefined) keepTwin(aggregate, model);
      return answered(writer.afterLoad(loaded), () => aggregate);
    });
  }

  #enlist(aggregate: A, unit: UnitOfWork): LiveSave {
    const { model, cached, isCaching, reservations, observed, maxEventBytes } = this.#parts;
    const save = new AggregateSave(aggregate, this.#saveParts);
    if (reservations !== undefined) unit.participant(ReservationsOfUnit).add(aggregate, reservations);
    // The cached state moves on before a snapshot of the new state can be written.
    if (isCaching || !cached.holdNone) unit.enlist(cached.following(save));
    unit.enlist(observed(save));
    if (model.facts !== undefined) unit.enlist(new FactOfSave(save, { model, facts: model.facts, maxEventBytes }));
    return save;
  }
}
