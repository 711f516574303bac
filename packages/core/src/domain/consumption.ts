import { AwaitedCommands } from "../commands/awaited-commands";
import type { CommandProcessor } from "../commands/command-processor";
import { Instances, type Resolver } from "../commands/instances";
import type { DomainConfig } from "../config/domain-config";
import { type Clock, systemClock } from "../elements/clock";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { EventHandlerConsumer } from "../event-handlers/event-handler-consumer";
import { eventHandlerConsumers } from "../event-handlers/event-handler-consumers";
import type { CommandsOfHandlers } from "../event-handlers/handler-context";
import { warnOfForgotten } from "../forgetting/forgotten-before-start";
import { backlogOf } from "../health/backlog";
import type { Class } from "../metadata/class-types";
import type { DomainModel } from "../model/domain-model";
import { patientStore } from "../patience/patient-store";
import type { Repeated, StorePatience } from "../patience/store-patience";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { processManagerConsumers } from "../process-managers/process-manager-consumers";
import { ProjectionInspection } from "../projections/inspection/projection-inspection";
import type { Projections } from "../projections/projections";
import { Rebuilds } from "../projections/rebuild/rebuilds";
import { ViewSwitches } from "../projections/view-switches";
import { Queries } from "../queries/queries";
import { CatchUp } from "../subscriptions/catch-up";
import { Engine } from "../subscriptions/engine";
import { lanesOf } from "../subscriptions/lanes";
import { ParkedKeys } from "../subscriptions/operating/parked-keys";
import { Pausing } from "../subscriptions/operating/pausing";
import { Seeking } from "../subscriptions/operating/seeking";
import { SubscriptionStatuses } from "../subscriptions/operating/subscription-status";
import { WaitingEvents } from "../subscriptions/operating/waiting-events";
import { KnownEvents } from "../subscriptions/reading/known-events";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { type ServeOptions, type Server, serve } from "../subscriptions/server";
import { Waiting } from "../subscriptions/waiting";
import { WorksBeside } from "../subscriptions/works-beside";
import { ConsumerCounter } from "../telemetry/consumer-counts";
import { type Logger, logError } from "../telemetry/logger";
import { ObservedConsumer } from "../telemetry/observed-consumer";
import { tracedCall } from "../telemetry/traced-call";
import { TimerWork } from "../timers/timer-work";
import { timersOf } from "../timers/timers-of";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import { engineSettings } from "./engine-settings";
import { forgetWork } from "./forgetting";
import { Later } from "./later";
import { Operating } from "./operating";
import { ServerHealth, type ServingSettings } from "./server-health";
import { subscriptionsByClass } from "./subscriptions-by-class";

interface ConsumptionParts {
  /** The name of the domain. */
  readonly name: string;
  readonly model: DomainModel;
  readonly config: DomainConfig;
  /** The store itself, for what waits in its own way while the store cannot be reached: subscriptions, timers, workers of the queue. */
  readonly adapter: EventStoreAdapter;
  /** The store as the calls of users have it. */
  readonly patient: EventStoreAdapter;
  /** What repeats those; undefined where they are not repeated. */
  readonly patience: StorePatience | undefined;
  readonly projections: Projections;
  readonly units: UnitsOfWork;
  readonly clock: Clock;
  readonly processor: CommandProcessor;
  readonly instances: Instances;
  readonly resolver: Resolver | undefined;
  readonly logger: Logger;
}

/** For calls that a failure is not to repeat. */
const ONCE = { attempts: 0, firstMs: 0, maxMs: 0 };

/** Puts together what reads the events of a domain: subscriptions and their engine, waiting, views and queries. */
export class Consumption {
  readonly engine: Engine;
  /** What servers do beside subscriptions. */
  readonly beside: WorksBeside;
  readonly catchUp: CatchUp;
  readonly awaited: AwaitedCommands;
  readonly queries: Queries;
  readonly inspection: ProjectionInspection;
  readonly rebuilds: Rebuilds;
  readonly statuses: SubscriptionStatuses;
  readonly parkedKeys: ParkedKeys;
  readonly waitingEvents: WaitingEvents;
  readonly seeking: Seeking;
  readonly operating: Operating;
  /** Commands that run later. */
  readonly later: Later;
  /** Undefined where the store keeps events alone. */
  readonly pausing: Pausing | undefined;
  readonly #parts: ConsumptionParts;
  readonly #health: ServerHealth;
  /** Undefined where the store keeps events alone. */
  readonly #views: ViewSwitches | undefined;

  constructor(parts: ConsumptionParts) {
    const { name, model, config, adapter, patient, patience, projections, units, clock, processor, instances, logger } =
      parts;
    const { log, operations } = adapter;
    this.#parts = parts;
    const repeated: Repeated = patience?.repeated ?? ((work) => work());
    const patientOperations = () => patient.operations ?? engine.operations;
    const commands: CommandsOfHandlers = {
      nameOf: (command) => processor.nameOf(command),
      process: async (command, idempotencyKey) => await processor.process(command, { idempotencyKey }),
    };
    const handlers = eventHandlerConsumers(
      model.eventHandlers,
      { instances, commands, around: tracedCall },
      config.subscriptions,
    );
    const known = new KnownEvents(model.aggregates.values(), model.processManagers.values());
    const ownClock = clock === systemClock ? undefined : () => clock.now().getTime();
    const processes = processManagerConsumers(
      model.processManagers.values(),
      model.commands,
      {
        states: () => engine.operations.states,
        log,
        shared: (message) => known.shared(message),
        now: ownClock,
        logWarning: (message, details) => logger.warn(message, details),
        lanes: () => later.lanes,
        stored: ({ setsTimers, issuesCommands }) => {
          if (setsTimers) timerWork.wake();
          if (issuesCommands) later.signs.enqueued();
        },
      },
      config.subscriptions,
    );
    const counts = new Map<string, ConsumerCounter>();
    const observed = [...projections.consumers, ...handlers, ...processes].map((consumer) => {
      const counter = new ConsumerCounter();
      counts.set(consumer.subscription, counter);
      return new ObservedConsumer(consumer, counter);
    });
    const engine = new Engine({
      domain: name,
      adapter,
      consumers: observed,
      aggregates: model.aggregates.values(),
      processManagers: model.processManagers.values(),
      settings: engineSettings(config),
      repeated,
      logError: (message, details) => logError(logger, message, details),
      logWarning: (message, details) => logger.warn(message, details),
      appended: (streams) => void units.noteAppended(streams),
    });
    this.engine = engine;
    const timerWork = new TimerWork({
      lanes: [...new Set(processes.map(({ lane }) => lane))],
      timers: () => engine.operations.timers,
      log,
      now: ownClock,
      ...timersOf(engine, processes),
      appended: (streams) => void units.noteAppended(streams),
      logWarning: (message, details) => logger.warn(message, details),
    });
    const later = new Later({
      name,
      commands: model.commands,
      config,
      adapter,
      operations: () => engine.operations,
      sent: patientOperations,
      processor,
      units,
      clock,
      lanes: lanesOf(engine.consumers),
      cancel: (id) => this.operating.commands.cancel(id),
      logger,
    });
    this.later = later;
    const forgetting = forgetWork({ name, model, config, adapter, projections, clock, lanes: later.lanes, logger });
    const works = [
      ...(processes.length === 0 ? [] : [timerWork]),
      ...(later.work === undefined ? [] : [later.work]),
      ...(forgetting === undefined ? [] : [forgetting]),
    ];
    const beside = new WorksBeside(works, config.server.shutdownMs);
    this.beside = beside;
    const { controls } = engine;
    const statuses = new SubscriptionStatuses({ engine, known, controls, clock });
    this.waitingEvents = new WaitingEvents(engine, known);
    this.statuses = statuses;
    this.pausing = controls && new Pausing({ engine, controls, clock });
    const backlog = async () => operations && (await backlogOf(operations, () => clock.now().getTime(), ownClock));
    this.#health = new ServerHealth({ engine, beside, config: config.server, statuses, backlog, counts });
    this.seeking = new Seeking(engine, async (...args) => (await statuses.lagOf(...args)).events);
    this.operating = new Operating({
      name,
      model,
      adapter: patient,
      operations: patientOperations,
      clock,
      appended: (appended) => void units.noteAppended(appended),
      signs: later.signs,
    });
    const waiting = new Waiting(engine, known, repeated);
    this.parkedKeys = new ParkedKeys({
      consumers: engine.consumers,
      operations: patientOperations,
      flush: (changes) => engine.changes.flush(changes),
      leaseMs: engineSettings(config).leaseMs,
      asked: (subscription, keys) => engine.workers.get(subscription)?.asked(keys),
      retriesOf: ({ subscription }) => engine.workers.get(subscription)!.retries(),
    });
    const catchUp = new CatchUp(engine, beside, waiting, units);
    this.catchUp = catchUp;
    units.onCommit((position) => {
      engine.signs.give();
      catchUp.noteCommit(position);
    });
    this.awaited = new AwaitedCommands({
      processor,
      units,
      progress: waiting,
      subscriptionOf: subscriptionsByClass(name, model),
      end: async () => Math.max(await settledEnd(patient.log), units.position),
    });
    const failed = (projection: string, error: unknown) =>
      logger.warn(`The view of ${projection} could not be moved to its version`, { error });
    this.#views =
      patient.operations &&
      new ViewSwitches({
        log: patient.log,
        operations: patient.operations,
        declarations: projections.declarations,
        engine,
        failed,
      });
    this.inspection = new ProjectionInspection({ projections, adapter: patient });
    this.rebuilds = new Rebuilds({
      domain: name,
      projections,
      adapter: patient,
      mayGoOn: (error) => patience?.mayGoOn(error) === true,
      within: (signal) => (patience === undefined ? adapter : patientStore(adapter, patience.within(signal))),
      leaseMs: engineSettings(config).leaseMs,
      keepOldMs: config.projections.keepOldMs,
      clock: () => clock.now().getTime(),
      changed: (subscription) => {
        projections.inline?.committed([subscription]);
        engine.noteReplaced(subscription);
      },
      failed: (projection, error) =>
        logger.warn(`A table of ${projection} that a rebuild has replaced could not be dropped`, { error }),
    });
    this.queries = new Queries({
      queries: model.queries,
      instances,
      units,
      projections,
      adapter: patient,
      progress: waiting,
    });
  }

  /** Prepares the store for what reads events. @throws ConfigurationError as `Projections.start` does. */
  async start(): Promise<void> {
    const { projections, patient: adapter, model, logger } = this.#parts;
    await projections.start();
    await this.engine.layCheckpoints();
    const hasStates = [...model.aggregates.values()].some(({ storage }) => storage.stored === "state");
    if (hasStates && adapter.operations !== undefined)
      await warnOfForgotten({
        consumers: this.engine.consumers,
        log: adapter.log,
        subscriptions: adapter.operations.subscriptions,
        logWarning: (message, details) => logger.warn(message, details),
      });
    await this.#views?.await(await projections.waitingForView());
    await this.rebuilds.start();
  }

  /**
   * Starts the server that runs inside of `init()`, where there is to be one. It keeps no process alive.
   * @param asked what the caller of `init()` wants, over the configuration.
   */
  async startEmbedded(asked: boolean | undefined): Promise<void> {
    const { config, adapter } = this.#parts;
    const { embedded = !adapter.abilities.sharedByProcesses } = config.server;
    if (asked ?? embedded) await this.serve({}, { keepAlive: false });
  }

  get serving(): ServingSettings {
    const { config, adapter } = this.#parts;
    const { health, shutdownMs } = config.server;
    const lanes = lanesOf(this.engine.consumers, this.beside.lanes);
    return {
      byManyProcesses: adapter.abilities.sharedByProcesses,
      health,
      shutdownMs,
      lanes,
      runsCommands: this.later.work !== undefined,
    };
  }

  /** Starts a server, whose health can be asked for where that is configured. @throws as `serve`; AddressUnavailableError */
  async serve(options: ServeOptions, { keepAlive = true } = {}): Promise<Server> {
    return await this.#health.during(options, keepAlive, () => serve(this, options, { keepAlive }));
  }

  /** Ends the servers of the process: what is in hand is ended, and nothing new is taken. */
  async endServers(): Promise<void> {
    this.#health.closing();
    await Promise.all([this.beside.close(), this.engine.close()]);
    await this.#health.close();
  }

  /** Resolves when no view is being moved to another version. */
  async viewsSettled(): Promise<void> {
    await this.#views?.settled();
  }

  /** Ends the switches of views that wait for their projection, and cuts rebuilds off. */
  async closeViews(): Promise<void> {
    await this.rebuilds.close();
    await this.#views?.close();
  }

  /**
   * Makes what calls an event handler, beside what subscriptions call.
   *
   * @param instance the object to call; constructed as handlers are where absent.
   * @throws IncorrectUsageError for a class that is no registered event handler.
   */
  handlerConsumer(type: Class, commands: CommandsOfHandlers, instance?: object): EventHandlerConsumer {
    const { model, config, resolver, name } = this.#parts;
    const found = model.eventHandlers.find(({ handler }) => "type" in handler && handler.type === type);
    if (found === undefined)
      throw new IncorrectUsageError(`${type.name} is not a registered event handler of domain ${JSON.stringify(name)}`);
    const instances = new Instances(instance === undefined ? resolver : () => instance);
    const { lane, timeoutMs = config.subscriptions.timeoutMs } = found;
    return new EventHandlerConsumer({ model: found, instances, commands, lane, timeoutMs, retry: ONCE, batch: 1 });
  }
}
