import { AggregateCache } from "../aggregate-cache/aggregate-cache";
import { CacheCounter } from "../aggregate-cache/cache-counts";
import { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import type { CommandEnrichers, EventEnrichers } from "../causation/enrichers";
import { AwaitedCommands } from "../commands/awaited-commands";
import { CommandProcessor } from "../commands/command-processor";
import { CommandRecords } from "../commands/command-records";
import { Instances, type Resolver } from "../commands/instances";
import type { Middleware } from "../commands/middleware";
import { StreamTurns } from "../concurrency/stream-turns";
import type { DomainConfig } from "../config/domain-config";
import type { AggregateRoot } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { EventHandlerConsumer } from "../event-handlers/event-handler-consumer";
import { eventHandlerConsumers } from "../event-handlers/event-handler-consumers";
import type { ProcessOnce } from "../event-handlers/handler-context";
import { EventStore } from "../event-store/event-store";
import { EventFeeds } from "../following/event-feeds";
import { AggregateLoader, type LoadOptions } from "../loading/aggregate-loader";
import { SnapshotFinder } from "../loading/snapshot-finder";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import type { DomainModel } from "../model/domain-model";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { Projections } from "../projections/projections";
import { RowsWithLoads } from "../projections/rows-with-loads";
import { ViewSwitches } from "../projections/view-switches";
import { Queries } from "../queries/queries";
import { EventSourcedRepository } from "../repository/event-sourced-repository";
import { Services } from "../services/services";
import { BackgroundWrites } from "../snapshots/background-writes";
import { snapshotPolicy } from "../snapshots/snapshot-policy";
import { SnapshotWriter } from "../snapshots/snapshot-writer";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
import { AggregateSnapshots } from "../snapshots/upkeep/aggregate-snapshots";
import { SnapshotCreation } from "../snapshots/upkeep/snapshot-creation";
import { CatchUp } from "../subscriptions/catch-up";
import { Engine } from "../subscriptions/engine";
import { serve } from "../subscriptions/server";
import { settledEnd } from "../subscriptions/settled-end";
import { Waiting } from "../subscriptions/waiting";
import { cacheCounters, warnOfRefusals } from "../telemetry/cache-counters";
import { countedRetries } from "../telemetry/counted-retries";
import { type Logger, logError } from "../telemetry/logger";
import { ObservedConsumer } from "../telemetry/observed-consumer";
import { ObservedFinder, ObservedLoads } from "../telemetry/observed-loads";
import { observedSnapshots } from "../telemetry/observed-snapshots";
import { SnapshotReport } from "../telemetry/snapshot-report";
import { TracedSave } from "../telemetry/traced-save";
import { UnitsOfWork } from "../unit-of-work/units-of-work";
import { engineSettings } from "./engine-settings";
import { subscriptionsByClass } from "./subscriptions-by-class";

/** What works for one aggregate class. */
export interface AggregateRuntime {
  readonly model: AggregateModel;
  readonly repository: EventSourcedRepository<any>;
  readonly creation: SnapshotCreation<any>;
  readonly snapshots: AggregateSnapshots<any>;
}

export interface RuntimeParts {
  /** The name of the domain. */
  readonly name: string;
  readonly model: DomainModel;
  readonly config: DomainConfig;
  readonly adapter: EventStoreAdapter;
  readonly snapshotOptions: (aggregate: Class) => SnapshotOptions | undefined;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventEnrichers: EventEnrichers;
  readonly commandEnrichers: CommandEnrichers;
  readonly middleware: readonly Middleware[];
  readonly resolver: Resolver | undefined;
}

/** For calls that a failure is not to repeat. */
const ONCE = { attempts: 0, firstMs: 0, maxMs: 0 };

/** The composition root: puts together what an initialised domain runs on, and wraps telemetry around it. */
export class Runtime {
  readonly adapter: EventStoreAdapter;
  readonly eventStore: EventStore;
  readonly clock: Clock;
  readonly units: UnitsOfWork;
  readonly processor: CommandProcessor;
  readonly services: Services;
  /** Undefined where the configuration turns it off. */
  readonly cache: AggregateCache | undefined;
  readonly background = new BackgroundWrites();
  readonly aggregates: ReadonlyMap<Class, AggregateRuntime>;
  readonly feeds: EventFeeds;
  readonly projections: Projections;
  readonly engine: Engine;
  readonly catchUp: CatchUp;
  readonly awaited: AwaitedCommands;
  readonly queries: Queries;
  /** Undefined where the store keeps events alone. */
  readonly views: ViewSwitches | undefined;
  readonly #parts: RuntimeParts;
  /** The store as loads of aggregates use it. */
  readonly #loads: Pick<EventStoreAdapter, "load" | "log">;
  readonly #turns = new StreamTurns();
  readonly #trust: (() => TrustedAggregates) | undefined;
  readonly #eventNames: ReadonlyMap<string, Class>;

  constructor(parts: RuntimeParts) {
    const { adapter, config, ids, clock, model } = parts;
    const { log } = adapter;
    const { maxEventBytes } = config.eventStore;
    this.#parts = parts;
    this.adapter = adapter;
    this.clock = clock;
    const { projections, sqlProjectors } = model;
    this.projections = new Projections({
      domain: parts.name,
      projections: projections.values(),
      sqlProjectors,
      adapter,
      batchOf: (name) => config.subscriptions.named.get(name)?.batch ?? config.subscriptions.batch,
    });
    const { inline, takePart } = this.projections;
    this.units = new UnitsOfWork({ adapter, ids, clock, opened: inline && takePart });
    const rows = inline && new RowsWithLoads(adapter, inline, this.units);
    this.#loads = rows === undefined ? adapter : { log, load: (request) => rows.load(request) };
    this.eventStore = new EventStore(adapter, {
      ids: () => ids.next(),
      clock: () => clock.now(),
      maxEventBytes,
      append: (requests) => this.append(requests),
    });
    if (config.cache.maxAggregates > 0) {
      const cache = new AggregateCache(config.cache, new CacheCounter(cacheCounters()));
      this.cache = cache;
      this.#trust = () => new TrustedAggregates(log, cache);
    }
    const instances = new Instances(parts.resolver);
    this.services = new Services(model.services, instances, this.units);
    this.processor = new CommandProcessor({
      commands: model.commands,
      units: this.units,
      turns: this.#turns,
      trust: this.#trust,
      records: new CommandRecords({ log, clock, maxEventBytes }),
      instances,
      middleware: parts.middleware,
      enrichers: parts.commandEnrichers,
      retried: countedRetries(),
      ids,
      clock,
      retries: config.commands.retries,
    });
    const events = [...model.aggregates.values()].flatMap(({ eventTypes }) => [...eventTypes]);
    this.#eventNames = new Map(events.map(([type, { shortName }]) => [shortName, type]));
    this.aggregates = new Map([...model.aggregates].map(([type, aggregate]) => [type, this.#aggregate(aggregate)]));
    this.feeds = new EventFeeds(log, this.aggregates);
    const process = async (command: object, idempotencyKey: string) =>
      await this.processor.process(command, { idempotencyKey });
    const handlers = eventHandlerConsumers(model.eventHandlers, { instances, process }, config.subscriptions);
    this.engine = new Engine({
      adapter,
      consumers: [...this.projections.consumers, ...handlers].map((consumer) => new ObservedConsumer(consumer)),
      aggregates: model.aggregates.values(),
      settings: engineSettings(config),
      logError: (message, details) => logError(parts.logger, message, details),
    });
    const waiting = new Waiting(this.engine);
    this.catchUp = new CatchUp(this.engine, waiting, this.units);
    this.units.onCommit((position) => {
      this.engine.signs.give();
      this.catchUp.noteCommit(position);
    });
    this.awaited = new AwaitedCommands({
      processor: this.processor,
      units: this.units,
      progress: waiting,
      subscriptionOf: subscriptionsByClass(parts.name, model),
      end: async () => Math.max(await settledEnd(log), this.units.position),
    });
    const { operations } = adapter;
    this.views =
      operations &&
      new ViewSwitches({
        log,
        operations,
        engine: this.engine,
        failed: (projection, error) =>
          parts.logger.warn(`The view of ${projection} could not be moved to its version`, { error }),
      });
    this.queries = new Queries({
      queries: model.queries,
      instances,
      units: this.units,
      projections: this.projections,
      adapter,
      progress: waiting,
    });
  }

  /** Prepares the store for what reads events. @throws ConfigurationError as `Projections.start` does. */
  async start(): Promise<void> {
    await this.projections.start();
    await this.engine.layCheckpoints();
    await this.views?.await(await this.projections.waitingForView());
  }

  /** Starts the server that runs inside of `init()`, where there is to be one. It keeps no process alive. */
  async startEmbedded(asked: boolean | undefined): Promise<void> {
    const { embedded = !this.adapter.abilities.sharedByProcesses } = this.#parts.config.server;
    if (asked ?? embedded) await serve(this.engine, {}, { keepAlive: false });
  }

  /** Appends events outside of a unit of work. @throws IncorrectUsageError where nothing can be stored. */
  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const refusal = this.units.current?.refusal;
    if (refusal !== undefined) throw refusal();
    return await this.projections.append(requests, this.clock.now().getTime());
  }

  /**
   * Makes what calls an event handler, beside what subscriptions call.
   *
   * @param instance the object to call; constructed as handlers are where absent.
   * @throws IncorrectUsageError for a class that is no registered event handler.
   */
  handlerConsumer(type: Class, process: ProcessOnce, instance?: object): EventHandlerConsumer {
    const { model, config, resolver, name } = this.#parts;
    const found = model.eventHandlers.find(({ handler }) => "type" in handler && handler.type === type);
    if (found === undefined)
      throw new IncorrectUsageError(`${type.name} is not a registered event handler of domain ${JSON.stringify(name)}`);
    const instances = new Instances(instance === undefined ? resolver : () => instance);
    const { lane, timeoutMs = config.subscriptions.timeoutMs } = found;
    return new EventHandlerConsumer({ model: found, instances, process, lane, timeoutMs, retry: ONCE, batch: 1 });
  }

  #aggregate(model: AggregateModel): AggregateRuntime {
    const { adapter, config, clock, ids, logger, eventEnrichers, snapshotOptions } = this.#parts;
    const { log } = adapter;
    const { readTimeoutMs, maxStateBytes, aggregates } = config.snapshots;
    const policy = snapshotPolicy({
      operator: aggregates.get(model.name),
      decorator: snapshotOptions(model.type),
      domain: config,
      events: this.#eventNames,
    });
    const report = new SnapshotReport(model.name, logger);
    const loads = this.#loads;
    const search = new SnapshotFinder({ adapter: loads, model, readTimeoutMs, maxStateBytes });
    const finder = new ObservedFinder(search, report);
    const plain = new AggregateLoader({ adapter: loads, model, finder });
    const unobserved = new AggregateLoader({ adapter: loads, model, finder: search });
    const loader = new ObservedLoads<AggregateRoot, LoadOptions>(plain, model, report);
    const cached = this.#cached(model, plain, report);
    const writer = new SnapshotWriter({
      snapshots: observedSnapshots(adapter.snapshots, model.name, report),
      model,
      policy,
      background: this.background,
      clock,
      loadStored: (id, version, rebuild) => unobserved.load(id, { maxVersion: version, rebuild }),
      written: cached?.snapshotWritten,
      failed: (id, error) => report.writeFailed(id, error),
    });
    return {
      model,
      repository: new EventSourcedRepository({
        log,
        model,
        loader,
        cached,
        writer,
        units: this.units,
        turns: this.#turns,
        trust: this.#trust,
        observed: (save) => new TracedSave(save),
        ids,
        enrichers: eventEnrichers,
        maxEventBytes: config.eventStore.maxEventBytes,
        retries: config.commands.retries,
      }),
      creation: new SnapshotCreation(model, loader, writer),
      snapshots: new AggregateSnapshots({
        adapter,
        eventStore: this.eventStore,
        model,
        policy,
        loads: () => report.counts,
        finder,
        loader,
        writer,
        clock,
        deleted: cached?.snapshotsDeleted,
      }),
    };
  }

  #cached(model: AggregateModel, loader: AggregateLoader, report: SnapshotReport) {
    if (this.cache === undefined) return undefined;
    const { adapter, logger } = this.#parts;
    const refused = warnOfRefusals(model.name, logger);
    const cached = new CachedAggregates({ cache: this.cache, log: adapter.log, model, loader, refused });
    const loads = new ObservedLoads<AggregateRoot, TrustedAggregates>(cached, model, report);
    return {
      load: loads.load.bind(loads),
      following: cached.following.bind(cached) as CachedAggregates<AggregateRoot>["following"],
      snapshotWritten: cached.snapshotWritten.bind(cached),
      snapshotsDeleted: cached.snapshotsDeleted.bind(cached),
    };
  }
}
