import { AsyncLocalStorage } from "node:async_hooks";
import type { CacheStats } from "../aggregate-cache/aggregate-cache";
import { handledEvent } from "../causation/handled-event";
import type { ProcessOptions } from "../commands/command-processor";
import type { CommandHandle } from "../commands/later/command-handle";
import type { LaterOptions, ScheduleOptions } from "../commands/later/later-options";
import type { AskOptions } from "../commands/later/operating/queued-commands";
import type { Processed } from "../commands/later/processed";
import type { QueuedCommandStatus } from "../commands/later/queued-command-status";
import { type AggregateClass, AggregateRoot } from "../elements/aggregate-root";
import { type Clock, systemClock } from "../elements/clock";
import type { CommandRoot } from "../elements/command";
import { type IdGenerator, uuidGenerator } from "../elements/id-generator";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { CommandProcessing } from "../elements/processing-defaults";
import type { ProjectionClass, ProjectionRoot } from "../elements/projection";
import type { QueryRoot } from "../elements/query";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventStore } from "../event-store/event-store";
import type { RecordedEvent } from "../event-store/messages";
import { parseStream, streamOf } from "../event-store/stream-names";
import { AggregateFacts } from "../facts/aggregate-facts";
import { readEvent } from "../loading/read-event";
import type { Class, Resolvable } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import type { DomainProblem } from "../model/domain-problem";
import { pascalCase, snakeCase } from "../model/names";
import type { VerifiedPage } from "../ports/event-store-adapter";
import type { ProcessDetails, ProcessesOptions } from "../process-managers/operating/process-instances";
import type { ProcessStatus } from "../process-managers/operating/process-status";
import type { ProcessStepStatus } from "../process-managers/operating/steps-of-events";
import { ProcessRehearsal } from "../process-managers/process-rehearsal";
import type {
  ProjectionVerification,
  VerifyProjectionOptions,
} from "../projections/inspection/projection-verification";
import type { ExplainRowOptions, RowChange } from "../projections/inspection/row-history";
import type { RebuildOptions, RebuildResult } from "../projections/rebuild/rebuild-options";
import type { DispatchOptions } from "../queries/query-processor";
import type { View } from "../queries/view";
import type { Repository } from "../repository/repository";
import { checkIdentifier } from "../schema/identifier";
import type { Snapshot } from "../snapshots/snapshot";
import type { AggregateSnapshots } from "../snapshots/upkeep/aggregate-snapshots";
import type { CreateSnapshotOptions } from "../snapshots/upkeep/snapshot-creation";
import { checkHasSnapshots, hasSnapshots } from "../snapshots/upkeep/snapshot-refusal";
import { runSnapshots, type SnapshotRun, type SnapshotRunOptions } from "../snapshots/upkeep/snapshot-run";
import type { AggregateConversion, ConvertAggregateOptions } from "../states/operating/aggregate-conversion";
import type { AggregateUpkeep } from "../states/operating/aggregate-upkeep";
import type { AggregateVerification, VerifyAggregateOptions } from "../states/operating/aggregate-verification";
import { type StorageOfAggregate, storageOfAggregate } from "../states/storage-of-aggregate";
import type { CatchUpOptions } from "../subscriptions/catch-up";
import type { ParkedKeyStatus, SkippedEventStatus } from "../subscriptions/failures/parked-status";
import type {
  ParkedOptions,
  RetriedKeys,
  RetryParkedOptions,
  SkipParkedOptions,
  SkippedKey,
} from "../subscriptions/operating/parked-keys";
import type { PauseOptions, Pausing } from "../subscriptions/operating/pausing";
import type { SeekOptions, SubscriptionSeek } from "../subscriptions/operating/seeking";
import type { SubscriptionStatus } from "../subscriptions/operating/subscription-status";
import type { WaitingEventsOptions } from "../subscriptions/operating/waiting-events";
import type { ServeOptions, Server } from "../subscriptions/server";
import type { TimerStatus } from "../timers/operating/timer-status";
import type { NamedTimer, TimersOptions } from "../timers/operating/timers-of-processes";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import { twinHint } from "../wording/twin-class";
import type { AggregateRuntime } from "./aggregate-runtimes";
import { type CaughtUp, catchUp } from "./caught-up";
import { checkDomain } from "./check/check-domain";
import { Declarations } from "./declarations";
import { diagnoseEventStore, type EventStoreDiagnosis } from "./diagnose-event-store";
import { type DomainCommands, domainCommands } from "./domain-commands";
import { type DomainEvents, domainEvents } from "./domain-events";
import type { DomainOptions } from "./domain-options";
import { type DomainProjections, domainProjections } from "./domain-projections";
import { injected } from "./injected";
import { IsolatedDomain } from "./isolated-domain";
import { type InitOptions, Lifecycle } from "./lifecycle";
import type { Runtime } from "./runtime";
import type { ServingSettings } from "./server-health";
import {
  type DomainParts,
  type EventStoreMigration,
  isolatedModel,
  isolatedRuntime,
  type MigrateOptions,
  migrateEventStore,
  startRuntime,
} from "./start-runtime";

/** The domains that a class is registered with. */
const domainsByClass = new WeakMap<Class, Set<Domain>>();

/** A domain that a test runs on another store, and the one that it does so inside of. */
interface Isolation {
  readonly domain: Domain;
  readonly runtime: Runtime;
  readonly outside: Isolation | undefined;
}

/** One storage for all domains: up to Node 22, each that was ever used costs time with every new promise. */
const isolations = new AsyncLocalStorage<Isolation>();

let isolate: (domain: Domain) => IsolatedDomain;
let resolves: (domain: Domain) => boolean;
let rehearse: (domain: Domain, type: Class<ProcessManagerRoot>) => ProcessRehearsal;

/** Collects the classes of a business domain, connects them to an event store, and runs commands on them. */
export class Domain extends Declarations {
  readonly name: string;
  /** Gives the time of every event and snapshot. */
  readonly clock: Clock;
  /** Makes the ids of events, commands and correlations, and of aggregates that its units of work create. */
  readonly ids: IdGenerator;
  readonly #parts: DomainParts;
  readonly #lifecycle: Lifecycle;

  /** @param name letters, digits, spaces, `-` and `_`; types begin with it in PascalCase, streams in snake_case. */
  constructor(name: string, options: DomainOptions = {}) {
    super();
    if (typeof name !== "string" || snakeCase(name) === "" || !/^\p{L}/u.test(pascalCase(name))) {
      throw new IncorrectUsageError(
        `${JSON.stringify(name)} is not a name for a domain: it begins with a letter, such as "fidelis"`,
      );
    }
    this.name = name;
    this.clock = options.clock ?? systemClock;
    this.ids = options.ids ?? uuidGenerator;
    const { registry, eventEnrichers, commandEnrichers, middleware } = this;
    this.#parts = { name, options, ...injected(options), registry, eventEnrichers, commandEnrichers, middleware };
    this.#lifecycle = new Lifecycle(name, () => startRuntime(this.#parts));
    Object.defineProperty(this, Symbol.for("tidemark.domain"), { value: true });
  }

  /**
   * Reads the configuration, checks everything that was registered, and opens the event store. A second call
   * waits for the first. After `close()`, or while it goes on, the domain is opened again.
   *
   * @param options `{ embedded: false }` in a tool that must not run projections and event handlers.
   * @throws ConfigurationError listing every fault; StoreUnavailableError when the store cannot be opened.
   */
  async init(options?: InitOptions): Promise<void> {
    await this.#lifecycle.init(options);
  }

  /**
   * Lists everything that is wrong with the domain: what `init()` would refuse, in domain.toml too, and what it accepts, such
   * as a command without handler. Connects to nothing and changes nothing.
   */
  async check(): Promise<readonly DomainProblem[]> {
    return await checkDomain(this.#parts);
  }

  /**
   * Waits for the commands, units of work, saves and snapshots that are under way, and closes the event store. Refuses new ones from
   * the start. A second call waits for the first. A command that never ends keeps the domain open: give commands a `timeoutMs`.
   *
   * @throws IncorrectUsageError inside of a unit of work of this domain, which the call would wait for.
   */
  async close(): Promise<void> {
    await this.#lifecycle.close();
  }

  /** The end of `await using`: the same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Carries out a command in one unit of work: everything that its handler adds is stored together, or nothing.
   * After a conflict the handler runs again, in a new unit of work, `retries` times at most.
   *
   * With `asynchronous: true` the command is put into the queue instead, and a server carries it out once: `process` returns as soon as it
   * is stored, with the unit of work that the call is in, or at once. See `CommandHandle` for its result.
   *
   * @returns what the handler returned; the first result for an idempotency key that was used before; a handle for a command that runs later.
   * @throws DuplicateCommandError for an idempotency key of another command; DeadlineExceededError, CommandAbortedError
   *   when the command is given up; ExpectedVersionError of the last attempt; IncorrectUsageError before `init()` and from the
   *   start of `close()`; WaitError when the command was committed, and what `waitFor` names has not applied its events; whatever the
   *   handler throws.
   */
  async process<R>(
    command: CommandRoot<R>,
    options: LaterOptions & { readonly asynchronous: true },
  ): Promise<CommandHandle<R>>;
  async process<R>(command: CommandRoot<R>, options: ProcessOptions & { readonly asynchronous: false }): Promise<R>;
  async process<R, P extends CommandProcessing = CommandProcessing>(
    command: CommandRoot<R, P>,
    options?: ProcessOptions,
  ): Promise<Processed<R, P>>;
  async process(command: CommandRoot, options?: ProcessOptions): Promise<unknown> {
    const { processor, consumption, units } = this.#running();
    units.underWay.begin();
    try {
      const { commands: later } = consumption.later;
      if (later.isLater(command, options)) return await later.process(command, options ?? {});
      const waitFor = options?.waitFor;
      if (waitFor !== undefined)
        return await consumption.awaited.process(command, waitFor as readonly Class[], options ?? {});
      return await processor.process(command, options);
    } finally {
      units.underWay.end();
    }
  }

  /**
   * Puts a command into the queue, for a server to carry out at its time: `{ after: "30d" }` or `{ at: date }`. Inside a unit of work it is
   * stored when the unit ends. With a `key` it takes the place of the command that waits under the same key.
   *
   * @throws IncorrectUsageError, ValidationError for options that are not valid; StoreUnavailableError
   */
  async schedule<R>(command: CommandRoot<R>, options: ScheduleOptions): Promise<CommandHandle<R>> {
    return await this.#work(
      async ({ consumption }) => (await consumption.later.commands.schedule(command, options)) as CommandHandle<R>,
    );
  }

  /**
   * Cancels the command that was scheduled with a key, unless a worker has it already. Inside a unit of work that happens when the unit ends.
   * @returns whether one waited.
   */
  async unschedule(key: string): Promise<boolean> {
    return await this.#work(({ consumption }) => consumption.later.commands.unschedule(key));
  }

  /**
   * Gives the handle of a command that was put into the queue, by whatever process.
   * @param id that of its handle. Whether the command is in the queue shows when the handle is used.
   */
  commandHandle<R = unknown>(id: string): CommandHandle<R> {
    return this.#running().consumption.later.commands.handle(id) as CommandHandle<R>;
  }

  /**
   * Runs projections, event handlers and process managers in this process, with their timers, and the commands that run later, until the
   * server is closed. What `domain server` runs.
   *
   * @throws IncorrectUsageError for a lane that no subscription is in, and for an event handler that is new to a store with events for it
   *   and does not say where it starts; AddressUnavailableError where its health cannot be told at the address that is configured.
   */
  async serve(options: ServeOptions = {}): Promise<Server> {
    return await this.#outside("serve").consumption.serve(options);
  }

  /** How servers of the domain run, by its configuration and its store. @throws IncorrectUsageError before `init()`. */
  get serving(): ServingSettings {
    return this.#running().consumption.serving;
  }

  /**
   * Runs all projections, event handlers and process managers in this process until nothing is left, what they cause included, with the
   * timers and the commands that are due now. What is due later stays. Repeats failures without pauses. Uses the workers of a server of
   * this process, where there is one.
   *
   * @returns what was parked because it has failed for good: keys, whose events wait, and commands. Each is logged as an error as well.
   * @throws SubscriptionStoppedError for an event that failed for good, once the other subscriptions are done; IncorrectUsageError for
   *   event handlers that go on causing events for each other, and as `serve` does; the reason of `options.signal`.
   */
  async catchUp(options?: CatchUpOptions): Promise<CaughtUp> {
    const { consumption } = this.#outside("catch up");
    return await catchUp(consumption, options);
  }

  /**
   * Lists the keys that are set aside, of all servers: an event failed, and the events of its key wait from there on. Some are tried again
   * by themselves, see `state`.
   * @throws IncorrectUsageError for a name that no subscription has.
   */
  async parked(options?: ParkedOptions): Promise<readonly ParkedKeyStatus[]> {
    return await this.#running().consumption.parkedKeys.list(options);
  }

  /**
   * Does the events of a key that is set aside again, or those of all of them: from the one that failed, in order. The server that has the
   * key does it; this process does where none has.
   *
   * @returns how many keys have come back, and which failed again.
   * @throws ParkedKeyNotFoundError for a key that is not set aside; ParkedKeyTakenError where somebody else has asked for it already;
   *   IncorrectUsageError for a name that no subscription has; the reason of `options.signal`.
   */
  async retryParked(options: RetryParkedOptions): Promise<RetriedKeys> {
    return await this.#outside("retry keys").consumption.parkedKeys.retry(options);
  }

  /**
   * Passes over the event that a key waits from, and does the ones behind it. Who wanted that, and why, is kept: see `skipped`.
   *
   * @throws ParkedKeyNotFoundError for a key that is not set aside; ParkedKeyTakenError where somebody else has asked for it already;
   *   IncorrectUsageError without a reason, and for a name that no subscription has; the reason of `options.signal`.
   */
  async skipParked(options: SkipParkedOptions): Promise<SkippedKey> {
    return await this.#outside("skip an event").consumption.parkedKeys.skip(options);
  }

  /** Lists the events that were passed over, because somebody or `onFailure: "skip"` said so. */
  async skipped(options?: ParkedOptions): Promise<readonly SkippedEventStatus[]> {
    return await this.#running().consumption.parkedKeys.skipped(options);
  }

  /** Gives the position of the last event that this process has written, as text: what `atLeast` takes, in whatever process. */
  position(): string {
    return String(this.#running().units.position);
  }

  /**
   * Lists the projections and event handlers with how far they are and which servers have them, by what the store says: whatever process
   * asks, and whether or not a server runs.
   */
  async subscriptions(): Promise<readonly SubscriptionStatus[]> {
    return await this.#running().consumption.statuses.list();
  }

  /**
   * Pauses a projection or an event handler on all servers: within a second they end what they have in hand of it, and take no new events.
   * It stays paused, whatever is started, until `resumeSubscription`.
   *
   * @throws IncorrectUsageError for a name that no subscription has.
   */
  async pauseSubscription(name: string, options?: PauseOptions): Promise<void> {
    await this.#pausing.pause(name, options);
  }

  /**
   * Lets a subscription go on that was paused, or that has halted at an event that failed: it is tried again.
   *
   * @returns whether there was anything to resume.
   * @throws IncorrectUsageError for a name that no subscription has, and for one that domain.toml pauses.
   */
  async resumeSubscription(name: string): Promise<boolean> {
    return await this.#pausing.resume(name);
  }

  /**
   * Moves an event handler to another place in the log, on all servers. What was parked behind that place is handled again with the rest.
   *
   * @throws IncorrectUsageError for a projection, which is rebuilt instead; where events would be handled again without
   *   `allowSideEffects`; for a position that is not in the log.
   */
  async seekSubscription(name: string, options: SeekOptions): Promise<SubscriptionSeek> {
    return await this.#running().consumption.seeking.seek(name, options);
  }

  /**
   * Counts the events that wait behind the one because of which a key is set aside: 0 for a key that is not.
   * @throws IncorrectUsageError for a name that no subscription has.
   */
  async waitingEvents(options: WaitingEventsOptions): Promise<number> {
    return await this.#running().consumption.waitingEvents.count(options);
  }

  /**
   * Lists the instances of process managers, in the order of their streams: those that run, those that keep events until they start, and
   * those that have ended.
   *
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async processes(options?: ProcessesOptions): Promise<readonly ProcessStatus[]> {
    return await this.#running().consumption.operating.processes.list(options);
  }

  /**
   * Gives an instance of a process manager, with its state.
   *
   * @throws ObjectNotFoundError for an id that no instance has; ProcessStateError for a state that the code cannot read; IncorrectUsageError
   *   for a class that is no registered process manager.
   */
  async processOf<P extends ProcessManagerRoot>(process: Class<P>, id: string): Promise<ProcessDetails<P>> {
    return await this.#running().consumption.operating.processes.of(process, id);
  }

  /**
   * Tells which instances of process managers an event that was read from the event store is for, and the methods that are called for it, by
   * what the code says now. It is not looked at whether they were told of it already.
   *
   * @param commands ids of commands: each step tells which of them it issues.
   */
  processSteps(recorded: RecordedEvent, commands?: Iterable<string>): readonly ProcessStepStatus[] {
    const { category } = parseStream(recorded.stream);
    const event = { ...recorded, category };
    return this.#running().consumption.operating.steps.of(event, () => this.eventFrom(recorded) ?? event, commands);
  }

  /**
   * Lists the timers that instances of process managers have set, in the order of their streams.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async timers(options?: TimersOptions): Promise<readonly TimerStatus[]> {
    return await this.#running().consumption.operating.timers.list(options);
  }

  /**
   * Takes a timer away: it does not fire, even where it is due. Its instance is not told.
   *
   * @returns whether it was set.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async cancelTimer(timer: NamedTimer): Promise<boolean> {
    return await this.#running().consumption.operating.timers.cancel(timer);
  }

  /**
   * Lets a timer fire at once, whenever it is due: once, whatever servers do at the same time. Its instance is told by the next server that
   * runs the process manager.
   *
   * @returns whether it was set.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async fireTimer(timer: NamedTimer): Promise<boolean> {
    return await this.#work(({ consumption }) => consumption.operating.timers.fire(timer));
  }

  /**
   * Cancels a command that waits in the queue or is parked: it is not carried out. The process that has issued it is told so, as of a refusal,
   * with a CommandCancelledError for the reason.
   *
   * @returns how it is now.
   * @throws ObjectNotFoundError for one that is not in the queue; CommandStateError for one that a worker has, and for one that is finished.
   */
  async cancelCommand(id: string, options?: AskOptions): Promise<QueuedCommandStatus> {
    return await this.#work(({ consumption }) => consumption.operating.commands.cancel(id, options));
  }

  /**
   * Lets a parked command wait again: it is due at once, and its attempts are counted from 0.
   *
   * @returns how it is now.
   * @throws ObjectNotFoundError for one that is not in the queue; CommandStateError for one that is not parked.
   */
  async retryCommand(id: string, options?: AskOptions): Promise<QueuedCommandStatus> {
    return await this.#work(({ consumption }) => consumption.operating.commands.retry(id, options));
  }

  /** Runs `body` as a handler runs: everything added in it is stored together when it returns, or nothing. */
  async unitOfWork<T>(body: () => T | Promise<T>): Promise<T> {
    return await this.#work(async ({ units }) => await units.run(body));
  }

  /**
   * Gives a domain service or an application service, constructed as handlers are: by the domain's resolver, or with `new`.
   * @throws IncorrectUsageError for a class that is not a registered service, or that the resolver cannot construct.
   */
  async serviceFor<T extends object>(service: Resolvable<T>): Promise<T> {
    return await this.#running().services.of(service);
  }

  /**
   * Gives the repository that loads and saves the aggregates of one class. Inside a unit of work, its saves wait for the end
   * of the unit.
   * @throws IncorrectUsageError before `init()`, or for a class that is not registered.
   */
  repositoryFor<A extends AggregateRoot>(aggregate: AggregateClass<A>): Repository<A> {
    return this.#aggregate(aggregate).repository;
  }

  /**
   * Gives the rows of a projection, to be read.
   * @throws IncorrectUsageError before `init()`, or for a class that is not registered.
   */
  viewOf<P extends ProjectionRoot>(projection: ProjectionClass<P>): View<P> {
    return this.#running().consumption.queries.viewOf(projection);
  }

  /**
   * Passes a query to its handler, which reads and cannot write.
   *
   * @returns what the handler returned, checked against what the query declares.
   * @throws IncorrectUsageError for an object that is not a registered query, and for another result than the declared one; WaitError
   *   where the projection does not come up to `atLeast`; whatever the handler throws.
   */
  async dispatch<R>(query: QueryRoot<R>, options?: DispatchOptions): Promise<R> {
    return await this.#work(async ({ consumption }) => (await consumption.queries.dispatch(query, options)) as R);
  }

  /**
   * Gives the result of a query, and then a new one whenever it has changed: soon after the commit, by whatever process, that changed the
   * rows of its projection. Whoever is slow gets the newest result. It ends when the loop is left, the signal aborts, or the domain closes.
   *
   * @throws IncorrectUsageError as `dispatch` does.
   */
  watch<R>(
    query: QueryRoot<R>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterableIterator<R, undefined> {
    return this.#running().consumption.queries.watch(query, options) as AsyncIterableIterator<R, undefined>;
  }

  /**
   * Folds the events of a projection again, in memory, and compares the rows with those that are stored, value by value. Events may arrive
   * meanwhile: a row counts as different only where it differs at the position up to which it is folded.
   *
   * At most `rowsAtOnce` rows are in memory; the log is read once for so many. Changes nothing.
   *
   * @throws ProjectionFoldError for an event that cannot be folded any more; IncorrectUsageError for a class that is not a registered
   *   projection; the reason of `options.signal`.
   */
  async verifyProjection<P extends ProjectionRoot>(
    projection: ProjectionClass<P>,
    options?: VerifyProjectionOptions,
  ): Promise<ProjectionVerification> {
    return await this.#work(({ consumption }) => consumption.inspection.verify(projection, options));
  }

  /**
   * Folds the events of aggregates and compares what is stored besides them: the rows of aggregates that are stored as both, each path of
   * which is listed where it differs, and what event-sourced aggregates have reserved by a unique constraint. Others may save
   * aggregates meanwhile. With `repair`, and where the events are the truth, writes anew what differs and what is missing.
   *
   * The domain need not be initialised: `init()` refuses some of what is put right here.
   *
   * @throws IncorrectUsageError for aggregates whose events cannot give what is stored; the reason of `options.signal`.
   */
  async verifyAggregate<A extends AggregateRoot>(
    aggregate: AggregateClass<A>,
    options: VerifyAggregateOptions = {},
  ): Promise<AggregateVerification> {
    return await this.#upkeep("verify aggregates", aggregate, (upkeep) => upkeep.verify(options));
  }

  /**
   * Moves the aggregates of a class that is stored as events from now on out of their rows: appends to the stream of each the event that
   * `opening` makes of its state, and deletes its row in the same transaction. Before that, all rows are compared with what their events
   * will give. Where one of them differs, nothing is written.
   *
   * Can be repeated: a conversion that was cut off, by its signal or by the end of its process, is gone on with by the next one. The domain need
   * not be initialised, because `init()` refuses one with rows that are still to be converted. No process of the release that
   * stores rows should run meanwhile.
   *
   * @throws IncorrectUsageError for a class that is not stored as events, or has no `opening`; the reason of `options.signal`.
   */
  async convertAggregate<A extends AggregateRoot>(
    aggregate: AggregateClass<A>,
    options: ConvertAggregateOptions = {},
  ): Promise<AggregateConversion> {
    return await this.#upkeep("convert aggregates", aggregate, (upkeep) => upkeep.convert(options));
  }

  /** Tells how the aggregates of a class are stored. @throws IncorrectUsageError before `init()`, or for a class that is not registered. */
  storageOf(aggregate: AggregateClass): StorageOfAggregate {
    return storageOfAggregate(this.#aggregate(aggregate).model);
  }

  /**
   * Folds all events of a projection again, into a table beside the present one, and then puts it in the place of that. Readers and
   * servers go on meanwhile: whoever reads sees the present rows or the new ones, never none and never a mixture. No event handler is
   * called. A rebuild that was cut off, by its signal or by the end of its process, is gone on with by the next one.
   *
   * With `id` folds the row with this key alone. With `dryRun` compares, and changes nothing.
   *
   * @throws RebuildError for an event that fails, which leaves the present rows as they are, and where another rebuild of the projection is
   *   under way; IncorrectUsageError for a class that is not a registered projection; the reason of `options.signal`.
   */
  async rebuildProjection<P extends ProjectionRoot>(
    projection: ProjectionClass<P>,
    options?: RebuildOptions,
  ): Promise<RebuildResult> {
    return await this.#running().consumption.rebuilds.run(projection, options);
  }

  /**
   * Gives the events that made a row, in their order, each with the row after it. Reads the log up to where the stored row is folded.
   *
   * @throws ProjectionFoldError for an event that cannot be folded any more; IncorrectUsageError for a class that is not a registered
   *   projection; the reason of `options.signal`.
   */
  explainRow<P extends ProjectionRoot>(
    projection: ProjectionClass<P>,
    id: string,
    options?: ExplainRowOptions,
  ): AsyncIterableIterator<RowChange<P>, void> {
    const { inspection } = this.#running().consumption;
    return inspection.explain(projection, id, options) as AsyncGenerator<RowChange<P>, void>;
  }

  /**
   * Shows another version of a projection in the plain view that has its name, for other tools. The view stays there, also when a server
   * starts, until a version that is new to the store has caught up.
   *
   * @throws IncorrectUsageError for a version that the store does not know, and for one that has not caught up, with the numbers.
   */
  async switchProjection(name: string, version: number): Promise<void> {
    await this.#work(({ consumption }) => consumption.inspection.show(name, version));
  }

  /**
   * Drops a version of a projection that is not used any more: its table, its checkpoints and its keys that are set aside. With the last
   * version of a projection its view goes too.
   *
   * @throws IncorrectUsageError for a version that the store does not know, that this code declares, that the view shows beside other
   *   versions, or that a server runs.
   */
  async dropProjection(name: string, { version }: { readonly version: number }): Promise<void> {
    await this.#work(({ consumption }) => consumption.inspection.drop(name, version));
  }

  /** Gives the name of an aggregate's stream: `fidelis::account-<id>`. */
  streamFor(aggregate: AggregateClass, id: string): string {
    const { category, name } = this.#aggregate(aggregate).model;
    checkIdentifier(id, name);
    return streamOf(category, id).stream;
  }

  /**
   * The events as they are stored, below aggregates and repositories.
   * @throws IncorrectUsageError before `init()`.
   */
  get eventStore(): EventStore {
    return this.#running().eventStore;
  }

  /** The registered events by name; called, it reads the stored ones: `domain.events({ of: [Account], follow: true })`. */
  override get events(): DomainEvents {
    return domainEvents(super.events, (options) => this.#running().feeds.feed(options));
  }

  /** The registered commands by name; called, it lists those in the queue: `await domain.commands({ states: ["parked"] })`. */
  override get commands(): DomainCommands {
    return domainCommands(super.commands, (options) => this.#running().consumption.operating.commands.list(options));
  }

  /**
   * The registered projections by name; called, it lists the versions of projections that the store knows, declared or not, with how far
   * each is: `await domain.projections()`.
   */
  override get projections(): DomainProjections {
    return domainProjections(super.projections, () => this.#running().consumption.inspection.list());
  }

  /**
   * Makes an event that was read from the event store an instance of its class: under its present name, upcast to its present
   * version, with dates and bigints as such, frozen.
   *
   * @returns undefined for a message that is not an event of this domain's aggregates, or that its aggregate skips.
   * @throws UnknownEventError, DeserializationError as a load of the aggregate does.
   */
  eventFrom(recorded: RecordedEvent): object | undefined {
    const { category } = parseStream(recorded.stream);
    const owner = [...this.#running().aggregates.values()].find(({ model }) => model.category === category);
    return owner && readEvent(owner.model, { ...recorded, data: structuredClone(recorded.data) as object });
  }

  /** Reads everything that the event store holds and reports what is damaged or missing, a page at a time. */
  verifyEventStore(): AsyncIterable<VerifiedPage> {
    return this.#running().adapter.verify();
  }

  /**
   * Creates or upgrades the schema of the configured event store, whatever `auto_migrate` says, without starting the
   * domain. Migrates the rows of aggregates to their declared shapes, and lays the checkpoints of new projections and event handlers.
   * Safe to call from several processes at once, after a call that was cut off, and while releases of earlier schema versions write.
   *
   * @returns the store, and what was changed.
   * @throws ConfigurationError for rows that cannot be migrated; none was changed then.
   */
  async migrateEventStore(options?: MigrateOptions): Promise<EventStoreMigration> {
    return await migrateEventStore(this.#parts, options);
  }

  /**
   * Looks for what endangers events that were acknowledged, or lets readers miss some: settings of the database's server, of its
   * standbys, of what stands in front of it, of the file and its disk. Changes nothing. Works before `init()` and without a schema.
   *
   * @returns the store, and a verdict with a finding and an advice on each thing that was looked at.
   * @throws StoreUnavailableError where the store cannot be reached; ConfigurationError for a faulty domain.toml.
   */
  async diagnoseEventStore(): Promise<EventStoreDiagnosis> {
    return await diagnoseEventStore(this.#parts, this.#isRunning ? this.#running().adapter : undefined);
  }

  /**
   * Gives the stored snapshots of one class, to read, verify, count and delete them.
   * @throws IncorrectUsageError before `init()`, or for a class that is not registered.
   */
  snapshotsFor<A extends AggregateRoot>(aggregate: AggregateClass<A>): AggregateSnapshots<A> {
    return this.#aggregate(aggregate).snapshots;
  }

  /** Gives the facts of an aggregate class: its whole states, one a save. @throws IncorrectUsageError without `factEvents: true`. */
  factsFor<A extends AggregateRoot>(aggregate: AggregateClass<A>): AggregateFacts<A> {
    return new AggregateFacts(this.eventStore, this.#aggregate(aggregate).model as AggregateModel<A>);
  }

  /** Writes a snapshot of a live, fully saved aggregate. @throws IncorrectUsageError when it has unsaved events. */
  async createSnapshot(aggregate: AggregateRoot, options?: CreateSnapshotOptions): Promise<Snapshot>;
  /** Writes a snapshot of the aggregate with this id. @throws ObjectNotFoundError when there is none. */
  async createSnapshot(aggregate: AggregateClass, id: string, options?: CreateSnapshotOptions): Promise<Snapshot>;
  async createSnapshot(
    aggregate: AggregateRoot | AggregateClass,
    idOrOptions?: string | CreateSnapshotOptions,
    options?: CreateSnapshotOptions,
  ): Promise<Snapshot> {
    return await this.#work(async () => {
      if (aggregate instanceof AggregateRoot) {
        const { creation } = this.#aggregate(aggregate.constructor as Class as AggregateClass);
        return await creation.ofLive(aggregate, idOrOptions as CreateSnapshotOptions | undefined);
      }
      return await this.#aggregate(aggregate).creation.ofId(idOrOptions as string, options);
    });
  }

  /**
   * Brings the snapshots of all aggregates of a class up to date, several at a time, past broken ones.
   * @throws IncorrectUsageError for a class whose aggregates are loaded from their rows: they have no snapshots.
   */
  async createSnapshots(aggregate: AggregateClass, options: SnapshotRunOptions = {}): Promise<SnapshotRun> {
    return await this.#work(() => this.#snapshotRun(aggregate, options));
  }

  /** Runs `createSnapshots` for each aggregate class that has snapshots, in turn. @returns the runs by the aggregate's name. */
  async createAllSnapshots(options: SnapshotRunOptions = {}): Promise<Record<string, SnapshotRun>> {
    return await this.#work(async () => {
      const runs: Record<string, SnapshotRun> = {};
      for (const [name, aggregate] of this.aggregates)
        if (hasSnapshots(this.#aggregate(aggregate).model)) runs[name] = await this.#snapshotRun(aggregate, options);
      return runs;
    });
  }

  /** Waits for the snapshots that are written in the background. @returns how many it waited for. */
  async drainSnapshots(): Promise<number> {
    return await this.#running().background.drain();
  }

  /** Gives what the cache of aggregates holds, and its counts since `init()`; undefined where `[cache]` leaves it off. */
  cacheStats(): CacheStats | undefined {
    return this.#running().cache?.stats;
  }

  /** What runs event handlers must not start inside of a unit of work or a handler: they would run as parts of it. */
  #outside(attempted: string): Runtime {
    const runtime = this.#running();
    const place = runtime.units.isInside ? "a unit of work" : handledEvent() && "an event handler";
    if (place === undefined) return runtime;
    throw new IncorrectUsageError(`Cannot ${attempted} in ${place}: it would wait for its own end`);
  }

  /** Runs work that `close()` waits for. */
  async #work<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
    const runtime = this.#running();
    return await runtime.units.underWay.during(() => work(runtime));
  }

  /** Runs work of operators, on a domain that is not initialised too. */
  async #upkeep<T>(
    attempted: string,
    aggregate: AggregateClass,
    work: (upkeep: AggregateUpkeep) => Promise<T>,
  ): Promise<T> {
    if (this.#isRunning) {
      const runtime = this.#outside(attempted);
      return await runtime.units.underWay.during(() => work(this.#aggregate(aggregate, runtime).upkeep));
    }
    const lifecycle = new Lifecycle(this.name, () => startRuntime(this.#parts, { isUpkeep: true }));
    await lifecycle.init({ embedded: false });
    try {
      const { runtime } = lifecycle;
      return await runtime.units.underWay.during(() => work(this.#aggregate(aggregate, runtime).upkeep));
    } finally {
      await lifecycle.close();
    }
  }

  async #snapshotRun(aggregate: AggregateClass, options: SnapshotRunOptions): Promise<SnapshotRun> {
    const { model, repository, creation } = this.#aggregate(aggregate);
    checkHasSnapshots(model, "create a snapshot");
    return await runSnapshots(model.name, repository.ids(), creation, options);
  }

  get #pausing(): Pausing {
    const { pausing } = this.#running().consumption;
    if (pausing !== undefined) return pausing;
    throw new IncorrectUsageError(
      `Domain ${JSON.stringify(this.name)} has no subscriptions: its store keeps events alone`,
    );
  }

  #running(): Runtime {
    return this.#isolated ?? this.#lifecycle.runtime;
  }

  get #isRunning(): boolean {
    return this.#isolated !== undefined || this.#lifecycle.hasBegun;
  }

  get #isolated(): Runtime | undefined {
    let isolation = isolations.getStore();
    while (isolation !== undefined && isolation.domain !== this) isolation = isolation.outside;
    return isolation?.runtime;
  }

  #aggregate(aggregate: AggregateClass, { aggregates } = this.#running()): AggregateRuntime {
    const type = aggregate as Class;
    const runtime = aggregates.get(type);
    if (runtime !== undefined) return runtime;
    const name = typeof type === "function" ? type.name : String(type);
    const known = [...aggregates.values()].map(({ model }) => model.name);
    const classes = [...aggregates.keys()].map((registered) => registered.name);
    const hint = twinHint(name, classes) || didYouMean(name, known);
    throw new IncorrectUsageError(
      `${name} is not a registered aggregate of domain ${JSON.stringify(this.name)}${hint}`,
    );
  }

  protected override refuseLateRegistration(): void {
    if (!this.#lifecycle.hasBegun) return;
    throw new IncorrectUsageError(
      `Domain ${JSON.stringify(this.name)} is initialised already: register everything before domain.init()`,
    );
  }

  protected override remember(type: Class): void {
    domainsByClass.set(type, (domainsByClass.get(type) ?? new Set()).add(this));
  }

  static {
    rehearse = (domain, type) => {
      const { commands, aggregates, processManagers } = isolatedModel(domain.#parts);
      const model = processManagers.get(type);
      if (model !== undefined)
        return new ProcessRehearsal({ model, commands, aggregates, now: () => domain.clock.now().getTime() });
      throw new IncorrectUsageError(
        `${inWords(type)} is not a registered process manager of domain ${JSON.stringify(domain.name)}`,
      );
    };
    resolves = (domain) => domain.#parts.options.resolver !== undefined;
    isolate = (domain) => {
      const runtime = isolatedRuntime(domain.#parts);
      return new IsolatedDomain(runtime, (body) =>
        isolations.run({ domain, runtime, outside: isolations.getStore() }, body),
      );
    };
  }
}

/** Gives a domain on a fresh store in memory, for tests; the domain need not be initialised. @throws ConfigurationError */
export function isolatedDomain(domain: Domain): IsolatedDomain {
  return isolate(domain);
}

/**
 * Gives what takes events to the instances of a process manager in memory, for tests; the domain need not be initialised.
 * @throws ConfigurationError; IncorrectUsageError for a class that is no registered process manager.
 */
export function processRehearsal(domain: Domain, type: Class<ProcessManagerRoot>): ProcessRehearsal {
  return rehearse(domain, type);
}

/** Whether a domain has a resolver of its own for handlers and services. */
export function hasResolver(domain: Domain): boolean {
  return resolves(domain);
}

/** Lists the domains that a class is registered with. */
export function domainsOf(type: Class | AggregateClass): readonly Domain[] {
  return [...(domainsByClass.get(type as Class) ?? [])];
}
