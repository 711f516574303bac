import { ConfigurationError } from "../errors/configuration-error";
import { SubscriptionStoppedError } from "../errors/subscription-stopped-error";
import type { AggregateModel } from "../model/aggregate-model";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { Repeated } from "../patience/store-patience";
import type { AppendedStream } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import { ControlRecord } from "./control-record";
import { ControlWatch } from "./control-watch";
import { failureClassOf } from "./failures/failure-class";
import { FailureReports } from "./failures/failure-reports";
import { ChangeStore } from "./holding/change-store";
import { bucketsOf, type FirstCheckpointStores, layFirstCheckpoints, refuseUnlaid } from "./holding/first-checkpoints";
import { LaneTurns } from "./holding/lane-turns";
import { LeaseKeeper } from "./holding/lease-keeper";
import { goneError, refusedAsReplaced, replacementOf } from "./holding/replacement";
import { AppendSigns } from "./reading/append-signs";
import type { Consumer } from "./reading/consumer";
import { KnownEvents } from "./reading/known-events";
import { SharedPages } from "./reading/shared-pages";
import { SubscriptionWorker } from "./subscription-worker";

interface EngineParts {
  /** The name of the domain. */
  readonly domain: string;
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations" | "description" | "abilities">;
  readonly consumers: readonly Consumer[];
  readonly aggregates: Iterable<AggregateModel>;
  readonly processManagers?: Iterable<ProcessManagerModel>;
  readonly settings: EngineSettings;
  /** Does again what somebody waits for, while the store cannot be reached; once where absent. */
  readonly repeated?: Repeated;
  /** Takes the sentence about a subscription that has stopped, or a key that is parked. */
  readonly logError: (message: string, details: object) => void;
  /** Takes the sentence about a failure that is tried again, or was passed over. */
  readonly logWarning: (message: string, details: object) => void;
  /** Takes what consumers have appended. */
  readonly appended?: (streams: readonly AppendedStream[]) => void;
}

export interface EngineSettings {
  /** How many buckets the keys of a subscription are spread over. */
  readonly buckets: number;
  /** How long a server that does not renew its lease keeps its buckets. */
  readonly leaseMs: number;
  /** How long work in hand may go on when the server stops. */
  readonly shutdownMs: number;
  /** How many events are read at once. */
  readonly pageEvents: number;
  /** How many keys of a subscription may be set aside, by its name. */
  readonly maxParkedKeysOf: (name: string) => number;
  /** Whether an operator has paused a subscription, by its name. */
  readonly isPaused: (name: string) => boolean;
  /** How many subscriptions of a lane work at the same time; undefined for all of them. */
  readonly concurrencyOf: (lane: string) => number | undefined;
}

type StopListener = (consumer: Consumer, error: Error) => void;

/** Feeds the subscriptions of one process: one reader, and a worker for each subscription that somebody holds. */
export class Engine {
  readonly signs: AppendSigns;
  readonly keeper: LeaseKeeper;
  readonly workers: ReadonlyMap<string, SubscriptionWorker>;
  /** What operators ask for; undefined where the store keeps events alone. */
  readonly controls: ControlRecord | undefined;
  readonly watch: ControlWatch;
  /** What has failed, beside what has stopped. */
  readonly reports: FailureReports;
  /** Stores what consumers give with their checkpoints. */
  readonly changes: ChangeStore;
  /** How many hold each worker. */
  readonly #holders = new Map<SubscriptionWorker, number>();
  readonly #moveListeners = new Set<() => void>();
  readonly #stopListeners = new Set<StopListener>();
  readonly #flushListeners = new Map<string, Set<() => void>>();
  #keptAlive = 0;

  constructor(readonly parts: EngineParts) {
    const { adapter, consumers, aggregates, settings, logError, logWarning } = parts;
    const reports = new FailureReports({ logError, logWarning });
    this.reports = reports;
    const { log, operations } = adapter;
    const known = new KnownEvents(aggregates, parts.processManagers);
    const signs = new AppendSigns(log);
    this.signs = signs;
    const changes = new ChangeStore({ flush: (all) => this.operations.flush(all) }, log, (streams) => {
      signs.give();
      parts.appended?.(streams);
    });
    this.changes = changes;
    const pages = new SharedPages({
      log,
      categories: [...new Set(consumers.flatMap(({ categories }) => categories))],
      limit: settings.pageEvents,
      shared: (message) => known.shared(message),
      signs,
    });
    const keeper = new LeaseKeeper({
      subscriptions: () => this.operations.subscriptions,
      leaseMs: settings.leaseMs,
      renewed: () => this.watch.obey(),
      logError,
      logWarning,
    });
    this.keeper = keeper;
    const turns = turnsByLane(consumers, settings);
    const workerOf = (consumer: Consumer) => {
      const worker: SubscriptionWorker = new SubscriptionWorker({
        consumer,
        buckets: bucketsOf(consumer, settings.buckets),
        turns: turns.get(consumer.lane),
        operations: operations as OperationStores,
        log,
        changes,
        reports,
        maxKeys: settings.maxParkedKeysOf(consumer.name),
        pageEvents: settings.pageEvents,
        pages,
        signs,
        known,
        keeper,
        controls: this.controls,
        gone: async () => {
          const by = await replacementOf(consumer, this.#stores);
          return by === undefined ? goneError(consumer) : refusedAsReplaced(consumer, by);
        },
        stopped: (error) => {
          // One that an event has stopped is kept: an operator can let it go on.
          if (!(error instanceof SubscriptionStoppedError)) void keeper.drop([worker]);
          void this.watch.halted(consumer.subscription, error);
          logError(error.message, stoppedDetails(consumer, error));
          for (const listener of this.#stopListeners) listener(consumer, error);
        },
        moved: () => this.#tell(this.#moveListeners),
        flushed: () => this.#tell(this.#flushListeners.get(consumer.subscription)),
      });
      return worker;
    };
    this.controls = operations && new ControlRecord(parts.domain, operations);
    this.workers = new Map(consumers.map((consumer) => [consumer.subscription, workerOf(consumer)]));
    this.watch = new ControlWatch({ record: this.controls, workers: this.workers, server: () => keeper.server });
  }

  /** Repeats what can be done again while the store cannot be reached. */
  get repeated(): Repeated {
    return this.parts.repeated ?? once;
  }

  get consumers(): readonly Consumer[] {
    return this.parts.consumers;
  }

  /** @throws ConfigurationError for a store that keeps events alone. */
  get operations(): OperationStores {
    const { operations, description } = this.parts.adapter;
    if (operations !== undefined) return operations;
    const fault = `${description} keeps no checkpoints, which projections, event handlers and process managers need: use another event store`;
    throw new ConfigurationError(fault);
  }

  /** Lays the checkpoints of subscriptions that are new to the store. */
  async layCheckpoints(): Promise<void> {
    if (this.consumers.length === 0) return;
    await this.repeated(() => layFirstCheckpoints(this.consumers, this.#stores));
  }

  /** While somebody keeps it, waiting keeps the process alive. @returns a function that ends it. */
  keepAlive(): () => void {
    const letSleep = this.signs.keepAlive();
    this.#keptAlive++;
    this.keeper.isStaying = true;
    return () => {
      letSleep();
      this.keeper.isStaying = --this.#keptAlive > 0;
    };
  }

  /** Whether domain.toml pauses a subscription, or an operator had paused it at the last look. */
  isPaused(consumer: Pick<Consumer, "name">): boolean {
    return this.parts.settings.isPaused(consumer.name) || this.watch.isPaused(consumer);
  }

  isHeld(worker: SubscriptionWorker): boolean {
    return this.#holders.has(worker);
  }

  /**
   * Runs subscriptions until they are released; one that somebody else holds goes on afterwards. One that has stopped is tried again.
   *
   * @returns a function that releases them. They may end what is in hand; it resolves with those that did not end it in time.
   * @throws IncorrectUsageError for a handler that does not say where it starts.
   */
  async hold(consumers: readonly Consumer[]): Promise<() => Promise<readonly SubscriptionWorker[]>> {
    const held = consumers.filter(({ name }) => !this.parts.settings.isPaused(name));
    if (held.length === 0) return async () => [];
    await this.repeated(() => refuseUnlaid(held, this.#stores));
    await this.signs.listen();
    const workers = held.map(({ subscription }) => this.workers.get(subscription) as SubscriptionWorker);
    for (const worker of workers) {
      this.#holders.set(worker, (this.#holders.get(worker) ?? 0) + 1);
      worker.start();
    }
    await this.repeated(() => this.watch.started(held.map(({ subscription }) => subscription)));
    await this.keeper.keep(workers);
    let release: Promise<readonly SubscriptionWorker[]> | undefined;
    return () => {
      release ??= this.#release(workers);
      return release;
    };
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#holders.clear();
    await this.#end([...this.workers.values()]);
    await this.signs.close();
  }

  /** Calls `listener` when a subscription has moved on, or changed its state. @returns a function that ends it. */
  onMove(listener: () => void): () => void {
    this.#moveListeners.add(listener);
    return () => void this.#moveListeners.delete(listener);
  }

  /** Calls `listener` with each subscription that an event has stopped. @returns a function that ends it. */
  onStop(listener: StopListener): () => void {
    this.#stopListeners.add(listener);
    return () => void this.#stopListeners.delete(listener);
  }

  /** Calls `listener` after each flush of a subscription. @returns a function that ends it. */
  onFlush(subscription: string, listener: () => void): () => void {
    const listeners = this.#flushListeners.get(subscription) ?? new Set();
    this.#flushListeners.set(subscription, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Tells those who listen to a subscription that what it keeps was replaced. */
  noteReplaced(subscription: string): void {
    this.#tell(this.#flushListeners.get(subscription));
  }

  get #stores(): FirstCheckpointStores {
    const { adapter, settings, domain } = this.parts;
    return { log: adapter.log, operations: this.operations, buckets: settings.buckets, domain };
  }

  async #release(workers: readonly SubscriptionWorker[]): Promise<readonly SubscriptionWorker[]> {
    const ended: SubscriptionWorker[] = [];
    for (const worker of workers) {
      const holders = this.#holders.get(worker);
      if (holders === undefined) continue;
      if (holders > 1) this.#holders.set(worker, holders - 1);
      else {
        this.#holders.delete(worker);
        ended.push(worker);
      }
    }
    const late = await this.#end(ended);
    if (this.#holders.size === 0) await this.signs.close();
    return late;
  }

  async #end(workers: readonly SubscriptionWorker[]): Promise<readonly SubscriptionWorker[]> {
    const { shutdownMs } = this.parts.settings;
    const inTime = await Promise.all(workers.map((worker) => worker.end(shutdownMs)));
    await this.keeper.drop(workers.filter((worker) => !this.isHeld(worker)));
    return workers.filter((_, index) => !inTime[index]);
  }

  #tell(listeners: Iterable<() => void> = []): void {
    for (const listener of listeners) listener();
  }
}

const once: Repeated = (work) => work();

/** The values in the sentence about a subscription that has stopped, by name. */
function stoppedDetails({ name }: Consumer, error: Error): object {
  if (!(error instanceof SubscriptionStoppedError)) return { subscription: name, error };
  const { globalPosition, type, details } = error;
  return {
    subscription: name,
    position: globalPosition,
    ...(type !== "" && { type, class: failureClassOf(error.cause), attempts: details.attempts }),
    error,
  };
}

function turnsByLane(
  consumers: readonly Consumer[],
  { concurrencyOf }: EngineSettings,
): ReadonlyMap<string, LaneTurns> {
  const turns = new Map<string, LaneTurns>();
  for (const { lane } of consumers) {
    const atOnce = concurrencyOf(lane);
    if (atOnce !== undefined && !turns.has(lane)) turns.set(lane, new LaneTurns(atOnce));
  }
  return turns;
}
