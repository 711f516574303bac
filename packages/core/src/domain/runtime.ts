import { AggregateCache } from "../aggregate-cache/aggregate-cache";
import { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { CommandEnrichers } from "../commands/command-enrichers";
import { CommandProcessor } from "../commands/command-processor";
import { CommandRecords } from "../commands/command-records";
import type { Middleware } from "../commands/middleware";
import { Instances, type Resolver } from "../commands/resolver";
import type { DomainConfig } from "../config/domain-config";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { EventStore } from "../event-store/event-store";
import { AggregateLoader } from "../loading/aggregate-loader";
import { SnapshotFinder } from "../loading/snapshot-finder";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import type { DomainModel } from "../model/domain-model";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { EventEnrichers } from "../repository/event-metadata";
import { EventSourcedRepository } from "../repository/event-sourced-repository";
import { Services } from "../services/services";
import { BackgroundWrites } from "../snapshots/background-writes";
import type { SnapshotOptions } from "../snapshots/snapshot-options";
import { snapshotPolicy } from "../snapshots/snapshot-policy";
import { SnapshotWriter } from "../snapshots/snapshot-writer";
import { AggregateSnapshots } from "../snapshots/upkeep/aggregate-snapshots";
import { SnapshotCreation } from "../snapshots/upkeep/snapshot-creation";
import { CacheReport } from "../telemetry/cache-report";
import { CommandReport } from "../telemetry/command-report";
import type { Logger } from "../telemetry/logger";
import { SnapshotReport } from "../telemetry/snapshot-report";
import { WorkContext } from "../unit-of-work/work-context";

/** All that works for one aggregate class. */
export interface AggregateRuntime {
  readonly model: AggregateModel;
  readonly repository: EventSourcedRepository<any>;
  readonly creation: SnapshotCreation<any>;
  readonly snapshots: AggregateSnapshots<any>;
}

export interface RuntimeParts {
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

/** The composition root: what an initialised domain runs on. */
export class Runtime {
  readonly adapter: EventStoreAdapter;
  readonly eventStore: EventStore;
  readonly clock: Clock;
  readonly context: WorkContext;
  readonly processor: CommandProcessor;
  readonly services: Services;
  /** Undefined where the configuration turns it off. */
  readonly cache: AggregateCache | undefined;
  readonly background = new BackgroundWrites();
  readonly aggregates: ReadonlyMap<Class, AggregateRuntime>;
  private readonly eventNames: ReadonlyMap<string, Class>;

  constructor(private readonly parts: RuntimeParts) {
    const { adapter, config, ids, clock, model } = parts;
    const { maxEventBytes } = config.eventStore;
    this.adapter = adapter;
    this.clock = clock;
    this.eventStore = new EventStore(adapter, { ids: () => ids.next(), clock: () => clock.now(), maxEventBytes });
    if (config.cache.maxAggregates > 0) this.cache = new AggregateCache(config.cache, new CacheReport(parts.logger));
    this.context = new WorkContext({
      adapter,
      ids,
      clock,
      maxEventBytes,
      enrichers: parts.eventEnrichers,
      cache: this.cache,
    });
    const instances = new Instances(parts.resolver);
    this.services = new Services(model.services, instances, this.context);
    this.processor = new CommandProcessor({
      commands: model.commands,
      context: this.context,
      records: new CommandRecords({ adapter, clock, maxEventBytes }),
      instances,
      middleware: parts.middleware,
      enrichers: parts.commandEnrichers,
      report: new CommandReport(),
      ids,
      clock,
      retries: config.commands.retries,
    });
    const events = [...model.aggregates.values()].flatMap(({ eventTypes }) => [...eventTypes]);
    this.eventNames = new Map(events.map(([type, { shortName }]) => [shortName, type]));
    this.aggregates = new Map(
      [...model.aggregates].map(([type, aggregate]) => [type, this.aggregateRuntime(aggregate)]),
    );
  }

  private aggregateRuntime(model: AggregateModel): AggregateRuntime {
    const { adapter, config, clock, logger, snapshotOptions } = this.parts;
    const { snapshots: settings, commands } = config;
    const decorator = snapshotOptions(model.type);
    const operator = settings.aggregates.get(model.name);
    const policy = snapshotPolicy({ operator, decorator, domain: config, events: this.eventNames });
    const report = new SnapshotReport(model.name, logger);
    const { readTimeoutMs, maxStateBytes } = settings;
    const finder = new SnapshotFinder({ adapter, model, report, readTimeoutMs, maxStateBytes });
    const loader = new AggregateLoader({ adapter, model, finder, report });
    const { background, cache } = this;
    const cached = cache && new CachedAggregates({ cache, adapter, model, loader, report });
    const written = cached?.snapshotWritten.bind(cached);
    const deleted = cached?.snapshotsDeleted.bind(cached);
    const writer = new SnapshotWriter({ adapter, model, policy, report, clock, background, written });
    return {
      model,
      repository: new EventSourcedRepository({
        adapter,
        model,
        loader,
        cached,
        writer,
        context: this.context,
        retries: commands.retries,
      }),
      creation: new SnapshotCreation(model, loader, writer),
      snapshots: new AggregateSnapshots({
        adapter,
        eventStore: this.eventStore,
        model,
        policy,
        report,
        finder,
        loader,
        writer,
        clock,
        deleted,
      }),
    };
  }
}
