import {
  type CommandEnrichers,
  type CommandEnrichmentContext,
  type Enricher,
  Enrichers,
  type EventEnrichers,
  type EventEnrichmentContext,
} from "../causation/enrichers";
import { checkedMiddleware, type Middleware } from "../commands/middleware";
import type {
  CommandDecorator,
  ElementDecorator,
  HandlerDecorator,
  SnapshotMigrationDecorator,
  UpcasterDecorator,
} from "../decorators/elements";
import type {
  AggregateOptions,
  ApplicationServiceOptions,
  CommandHandlerOptions,
  CommandOptions,
  DomainServiceOptions,
  EntityOptions,
  EventOptions,
  SnapshotMigrationOptions,
  UpcasterOptions,
  ValueObjectOptions,
} from "../decorators/options";
import { checkParentheses } from "../decorators/parentheses";
import type { AggregateRoot } from "../elements/aggregate-root";
import type { CommandRoot } from "../elements/command";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EntityRoot } from "../elements/entity";
import type { ValueObjectRoot } from "../elements/value-object";
import type { Class, Constructor } from "../metadata/class-types";
import { type ElementKind, markElement } from "../metadata/element-mark";
import { elementName } from "../model/part-of";
import { Registry } from "../model/registry";

/** What a domain is made of: the decorators that declare its classes, and the registry that collects them. */
export abstract class Declarations {
  protected readonly registry = new Registry();
  protected readonly eventEnrichers: EventEnrichers = new Enrichers("domain.enrichEvents");
  protected readonly commandEnrichers: CommandEnrichers = new Enrichers("domain.enrichCommands");
  protected readonly middleware: Middleware[] = [];

  /** Declares and registers an aggregate. */
  aggregate(options: AggregateOptions): ElementDecorator<AggregateRoot> {
    checkParentheses("@domain.aggregate", options);
    return this.element("aggregate", options);
  }

  /** Declares and registers an entity. An aggregate's shape refers to the class itself, so that this is optional. */
  entity(options: EntityOptions): ElementDecorator<EntityRoot> {
    checkParentheses("@domain.entity", options);
    return this.element("entity", options);
  }

  /** Declares and registers a value object. A shape refers to the class itself, so that this is optional. */
  valueObject(options: ValueObjectOptions): ElementDecorator<ValueObjectRoot> {
    checkParentheses("@domain.valueObject", options);
    return this.element("valueObject", options);
  }

  /** Declares and registers an event. */
  event(options: EventOptions): ElementDecorator<DomainEventRoot> {
    checkParentheses("@domain.event", options);
    return this.element("event", options);
  }

  /** Declares and registers a command. */
  command<Key extends string = never>(options: CommandOptions<Key>): CommandDecorator<Key> {
    checkParentheses("@domain.command", options);
    return this.element("command", options);
  }

  /** Declares and registers the handler of an aggregate's commands. */
  commandHandler(options: CommandHandlerOptions): HandlerDecorator {
    checkParentheses("@domain.commandHandler", options);
    return this.element("commandHandler", options);
  }

  /** Declares and registers logic that concerns several aggregates: `serviceFor` constructs it. */
  domainService(options: DomainServiceOptions): HandlerDecorator {
    checkParentheses("@domain.domainService", options);
    return this.element("domainService", options);
  }

  /** Declares and registers use cases, each of which runs in a unit of work: `serviceFor` constructs them. */
  applicationService(options: ApplicationServiceOptions): HandlerDecorator {
    checkParentheses("@domain.applicationService", options);
    return this.element("applicationService", options);
  }

  /** Declares and registers what carries an aggregate's snapshots over to a later schema version. */
  snapshotMigration(options: SnapshotMigrationOptions): SnapshotMigrationDecorator {
    checkParentheses("@domain.snapshotMigration", options);
    return this.element("snapshotMigration", options);
  }

  /** Declares and registers what carries an event's stored data over to a later version. */
  upcaster(options: UpcasterOptions): UpcasterDecorator {
    checkParentheses("@domain.upcaster", options);
    return this.element("upcaster", options);
  }

  /** Registers classes that were declared with `@aggregate`, `@event`, `@command`, … */
  register(...types: readonly Class[]): this {
    this.refuseLateRegistration();
    for (const type of types) {
      this.registry.addMarked(type);
      this.remember(type);
    }
    return this;
  }

  /**
   * Adds to the `metadata.extensions` of every event, just before it is stored: who did it, for which tenant. Several run in
   * order, and see what was added before. One that throws fails the save, and nothing is stored.
   */
  enrichEvents(enricher: Enricher<EventEnrichmentContext>): this {
    this.refuseLateRegistration();
    this.eventEnrichers.add(enricher);
    return this;
  }

  /**
   * Adds to every command, before it is carried out, what goes into the `metadata.extensions` of all events that it leads
   * to, by way of further commands too. One that throws fails the command.
   */
  enrichCommands(enricher: Enricher<CommandEnrichmentContext>): this {
    this.refuseLateRegistration();
    this.commandEnrichers.add(enricher);
    return this;
  }

  /**
   * Puts middleware around the processing of every command, in order: the first one is outermost. It runs once for
   * a command, whatever conflicts are retried inside of it.
   *
   * @throws IncorrectUsageError for anything but functions, and once the domain is initialised.
   */
  use(...middleware: readonly Middleware[]): this {
    this.refuseLateRegistration();
    this.middleware.push(...middleware.map(checkedMiddleware));
    return this;
  }

  /** What was registered as aggregate, by name, in order of registration. */
  get aggregates(): ReadonlyMap<string, Constructor<AggregateRoot>> {
    return this.registered("aggregate");
  }

  /** What was registered as event, by name, in order of registration. */
  get events(): ReadonlyMap<string, Constructor<DomainEventRoot>> {
    return this.registered("event");
  }

  /** What was registered as command, by name, in order of registration. */
  get commands(): ReadonlyMap<string, Constructor<CommandRoot>> {
    return this.registered("command");
  }

  /** @throws IncorrectUsageError once the domain is initialised. */
  protected abstract refuseLateRegistration(): void;

  /** Notes that `type` is one of this domain's classes. */
  protected abstract remember(type: Class): void;

  private registered<T>(kind: ElementKind): ReadonlyMap<string, Constructor<T>> {
    return new Map(this.registry.of(kind).map((one) => [elementName(one), one.type as Constructor<T>]));
  }

  /** A decorator that marks and registers. The mark lets another domain `register` the class as well. */
  private element(kind: ElementKind, options: object): (target: Class) => void {
    return (target) => {
      this.refuseLateRegistration();
      const mark = { kind, options: { ...options } };
      markElement(target, mark);
      this.registry.add(target, mark);
      this.remember(target);
    };
  }
}
