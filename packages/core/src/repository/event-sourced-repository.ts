import type { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { AggregateRoot } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { listIds } from "../event-store/list-ids";
import { streamOf } from "../event-store/stream-names";
import type { AggregateLoader, LoadedAggregate } from "../loading/aggregate-loader";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import { answered } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { checkIdentifier } from "../schema/check-identifier";
import type { SnapshotWriter } from "../snapshots/snapshot-writer";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { Work, WorkContext } from "../unit-of-work/work-context";
import { type TemporalOptions, temporalBounds } from "./temporal-bounds";

export interface RepositoryParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly model: AggregateModel<A>;
  readonly loader: AggregateLoader<A>;
  readonly writer: SnapshotWriter<A>;
  /** Undefined where nothing is cached. */
  readonly cached: CachedAggregates<A> | undefined;
  readonly context: WorkContext;
  /** How often `update` tries again after a conflict where its caller does not say. */
  readonly retries: number;
}

/** Loads and saves the aggregates of one class. */
export class EventSourcedRepository<A extends AggregateRoot> {
  constructor(private readonly parts: RepositoryParts<A>) {}

  /**
   * The aggregate with all its events, or as of an earlier version or time; within a unit of work the same
   * instance each time, earlier states excepted.
   *
   * @throws ObjectNotFoundError when there is none, or none at that version or time.
   */
  async get(id: string, options?: TemporalOptions): Promise<A> {
    const found = this.lookUp(id, options);
    const aggregate = found instanceof Promise ? await found : found;
    if (aggregate !== undefined) return aggregate;
    const { name } = this.parts.model;
    if (options === undefined) throw new ObjectNotFoundError({ aggregate: name, id });
    const latestVersion = await this.version(id);
    const { asked } = temporalBounds(options);
    throw new ObjectNotFoundError({ aggregate: name, id, ...(latestVersion >= 0 && { asked, latestVersion }) });
  }

  /** Like `get`, but undefined when there is none. */
  async find(id: string, options?: TemporalOptions): Promise<A | undefined> {
    return this.lookUp(id, options);
  }

  /** Whether anything ever happened to the aggregate; no event is folded. */
  async exists(id: string): Promise<boolean> {
    this.checkId(id);
    if (this.parts.context.current?.unit.identityMap.find(this.parts.model, id) !== undefined) return true;
    return (await this.version(id)) >= 0;
  }

  /**
   * Saves the events raised on an aggregate: within a unit of work when that ends, else at once.
   * @throws ExpectedVersionError when its stream moved on since it was loaded; nothing is stored then.
   */
  async add(aggregate: A): Promise<void> {
    const saving = this.save(aggregate);
    if (saving instanceof Promise) await saving;
  }

  /**
   * Loads, changes and saves an aggregate; when another writer was faster it does so again, with what is there now.
   * Inside a unit of work it changes and adds without retry, for the unit as a whole decides.
   *
   * @param change may run several times, so that it does nothing but change the aggregate.
   * @param options.retries how many conflicts to survive; `commands.retries` of domain.toml where absent.
   * @returns the aggregate as saved.
   */
  async update(id: string, change: (aggregate: A) => unknown, options: { readonly retries?: number } = {}): Promise<A> {
    this.checkId(id);
    const { context, retries, model } = this.parts;
    const attempt = async (trusted?: TrustedAggregates) => {
      const aggregate = await this.getCurrent(id, trusted);
      await change(aggregate);
      await this.save(aggregate, trusted);
      return aggregate;
    };
    if (context.current !== undefined) return await attempt(context.current.unit.trusted);
    const { turns } = context;
    return await retryConflicts(
      (mayTrust) => {
        const trusted = mayTrust ? context.trust() : undefined;
        return trusted === undefined ? attempt() : trusted.judge(() => attempt(trusted));
      },
      { retries: options.retries ?? retries, turns, stream: streamOf(model.category, id).stream },
    );
  }

  /** The ids of all aggregates of the class, a page at a time, in the order of their UTF-8 bytes. */
  ids(): AsyncGenerator<string, void, undefined> {
    return listIds(this.parts.adapter.log, this.parts.model.category);
  }

  /** How many aggregates of the class there are. Reads the name of each. */
  async count(): Promise<number> {
    let count = 0;
    for await (const _ of this.ids()) count++;
    return count;
  }

  private async getCurrent(id: string, trusted: TrustedAggregates | undefined): Promise<A> {
    const aggregate = await this.findCurrent(id, this.parts.context.current?.unit, trusted);
    if (aggregate !== undefined) return aggregate;
    throw new ObjectNotFoundError({ aggregate: this.parts.model.name, id });
  }

  private lookUp(id: string, options: TemporalOptions | undefined): Answer<A | undefined> {
    this.checkId(id);
    if (options !== undefined) return this.findEarlier(id, options);
    const unit = this.parts.context.current?.unit;
    return this.findCurrent(id, unit, unit?.trusted);
  }

  private findCurrent(
    id: string,
    unit: UnitOfWork | undefined,
    trusted: TrustedAggregates | undefined,
  ): Answer<A | undefined> {
    const { model, context } = this.parts;
    const known = unit?.identityMap.find(model, id);
    if (known !== undefined) return known as A;
    if (unit === undefined || context.turns.areIdle) return this.load(id, unit, trusted);
    return answered(context.lineUp(unit, streamOf(model.category, id).stream), () => this.load(id, unit, trusted));
  }

  private load(
    id: string,
    unit: UnitOfWork | undefined,
    trusted: TrustedAggregates | undefined,
  ): Answer<A | undefined> {
    const { loader, cached } = this.parts;
    const loading = cached === undefined ? loader.load(id) : cached.load(id, trusted);
    return answered(loading, (loaded) => loaded && this.entered(loaded, unit));
  }

  private entered(loaded: LoadedAggregate<A>, unit: UnitOfWork | undefined): Answer<A> {
    const { model, writer } = this.parts;
    const { aggregate } = loaded;
    return answered(writer.afterLoad(loaded), () => {
      if (unit === undefined) return aggregate;
      // Another load of this id may have come back first while this one was waiting.
      const first = unit.identityMap.find(model, aggregate.id);
      if (first !== undefined) return first as A;
      unit.identityMap.claim(model, aggregate);
      return aggregate;
    });
  }

  /** @returns at once within a unit of work, which stores it when it ends. */
  private save(aggregate: A, trusted?: TrustedAggregates): Answer<void> {
    const { model, context } = this.parts;
    if (!(aggregate instanceof model.type)) {
      throw new IncorrectUsageError(`Cannot add ${describe(aggregate)} to the repository of ${model.name}`);
    }
    const { current } = context;
    if (current !== undefined) return this.note(aggregate, current);
    return context.run(() => this.note(aggregate, context.current as Work), { trusted });
  }

  private note(aggregate: A, { unit, cause }: Work): void {
    const { model, writer, cached } = this.parts;
    unit.add(aggregate, { model: model as never, writer: writer as never, cached: cached as never, cause });
  }

  /** Never from the identity map nor into it, and never with a snapshot written: what it shows is the past. */
  private async findEarlier(id: string, options: TemporalOptions): Promise<A | undefined> {
    const { bounds } = temporalBounds(options);
    const loaded = await this.parts.loader.load(id, bounds);
    if (loaded === undefined) return undefined;
    return bounds.maxVersion !== undefined && loaded.aggregate.version < bounds.maxVersion
      ? undefined
      : loaded.aggregate;
  }

  private async version(id: string): Promise<number> {
    return await this.parts.adapter.log.version(streamOf(this.parts.model.category, id));
  }

  private checkId(id: string): void {
    checkIdentifier(id, this.parts.model.name);
  }
}

function describe(value: unknown): string {
  if (typeof value === "function") return `the class ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an instance of ${value.constructor?.name ?? "no class"}`;
}
