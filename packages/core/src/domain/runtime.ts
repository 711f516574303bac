import { AggregateCache } from "../aggregate-cache/aggregate-cache";
import { AggregatesInLine } from "../aggregate-cache/aggregates-in-line";
import { CacheCounter } from "../aggregate-cache/cache-counts";
import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import type { CommandEnrichers, EventEnrichers } from "../causation/enrichers";
import { CommandProcessor } from "../commands/command-processor";
import { CommandRecords } from "../commands/command-records";
import { Instances, type Resolver } from "../commands/instances";
import type { Middleware } from "../commands/middleware";
import { StreamTurns } from "../concurrency/stream-turns";
import type { DomainConfig } from "../config/domain-config";
import type { FailurePolicy } from "../config/failure-policy";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { EventStore } from "../event-store/event-store";
import { EventFeeds } from "../following/event-feeds";
import type { Class } from "../metadata/class-types";
import type { DomainModel } from "../model/domain-model";
import { patientStore } from "../patience/patient-store";
import type { StorePatience } from "../patience/store-patience";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { Projections } from "../projections/projections";
import { RowsWithLoads } from "../projections/rows-with-loads";
import { prepareReservations } from "../reservations/prepare-reservations";
import { Services } from "../services/services";
import { BackgroundWrites } from "../snapshots/background-writes";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
import { refuseFormerStorage } from "../states/operating/former-storage";
import { prepareStateTables } from "../states/operating/prepare-state-tables";
import { StateTables } from "../states/state-tables";
import { cacheCounters } from "../telemetry/cache-counters";
import { countedRetries } from "../telemetry/counted-retries";
import type { Logger } from "../telemetry/logger";
import { UnitsOfWork } from "../unit-of-work/units-of-work";
import { type AggregateRuntime, aggregateRuntimes } from "./aggregate-runtimes";
import { Consumption } from "./consumption";
import { patienceWith } from "./patience-with";

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

/** What a runtime is started for. */
export interface StartOptions {
  /** Whether operators put right what others refuse to start with. */
  readonly isUpkeep?: boolean;
}

/** What the configuration may say about a declared subscription. */
interface ConfiguredModel {
  readonly name: string;
  readonly lane: string;
  readonly onFailure?: FailurePolicy | undefined;
}

/** The composition root: puts together what an initialised domain runs on, and wraps telemetry around it. */
export class Runtime {
  /** The store itself. */
  readonly adapter: EventStoreAdapter;
  /** The store as the calls of the domain's users have it: they go on while another server stands in for one that is lost. */
  readonly patient: EventStoreAdapter;
  /** Undefined where calls are not repeated. */
  readonly patience: StorePatience | undefined;
  readonly eventStore: EventStore;
  readonly clock: Clock;
  readonly units: UnitsOfWork;
  readonly processor: CommandProcessor;
  readonly services: Services;
  /** Undefined where the configuration turns it off. */
  readonly cache: AggregateCache | undefined;
  /** The cache, or what writers in line hand over where there is none. */
  private readonly kept: AggregateCache;
  readonly background = new BackgroundWrites();
  readonly aggregates: ReadonlyMap<Class, AggregateRuntime>;
  readonly feeds: EventFeeds;
  readonly projections: Projections;
  /** The tables of aggregates that have rows. */
  readonly states: StateTables;
  /** What reads events. */
  readonly consumption: Consumption;

  constructor(parts: RuntimeParts) {
    const { config, ids, clock, model } = parts;
    this.adapter = parts.adapter;
    this.patience = patienceWith(parts.adapter, { logger: parts.logger, failed: () => this.kept?.distrust() });
    const adapter = this.patience === undefined ? parts.adapter : patientStore(parts.adapter, this.patience);
    this.patient = adapter;
    const { log } = adapter;
    const { maxEventBytes } = config.eventStore;
    this.clock = clock;
    const { named, batch, buckets } = config.subscriptions;
    const configured = <M extends ConfiguredModel>(declared: M): M => {
      const own = named.get(declared.name);
      const onFailure = own?.onFailure ?? declared.onFailure ?? config.subscriptions.onFailure;
      return { ...declared, lane: own?.lane ?? declared.lane, onFailure };
    };
    this.projections = new Projections({
      domain: parts.name,
      projections: Array.from(model.projections.values(), configured),
      sqlProjectors: Array.from(model.sqlProjectors, configured),
      adapter,
      fed: parts.adapter.operations,
      batchOf: (name) => named.get(name)?.batch ?? batch,
      buckets,
    });
    const { inline, takePart } = this.projections;
    this.units = new UnitsOfWork({ adapter, ids, clock, opened: inline && takePart });
    const rows = inline && new RowsWithLoads(adapter, inline, this.units);
    const rowsOnce = inline && new RowsWithLoads(parts.adapter, inline, this.units);
    this.eventStore = new EventStore(adapter, {
      ids: () => ids.next(),
      clock: () => clock.now(),
      maxEventBytes,
      append: (requests) => this.append(requests),
    });
    if (config.cache.maxAggregates > 0) {
      this.cache = new AggregateCache(config.cache, new CacheCounter(cacheCounters()));
    }
    const turns = new StreamTurns();
    const kept = this.cache ?? new AggregatesInLine(turns);
    this.kept = kept;
    const opened = () => new TrustedAggregates(log, kept);
    const trust = this.cache && opened;
    const trustInLine = this.cache === undefined ? opened : undefined;
    const instances = new Instances(parts.resolver);
    this.services = new Services(model.services, instances, this.units);
    this.processor = new CommandProcessor({
      commands: model.commands,
      units: this.units,
      turns,
      trust,
      records: new CommandRecords({ log, askedOnce: parts.adapter.log, clock, maxEventBytes }),
      instances,
      middleware: parts.middleware,
      enrichers: parts.commandEnrichers,
      retried: countedRetries(),
      ids,
      clock,
      retries: config.commands.retries,
    });
    this.states = new StateTables({ models: model.aggregates.values(), adapter });
    this.aggregates = aggregateRuntimes({
      ...parts,
      adapter,
      models: model.aggregates,
      snapshotLoads: rowsOnce ?? parts.adapter,
      repeated: this.patience?.repeated,
      loads: rows === undefined ? adapter : { log, load: (request) => rows.load(request) },
      eventStore: this.eventStore,
      states: this.states,
      units: this.units,
      turns,
      background: this.background,
      cache: kept,
      isCaching: this.cache !== undefined,
      trust,
      trustInLine,
    });
    this.feeds = new EventFeeds(log, this.aggregates);
    const { name, logger, resolver } = parts;
    const { processor, units } = this;
    this.consumption = new Consumption({
      name,
      model,
      config,
      adapter: parts.adapter,
      patient: adapter,
      patience: this.patience,
      projections: this.projections,
      units,
      clock,
      processor,
      instances,
      resolver,
      logger,
    });
  }

  /** Prepares the store for aggregates and for what reads events. @throws ConfigurationError for a store that they do not fit. */
  async start({ isUpkeep = false }: StartOptions = {}): Promise<void> {
    const { log, operations } = this.patient;
    if (operations !== undefined) {
      const models = Array.from(this.aggregates.values(), ({ model }) => model);
      if (!isUpkeep) await refuseFormerStorage(models, { log, readModels: operations.readModels });
      await prepareStateTables(this.states.all, operations);
      if (!isUpkeep) await prepareReservations({ models, log, operations });
    }
    await this.consumption.start();
  }

  /** Appends events outside of a unit of work. @throws IncorrectUsageError where nothing can be stored. */
  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const refusal = this.units.current?.refusal;
    if (refusal !== undefined) throw refusal();
    const appended = await this.projections.append(requests, this.clock.now().getTime());
    this.units.noteAppended(appended);
    return appended;
  }
}
