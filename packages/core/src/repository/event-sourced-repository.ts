import type { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { StreamTurns } from "../concurrency/stream-turns";
import { TurnOfUnit } from "../concurrency/turn-of-unit";
import type { AggregateRoot } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { listIds } from "../event-store/list-ids";
import { streamOf } from "../event-store/stream-names";
import { FactOfSave } from "../facts/fact-of-save";
import { keepTwin } from "../facts/twin";
import { isLoaded, type LoadedAggregate, type Loader } from "../loading/aggregate-loader";
import type { Answer } from "../ports/answer";
import { answered } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { Reservations } from "../reservations/reservations";
import { ReservationsOfUnit } from "../reservations/reservations-of-unit";
import { checkIdentifier } from "../schema/identifier";
import type { SnapshotWriter } from "../snapshots/snapshot-writer";
import type { Participant } from "../unit-of-work/participant";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { UnitsOfWork, Work } from "../unit-of-work/units-of-work";
import { aggregateHistory, type HistoryOptions, type HistoryStep } from "./aggregate-history";
import { AggregateSave, type AggregateSaveParts, checkSavable, described } from "./aggregate-save";
import { AggregatesOfUnit } from "./aggregates-of-unit";
import { type TemporalOptions, temporalBounds } from "./temporal-bounds";

interface RepositoryParts<A extends AggregateRoot> extends Omit<AggregateSaveParts<A>, "saved"> {
  readonly log: EventLog;
  readonly loader: Loader<A>;
  readonly writer: SnapshotWriter<A>;
  /** Undefined where nothing is cached; then each load asks the store. */
  readonly cached: Pick<CachedAggregates<A>, "load" | "following"> | undefined;
  /** Undefined for a class without unique constraints. */
  readonly reservations: Reservations | undefined;
  readonly units: UnitsOfWork;
  readonly turns: StreamTurns;
  /** Opens the trust in cached aggregates of one attempt; undefined where nothing is cached. */
  readonly trust: (() => TrustedAggregates) | undefined;
  /** Observes the save of an aggregate, for telemetry. */
  readonly observed: (save: AggregateSave<A>) => Participant;
  /** How often `update` tries again after a conflict where its caller does not say. */
  readonly retries: number;
}

/** Loads and saves the aggregates of one class. */
export class EventSourcedRepository<A extends AggregateRoot> {
  readonly #parts: RepositoryParts<A>;
  readonly #saveParts: AggregateSaveParts<A>;

  constructor(parts: RepositoryParts<A>) {
    const { model, ids, maxEventBytes, enrichers, writer } = parts;
    this.#parts = parts;
    this.#saveParts = {
      model,
      ids,
      maxEventBytes,
      enrichers,
      saved: (aggregate, events) => writer.afterSave(aggregate, events),
    };
  }

  /**
   * Loads the aggregate with all its events, or as of an earlier version or time; within a unit of work the same
   * instance each time, earlier states excepted.
   *
   * @throws ObjectNotFoundError when there is none, or none at that version or time.
   */
  async get(id: string, options?: TemporalOptions): Promise<A> {
    const found = options === undefined ? this.#findCurrent(id) : this.#findEarlier(id, options);
    const aggregate = found instanceof Promise ? await found : found;
    if (aggregate !== undefined) return aggregate;
    const { name } = this.#parts.model;
    if (options === undefined) throw new ObjectNotFoundError({ aggregate: name, id });
    const latestVersion = await this.#version(id);
    const { asked } = temporalBounds(options);
    throw new ObjectNotFoundError({ aggregate: name, id, ...(latestVersion >= 0 && { asked, latestVersion }) });
  }

  /** Loads an aggregate like `get`, but gives undefined when there is none. */
  async find(id: string, options?: TemporalOptions): Promise<A | undefined> {
    return options === undefined ? this.#findCurrent(id) : this.#findEarlier(id, options);
  }

  /** Whether anything ever happened to the aggregate; no event is folded. */
  async exists(id: string): Promise<boolean> {
    this.#checkId(id);
    const { units, model } = this.#parts;
    if (units.current?.unit.find(AggregatesOfUnit)?.find(model, id) !== undefined) return true;
    return (await this.#version(id)) >= 0;
  }

  /**
   * Saves the events raised on an aggregate: within a unit of work when that ends, else at once.
   * @throws ExpectedVersionError when its stream moved on since it was loaded; nothing is stored then.
   * @throws UniqueViolationError where another aggregate has the values of a unique constraint.
   */
  async add(aggregate: A): Promise<void> {
    const { units } = this.#parts;
    // A unit of work counts as a whole.
    const saving =
      units.current === undefined
        ? units.underWay.during(() => this.#save(aggregate, undefined))
        : this.#save(aggregate, undefined);
    if (saving instanceof Promise) await saving;
  }

  /** Not a method of this repository: call `add`. @throws IncorrectUsageError @deprecated */
  save(_aggregate: "call add(aggregate), which saves it"): never {
    const { name } = this.#parts.model;
    throw new IncorrectUsageError(`The repository of ${name} has no save(): call add(aggregate), which saves it`);
  }

  /**
   * Loads, changes and saves an aggregate; when another writer was faster it does so again, with what is there now.
   * Inside a unit of work it changes and adds without retry, because the unit commits as a whole.
   *
   * @param change may run several times, so it must do nothing but change the aggregate.
   * @param options.retries how many conflicts to survive; `commands.retries` of domain.toml where absent.
   * @returns the aggregate as saved.
   */
  async update(id: string, change: (aggregate: A) => unknown, options: { readonly retries?: number } = {}): Promise<A> {
    this.#checkId(id);
    const { units, turns, trust, retries, model } = this.#parts;
    const attempt = async (trusted: TrustedAggregates | undefined) => {
      const aggregate = await this.#findCurrent(id, trusted);
      if (aggregate === undefined) throw new ObjectNotFoundError({ aggregate: model.name, id });
      await change(aggregate);
      await this.#save(aggregate, trusted);
      return aggregate;
    };
    if (units.current !== undefined) return await attempt(undefined);
    const limits = { retries: options.retries ?? retries, turns, stream: streamOf(model.category, id).stream };
    const attemptTrusting = (mayTrust: boolean) => {
      const trusted = mayTrust ? trust?.() : undefined;
      return trusted === undefined ? attempt(undefined) : trusted.judge(() => attempt(trusted));
    };
    return await units.underWay.during(() => retryConflicts(attemptTrusting, limits));
  }

  /**
   * Folds the events of an aggregate one by one, and gives for each what it changed and the state after it. For tools and for
   * debugging: nothing is saved, no snapshot is written, and memory holds a page of events. Gives nothing where there is no event.
   */
  history(id: string, options: HistoryOptions = {}): AsyncGenerator<HistoryStep, void, undefined> {
    this.#checkId(id);
    return aggregateHistory(id, options, this.#parts);
  }

  /**
   * Lists the ids of all aggregates of the class, a page at a time, in the order of their UTF-8 bytes.
   * @param options.after begins behind this id, which need not exist: where an earlier list ended.
   */
  ids(options: { readonly after?: string } = {}): AsyncGenerator<string, void, undefined> {
    return listIds(this.#parts.log, this.#parts.model.category, options.after);
  }

  /** Counts the aggregates of the class. Reads the name of each. */
  async count(): Promise<number> {
    let count = 0;
    for await (const _ of this.ids()) count++;
    return count;
  }

  /** @param trusted the trust of an attempt without unit of work; inside a unit, the unit's. */
  #findCurrent(id: string, trusted?: TrustedAggregates): Answer<A | undefined> {
    this.#checkId(id);
    const { model, turns, units, loader, cached } = this.#parts;
    const unit = units.current?.unit;
    const known = unit?.find(AggregatesOfUnit)?.find(model, id);
    if (known !== undefined) return known as A;
    const turn = unit === undefined || turns.areIdle ? undefined : this.#lineUp(id, unit);
    if (turn !== undefined) return turn.then(() => this.#findCurrent(id, trusted));
    const loading = cached === undefined ? loader.load(id) : cached.load(id, trusted ?? unit?.find(TrustedAggregates));
    return answered(loading, (loaded) => (isLoaded(loaded) ? this.#loaded(loaded, unit) : undefined));
  }

  /** Others of this process take turns at the stream: a load that did not wait for its turn would lose to them. */
  #lineUp(id: string, unit: UnitOfWork): Promise<void> | undefined {
    const { model, turns, units } = this.#parts;
    const { stream } = streamOf(model.category, id);
    if (!turns.isTaken(stream)) return undefined;
    return unit.participant(TurnOfUnit).lineUp(stream, turns, units.current?.signal);
  }

  #loaded(loaded: LoadedAggregate<A>, unit: UnitOfWork | undefined): Answer<A> {
    const { model, writer, reservations } = this.#parts;
    const { aggregate } = loaded;
    reservations?.note(aggregate);
    if (model.facts !== undefined) keepTwin(aggregate, model);
    return answered(writer.afterLoad(loaded), () => {
      if (unit === undefined) return aggregate;
      // Another load of this id may have come back first while this one was waiting.
      const aggregates = unit.participant(AggregatesOfUnit);
      const first = aggregates.find(model, aggregate.id);
      if (first !== undefined) return first as A;
      aggregates.claim(model, aggregate);
      return aggregate;
    });
  }

  /** @returns at once within a unit of work, which stores the aggregate when it ends. */
  #save(aggregate: A, trusted: TrustedAggregates | undefined): Answer<void> {
    const { model, units } = this.#parts;
    if (!(aggregate instanceof model.type)) {
      throw new IncorrectUsageError(`Cannot add ${inWords(aggregate)} to the repository of ${model.name}`);
    }
    const { current } = units;
    if (current !== undefined) return this.#enlist(aggregate, current);
    const opened = trusted && ((unit: UnitOfWork) => void unit.enlistAs(TrustedAggregates, trusted));
    return units.run(() => this.#enlist(aggregate, units.current as Work), { opened });
  }

  #enlist(aggregate: A, { unit, cause, refusal }: Work): void {
    if (refusal !== undefined) throw refusal();
    const { model, cached, reservations, observed, maxEventBytes } = this.#parts;
    if (unit.isEnded) {
      throw new IncorrectUsageError(
        `Cannot add ${described(aggregate)}: its unit of work has ended; await everything that a handler starts`,
      );
    }
    checkSavable(aggregate);
    const aggregates = unit.participant(AggregatesOfUnit);
    aggregates.claim(model, aggregate);
    let save = aggregates.saves.get(aggregate);
    if (save === undefined) {
      const first = new AggregateSave(aggregate, this.#saveParts);
      if (reservations !== undefined) unit.participant(ReservationsOfUnit).add(aggregate, reservations);
      // The cached state moves on before a snapshot of the new state can be written.
      if (cached !== undefined) unit.enlist(cached.following(first));
      unit.enlist(observed(first));
      if (model.facts !== undefined) unit.enlist(new FactOfSave(first, { model, facts: model.facts, maxEventBytes }));
      aggregates.saves.set(aggregate, first);
      save = first;
    }
    save.attribute(cause);
  }

  /** Loads past the unit of work, and writes no snapshot: the aggregate shows the past. */
  async #findEarlier(id: string, options: TemporalOptions): Promise<A | undefined> {
    this.#checkId(id);
    const { bounds } = temporalBounds(options);
    const { aggregate } = await this.#parts.loader.load(id, bounds);
    if (aggregate === undefined) return undefined;
    return bounds.maxVersion !== undefined && aggregate.version < bounds.maxVersion ? undefined : aggregate;
  }

  async #version(id: string): Promise<number> {
    return await this.#parts.log.version(streamOf(this.#parts.model.category, id));
  }

  #checkId(id: string): void {
    checkIdentifier(id, this.#parts.model.name);
  }
}

function inWords(value: unknown): string {
  if (typeof value === "function") return `the class ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an instance of ${value.constructor?.name ?? "no class"}`;
}
