import {
  type CommandEnrichers,
  type CommandEnrichmentContext,
  type Enricher,
  Enrichers,
  type EventEnrichers,
  type EventEnrichmentContext,
} from "../causation/enrichers";
import { checkedMiddleware, type Middleware } from "../commands/middleware";
import type { ElementDecorators, ElementKind } from "../decorators/element-kinds";
import { elementDecorators } from "../decorators/elements";
import type { AggregateClass } from "../elements/aggregate-root";
import type { CommandRoot } from "../elements/command";
import type { DomainEventRoot } from "../elements/domain-event";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { ProjectionClass } from "../elements/projection";
import type { QueryRoot } from "../elements/query";
import type { Class, ClassOf, Constructor } from "../metadata/class-types";
import { markElement } from "../metadata/element-mark";
import { elementName, type Registration, Registry } from "../model/registry";
import { type EventFunction, type FunctionHandlerOptions, functionHandler } from "./function-handlers";

/** A class cannot implement members from a table by itself, but it can extend a class that is typed as having them. */
const WithDecorators = class {} as new () => ElementDecorators;

/** Declares what a domain is made of: has the decorators of its classes and the registry that collects them. */
export abstract class Declarations extends WithDecorators {
  protected readonly registry = new Registry();
  protected readonly eventEnrichers: EventEnrichers = new Enrichers("domain.enrichEvents");
  protected readonly commandEnrichers: CommandEnrichers = new Enrichers("domain.enrichCommands");
  protected readonly middleware: Middleware[] = [];

  constructor() {
    super();
    const decorators = elementDecorators("@domain.", (type, mark) => {
      this.refuseLateRegistration();
      // The mark lets another domain `register` the class as well.
      markElement(type, mark);
      this.registry.add(type, mark);
      this.remember(type);
    });
    // Like methods, they are not among what printing a domain shows.
    for (const [kind, value] of Object.entries(decorators)) Object.defineProperty(this, kind, { value });
  }

  /** Registers classes that were declared with `@aggregate`, `@event`, `@command`, … */
  register(...types: readonly (Class | AggregateClass)[]): this {
    this.refuseLateRegistration();
    for (const type of types as readonly Class[]) {
      this.registry.addMarked(type);
      this.remember(type);
    }
    return this;
  }

  /**
   * Adds to the `metadata.extensions` of every event, just before it is stored: who did it, for which tenant. Enrichers run in the
   * order in which they were added, and each sees what those before it added. When one throws, the save fails and nothing is stored.
   */
  enrichEvents(enricher: Enricher<EventEnrichmentContext>): this {
    this.refuseLateRegistration();
    this.eventEnrichers.add(enricher);
    return this;
  }

  /**
   * Adds to every command, before it is carried out, values for the `metadata.extensions` of all events that the command leads to,
   * through further commands too. When an enricher throws, the command fails.
   */
  enrichCommands(enricher: Enricher<CommandEnrichmentContext>): this {
    this.refuseLateRegistration();
    this.commandEnrichers.add(enricher);
    return this;
  }

  /**
   * Puts middleware around the processing of every command. The first one is outermost. Middleware runs once for a command, however
   * often the command is retried inside of it.
   *
   * @throws IncorrectUsageError for anything but functions, and once the domain is initialised.
   */
  use(...middleware: readonly Middleware[]): this {
    this.refuseLateRegistration();
    this.middleware.push(...middleware.map(checkedMiddleware));
    return this;
  }

  /**
   * Calls a function after events were stored, at least once for each: an event handler without a class.
   *
   * ```ts
   * domain.on(AccountOpened, { name: "welcome-mail", startFrom: "now" }, async (event, context) => { … });
   * ```
   *
   * @param event the class of an event, or `anyEvent`.
   * @throws IncorrectUsageError for anything but a class, options and a function, and once the domain is initialised.
   */
  on<C extends ClassOf<DomainEventRoot>, Batch extends boolean = false>(
    event: C,
    options: FunctionHandlerOptions<Batch, C["prototype"]>,
    call: EventFunction<C["prototype"], Batch>,
  ): this {
    this.refuseLateRegistration();
    this.registry.addFunction(functionHandler(event, options, call));
    return this;
  }

  /** The registered aggregates by name, in order of registration. */
  get aggregates(): ReadonlyMap<string, AggregateClass> {
    return this.registered<AggregateClass>("aggregate");
  }

  /** The registered events by name, in order of registration. */
  get events(): ReadonlyMap<string, Constructor<DomainEventRoot>> {
    return this.registered<Constructor<DomainEventRoot>>("event");
  }

  /** The registered commands by name, in order of registration. */
  get commands(): ReadonlyMap<string, Constructor<CommandRoot>> {
    return this.registered<Constructor<CommandRoot>>("command");
  }

  /** The registered projections by name, in order of registration; of several versions the highest one. */
  get projections(): ReadonlyMap<string, ProjectionClass> {
    const highest = new Map<string, Registration>();
    for (const one of this.registry.of("projection")) {
      const name = elementName(one);
      const other = highest.get(name);
      if (other === undefined || versionOf(one) > versionOf(other)) highest.set(name, one);
    }
    return new Map(Array.from(highest, ([name, { type }]) => [name, type as unknown as ProjectionClass]));
  }

  /** The registered process managers by name, in order of registration. */
  get processManagers(): ReadonlyMap<string, Constructor<ProcessManagerRoot>> {
    return this.registered<Constructor<ProcessManagerRoot>>("processManager");
  }

  /** The registered queries by name, in order of registration. */
  get queries(): ReadonlyMap<string, Constructor<QueryRoot>> {
    return this.registered<Constructor<QueryRoot>>("query");
  }

  /** @throws IncorrectUsageError once the domain is initialised. */
  protected abstract refuseLateRegistration(): void;

  /** Notes that `type` is one of this domain's classes. */
  protected abstract remember(type: Class): void;

  private registered<T>(kind: ElementKind): ReadonlyMap<string, T> {
    return new Map(this.registry.of(kind).map((one) => [elementName(one), one.type as T]));
  }
}

/** What a projection says; the faults of its options are found by `init()`. */
function versionOf({ options }: Registration): number {
  return typeof options.version === "number" ? options.version : 1;
}
