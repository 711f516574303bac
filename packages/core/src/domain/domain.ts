import { AsyncLocalStorage } from "node:async_hooks";

import type { ProcessOptions } from "../commands/command-processor";
import { didYouMean } from "../config/nearest";
import type { ElementDecorator, SnapshotMigrationDecorator } from "../decorators/elements";
import type {
  AggregateOptions,
  CommandHandlerOptions,
  CommandOptions,
  EventOptions,
  SnapshotMigrationOptions,
} from "../decorators/options";
import { checkParentheses } from "../decorators/parentheses";
import { AggregateRoot } from "../elements/aggregate-root";
import { type Clock, systemClock } from "../elements/clock";
import type { CommandRoot } from "../elements/command";
import type { DomainEventRoot } from "../elements/domain-event";
import { type IdGenerator, uuidGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventStore } from "../event-store/event-store";
import type { VerifiedPage } from "../event-store/event-store-adapter";
import { streamOf } from "../event-store/stream-names";
import type { Class, Constructor } from "../metadata/class-types";
import { type ElementKind, markElement } from "../metadata/element-mark";
import type { EventSourcedRepository } from "../repository/event-sourced-repository";
import { checkIdentifier } from "../schema/check-identifier";
import type { AggregateSnapshots } from "../snapshots/aggregate-snapshots";
import type { Snapshot } from "../snapshots/snapshot";
import type { CreateSnapshotOptions } from "../snapshots/snapshot-creation";
import { runSnapshots, type SnapshotRun, type SnapshotRunOptions } from "../snapshots/snapshot-run";
import type { DomainOptions } from "./domain-options";
import { DomainsByClass } from "./domains-by-class";
import { IsolatedDomain } from "./isolated-domain";
import { pascalCase, snakeCase } from "./names";
import { elementName } from "./part-of";
import { Registry } from "./registry";
import type { AggregateRuntime, Runtime } from "./runtime";
import { type DomainParts, isolatedRuntime, migrateEventStore, startRuntime } from "./start-runtime";

const domainsByClass = new DomainsByClass<Domain>();

let isolate: (domain: Domain) => IsolatedDomain;

/** Collects the classes of a business domain, connects them to an event store, and runs commands on them. */
export class Domain {
  readonly name: string;
  /** Tells the time of every event and snapshot. */
  readonly clock: Clock;
  /** Makes the ids of events, commands and correlations, and of aggregates that its units of work create. */
  readonly ids: IdGenerator;
  readonly #registry = new Registry();
  readonly #parts: DomainParts;
  /** What the domain runs on for those who test it, in the place of its own runtime. */
  readonly #isolated = new AsyncLocalStorage<Runtime>();
  #runtime: Runtime | undefined;
  #starting: Promise<void> | undefined;

  /** @param name letters, digits, spaces, `-` and `_`; types begin with it in PascalCase, streams in snake_case. */
  constructor(name: string, options: DomainOptions = {}) {
    if (typeof name !== "string" || snakeCase(name) === "" || !/^\p{L}/u.test(pascalCase(name))) {
      throw new IncorrectUsageError(
        `${JSON.stringify(name)} is not a name for a domain: it begins with a letter, such as "fidelis"`,
      );
    }
    this.name = name;
    this.clock = options.clock ?? systemClock;
    this.ids = options.ids ?? uuidGenerator;
    const { clock, ids } = this;
    this.#parts = { name, options, clock, ids, registry: this.#registry };
    Object.defineProperty(this, Symbol.for("tidemark.domain"), { value: true });
  }

  /** Declares and registers an aggregate. */
  aggregate(options: AggregateOptions): ElementDecorator<AggregateRoot> {
    checkParentheses("@domain.aggregate", options);
    return this.#element("aggregate", options);
  }

  /** Declares and registers an event. */
  event(options: EventOptions): ElementDecorator<DomainEventRoot> {
    checkParentheses("@domain.event", options);
    return this.#element("event", options);
  }

  /** Declares and registers a command. */
  command(options: CommandOptions): ElementDecorator<CommandRoot> {
    checkParentheses("@domain.command", options);
    return this.#element("command", options);
  }

  /** Declares and registers the handler of an aggregate's commands. */
  commandHandler(options: CommandHandlerOptions): (target: Constructor, context?: ClassDecoratorContext) => void {
    checkParentheses("@domain.commandHandler", options);
    return this.#element("commandHandler", options);
  }

  /** Declares and registers what carries an aggregate's snapshots over to a later schema version. */
  snapshotMigration(options: SnapshotMigrationOptions): SnapshotMigrationDecorator {
    return this.#element("snapshotMigration", options);
  }

  /** Registers classes that were declared with `@aggregate`, `@event`, `@command`, … */
  register(...types: readonly Class[]): this {
    this.#refuseLateRegistration();
    for (const type of types) {
      this.#registry.addMarked(type);
      domainsByClass.add(type, this);
    }
    return this;
  }

  /**
   * Reads the configuration, checks everything that was registered, and opens the event store. A second call
   * waits for the first.
   *
   * @throws ConfigurationError listing every fault; StoreUnavailableError when the store cannot be opened.
   */
  async init(): Promise<void> {
    this.#starting ??= this.#start();
    try {
      await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  /** Finishes snapshots under way and closes the event store. A second call does nothing. */
  async close(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const runtime = this.#runtime;
    this.#runtime = undefined;
    this.#starting = undefined;
    await runtime?.background.drain();
    await runtime?.adapter.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Carries out a command in one unit of work: everything that its handler adds is stored together, or nothing.
   * @returns what the handler returned.
   */
  async process<R = unknown>(command: object, options?: ProcessOptions): Promise<R> {
    return (await this.#running().processor.process(command, options)) as R;
  }

  /** Runs `body` as a handler runs: everything added in it is stored together when it returns, or nothing. */
  async unitOfWork<T>(body: () => T | Promise<T>): Promise<T> {
    return await this.#running().context.run(body);
  }

  repositoryFor<A extends AggregateRoot>(aggregate: Constructor<A>): EventSourcedRepository<A> {
    return this.#aggregate(aggregate).repository;
  }

  /** What was registered as aggregate, by name, in order of registration. */
  get aggregates(): ReadonlyMap<string, Constructor<AggregateRoot>> {
    return new Map(
      this.#registry.of("aggregate").map((one) => [elementName(one), one.type as Constructor<AggregateRoot>]),
    );
  }

  /** `fidelis::account-<id>` */
  streamFor(aggregate: Constructor<AggregateRoot>, id: string): string {
    const { category, name } = this.#aggregate(aggregate).model;
    checkIdentifier(id, name);
    return streamOf(category, id).stream;
  }

  get eventStore(): EventStore {
    return this.#running().eventStore;
  }

  /** Reads everything that the event store holds and reports what is damaged or missing, a page at a time. */
  verifyEventStore(): AsyncIterable<VerifiedPage> {
    return this.#running().adapter.verify();
  }

  /**
   * Creates or upgrades the schema of the configured event store, whatever `auto_migrate` says, without starting the
   * domain. Safe to call from several processes at once.
   *
   * @returns the store in words that hold no secret.
   */
  async migrateEventStore(): Promise<string> {
    return await migrateEventStore(this.#parts);
  }

  snapshotsFor<A extends AggregateRoot>(aggregate: Constructor<A>): AggregateSnapshots<A> {
    return this.#aggregate(aggregate).snapshots;
  }

  /** Writes a snapshot of a live, fully saved aggregate. @throws IncorrectUsageError when it has unsaved events. */
  async createSnapshot(aggregate: AggregateRoot, options?: CreateSnapshotOptions): Promise<Snapshot>;
  /** Writes a snapshot of the aggregate with this id. @throws ObjectNotFoundError when there is none. */
  async createSnapshot(
    aggregate: Constructor<AggregateRoot>,
    id: string,
    options?: CreateSnapshotOptions,
  ): Promise<Snapshot>;
  async createSnapshot(
    aggregate: AggregateRoot | Constructor<AggregateRoot>,
    idOrOptions?: string | CreateSnapshotOptions,
    options?: CreateSnapshotOptions,
  ): Promise<Snapshot> {
    if (aggregate instanceof AggregateRoot) {
      return await this.#aggregate(aggregate.constructor as Class).creation.ofLive(
        aggregate,
        idOrOptions as CreateSnapshotOptions | undefined,
      );
    }
    return await this.#aggregate(aggregate).creation.ofId(idOrOptions as string, options);
  }

  /** Brings the snapshots of all aggregates of a class up to date, several at a time, going on past broken ones. */
  async createSnapshots(aggregate: Constructor<AggregateRoot>, options: SnapshotRunOptions = {}): Promise<SnapshotRun> {
    const { model, repository, creation } = this.#aggregate(aggregate);
    return await runSnapshots(model.name, repository.ids(), creation, options);
  }

  /** `createSnapshots` for each aggregate class in turn. @returns the runs by the aggregate's name. */
  async createAllSnapshots(options: SnapshotRunOptions = {}): Promise<Record<string, SnapshotRun>> {
    const runs: Record<string, SnapshotRun> = {};
    for (const [name, aggregate] of this.aggregates) runs[name] = await this.createSnapshots(aggregate, options);
    return runs;
  }

  /** Waits for the snapshots that are written in the background. @returns how many it waited for. */
  async drainSnapshots(): Promise<number> {
    return await this.#running().background.drain();
  }

  /** A decorator that marks and registers. The mark lets another domain `register` the class as well. */
  #element(kind: ElementKind, options: object): (target: Class) => void {
    return (target) => {
      this.#refuseLateRegistration();
      const mark = { kind, options: { ...options } };
      markElement(target, mark);
      this.#registry.add(target, mark);
      domainsByClass.add(target, this);
    };
  }

  async #start(): Promise<void> {
    this.#runtime = await startRuntime(this.#parts);
  }

  #running(): Runtime {
    const runtime = this.#isolated.getStore() ?? this.#runtime;
    if (runtime !== undefined) return runtime;
    throw new IncorrectUsageError(`Domain ${JSON.stringify(this.name)} is not running: await domain.init() first`);
  }

  #aggregate(type: Class): AggregateRuntime {
    const { aggregates } = this.#running();
    const runtime = aggregates.get(type);
    if (runtime !== undefined) return runtime;
    const name = typeof type === "function" ? type.name : String(type);
    const known = [...aggregates.values()].map(({ model }) => model.name);
    throw new IncorrectUsageError(
      `${name} is not a registered aggregate of domain ${JSON.stringify(this.name)}${didYouMean(name, known)}`,
    );
  }

  #refuseLateRegistration(): void {
    if (this.#starting === undefined) return;
    throw new IncorrectUsageError(
      `Domain ${JSON.stringify(this.name)} is initialised already: register everything before domain.init()`,
    );
  }

  static {
    isolate = (domain) => {
      const runtime = isolatedRuntime(domain.#parts);
      return new IsolatedDomain(runtime, (body) => domain.#isolated.run(runtime, body));
    };
  }
}

/** For tests of a domain: itself on a fresh store in memory, initialised or not. @throws ConfigurationError */
export function isolatedDomain(domain: Domain): IsolatedDomain {
  return isolate(domain);
}

/** The domains that a class is registered with. */
export function domainsOf(type: Class): readonly Domain[] {
  return domainsByClass.of(type);
}
