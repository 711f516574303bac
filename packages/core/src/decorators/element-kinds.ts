import { z } from "zod";

import { type AggregateClass, AggregateRoot } from "../elements/aggregate-root";
import { CommandRoot } from "../elements/command";
import { DomainEventRoot } from "../elements/domain-event";
import { EntityRoot } from "../elements/entity";
import { ProcessManagerRoot } from "../elements/process-manager";
import { ProjectionRoot } from "../elements/projection";
import { QueryRoot } from "../elements/query";
import type { SnapshotMigration } from "../elements/snapshot-migration";
import type { Upcaster } from "../elements/upcaster";
import { ValueObjectRoot } from "../elements/value-object";
import type { Class, Constructor, Resolvable } from "../metadata/class-types";
import type { MethodKind } from "../metadata/method-mark";
import { LARGEST_VERSION } from "../schema/largest-version";
import type {
  CommandDecorator,
  ElementDecorator,
  EventHandlerDecorator,
  PlainClassDecorator,
  ProjectorDecorator,
} from "./element-decorator";
import {
  duration,
  elementName,
  elementNames,
  failurePolicy,
  fieldNames,
  haltOrSkip,
  indexes,
  laneName,
  reference,
  references,
  retryOptions,
  schemaVersion,
  sequentialBy,
  snapshotOptions,
  startFrom,
  storedTypes,
  subscriptionName,
  tableNames,
  text,
  wholeNumber,
} from "./option-schemas";
import type {
  AggregateOptions,
  ApplicationServiceOptions,
  CommandHandlerOptions,
  CommandOptions,
  DomainServiceOptions,
  EntityOptions,
  EventHandlerOptions,
  EventOptions,
  ProcessManagerOptions,
  ProjectionOptions,
  ProjectorOptions,
  QueryHandlerOptions,
  QueryOptions,
  SnapshotMigrationOptions,
  SqlProjectorOptions,
  UpcasterOptions,
  ValueObjectOptions,
} from "./options";
import { storageFaults } from "./storage-faults";

/**
 * The class decorators, one for each kind of element: what `Domain` has as methods. The decorators without a domain have the
 * same types.
 */
export interface ElementDecorators {
  /** Declares and registers an aggregate. */
  aggregate(
    options?: AggregateOptions,
  ): ElementDecorator<AggregateRoot, "an aggregate is a class that extends Aggregate({…})">;
  /** Declares and registers an entity. This is optional, because the shape of its aggregate refers to the class itself. */
  entity(options: EntityOptions): ElementDecorator<EntityRoot, "an entity is a class that extends Entity({…})">;
  /** Declares and registers a value object. This is optional, because shapes refer to the class itself. */
  valueObject(
    options: ValueObjectOptions,
  ): ElementDecorator<ValueObjectRoot, "a value object is a class that extends ValueObject({…})">;
  /** Declares and registers an event. */
  event(options: EventOptions): ElementDecorator<DomainEventRoot, "an event is a class that extends DomainEvent({…})">;
  /** Declares and registers a command. */
  command<Key extends string = never>(options: CommandOptions<Key>): CommandDecorator<Key>;
  /** Declares and registers the handler of an aggregate's commands. */
  commandHandler(options: CommandHandlerOptions): PlainClassDecorator<Resolvable>;
  /** Declares and registers logic that concerns several aggregates. `serviceFor` constructs it. */
  domainService(options: DomainServiceOptions): PlainClassDecorator<Resolvable>;
  /** Declares and registers use cases, each of which runs in a unit of work. `serviceFor` constructs them. */
  applicationService(options: ApplicationServiceOptions): PlainClassDecorator<Resolvable>;
  /** Declares and registers a class that migrates an aggregate's snapshots to a later schema version. */
  snapshotMigration(options: SnapshotMigrationOptions): PlainClassDecorator<Constructor<SnapshotMigration>>;
  /** Declares and registers a class that converts the stored data of an event, or the stored state of a process manager, to a later version. */
  upcaster(options: UpcasterOptions): PlainClassDecorator<Constructor<Upcaster>>;
  /** Declares and registers a projection: rows, and what events do to them. */
  projection(
    options: ProjectionOptions,
  ): ElementDecorator<ProjectionRoot, "a projection is a class that extends Projection({…}) or ProjectionOf(…)">;
  /** Declares and registers what events do to the rows of a projection, in a class of its own. */
  projector<P>(options: ProjectorOptions<P>): ProjectorDecorator<P>;
  /** Declares and registers methods that return statements for tables of the application's own. */
  sqlProjector(options: SqlProjectorOptions): PlainClassDecorator<Constructor>;
  /** Declares and registers a query. */
  query(options: QueryOptions): ElementDecorator<QueryRoot, "a query is a class that extends Query({…})">;
  /** Declares and registers the methods that answer queries. */
  queryHandler(options: QueryHandlerOptions): PlainClassDecorator<Resolvable>;
  /** Declares and registers methods that are called after events were stored. */
  eventHandler<const By extends string = "all">(options: EventHandlerOptions<By>): EventHandlerDecorator<By>;
  /** Declares and registers a process manager: states of workflows, and what events, timers and refused commands do to them. */
  processManager(
    options: ProcessManagerOptions,
  ): ElementDecorator<ProcessManagerRoot, "a process manager is a class that extends ProcessManager({…})">;
}

/** What a class can be declared as. */
export type ElementKind = keyof ElementDecorators;

/** The options of a kind's decorator. */
export type OptionsOf<Kind extends ElementKind> = NonNullable<Parameters<ElementDecorators[Kind]>[0]>;

/** The names of the options of a kind's decorator, of each of its forms. */
type OptionNames<Options> = Options extends unknown ? keyof Options & string : never;

/** What holds for all classes of one kind. */
interface ElementRules<Option extends string = string> {
  /** The kind in a sentence: `value object`. */
  readonly noun: string;
  /** Options as somebody may write them, for the message about missing parentheses. */
  readonly example: string;
  /** Whether its decorator does without options: `@aggregate()`. */
  readonly isOptional?: boolean;
  /** A schema for each option; its message completes `has a bad option "name": …`. */
  readonly options: Readonly<Record<Option, z.ZodType>>;
  /** The options of which exactly one is given. */
  readonly oneOf?: readonly Option[];
  /** Says which options, as they were written, contradict each other: `has the option …`. */
  readonly conflicts?: (options: Readonly<Record<string, unknown>>) => readonly string[];
  /** The options that refer to other elements. */
  readonly references?: readonly Reference<Option>[];
  /** The class that classes of this kind extend, and how that is written. Absent for plain classes. */
  readonly root?: { readonly type: Class; readonly written: string };
  /** The method decorators that may stand in such a class. */
  readonly methods?: readonly MethodKind[];
  /** The one of `methods` that a class must have at least once. */
  readonly needs?: MethodKind;
  /** Why all of its methods return at once, and not a promise: the end of the sentence about one that does not. */
  readonly atOnce?: string;
  /** Why a method decorator that one could expect may not stand in such a class: the end of the sentence that says so. */
  readonly exclusions?: { readonly [Kind in MethodKind]?: string };
  /** Whether the domain's resolver constructs such classes. */
  readonly isResolved?: boolean;
}

/** An option that refers to elements of some kinds, by class or by name. */
interface Reference<Option extends string = string> {
  readonly option: Option;
  /** What a sentence says between the two elements: `is part of`. */
  readonly relation: string;
  readonly kinds: readonly ElementKind[];
}

const ADVICE = 'must be true, or advice such as "use DepositMade"';

const INVARIANTS = ["invariant.pre", "invariant.post"] as const;

const name = elementName.optional();
const partOf = reference("an aggregate");
const partOfAny = reference("an aggregate or entity");
const partOfAggregate = [{ option: "partOf", relation: "is part of", kinds: ["aggregate"] }] as const;
const partOfAggregateOrEntity = [{ option: "partOf", relation: "is part of", kinds: ["aggregate", "entity"] }] as const;
const lane = laneName.optional();
const projection = reference("a projection");
const OF_EXAMPLE = '{ of: "AccountSummary" }';
const PART_OF_EXAMPLE = '{ partOf: "Account" }';

/**
 * All kinds of elements. Both families of class decorators, the checks of their options, the places of method decorators and the
 * construction by the domain's resolver come from here.
 */
export const ELEMENT_KINDS = {
  aggregate: {
    noun: "aggregate",
    example: "{ eventSourced: true }",
    isOptional: true,
    conflicts: storageFaults,
    options: {
      eventSourced: z
        .literal(true, "must be true; leave it out for aggregates that are stored as their state")
        .optional(),
      stored: z.enum(["events", "state", "both"], 'must be "events", "state" or "both"').optional(),
      truth: z.enum(["events", "state"], 'must be "events" or "state"').optional(),
      keepEvents: duration.optional(),
      opening: z.custom((value) => typeof value === "function", "must be a function that makes an event").optional(),
      name,
      schemaVersion: schemaVersion().optional(),
      snapshot: snapshotOptions.optional(),
      skipEvents: storedTypes.optional(),
      factEvents: z.boolean("must be true or false").optional(),
    },
    root: { type: AggregateRoot as AggregateClass as Class<AggregateRoot>, written: "Aggregate({…})" },
    methods: ["apply", ...INVARIANTS],
  },
  entity: {
    noun: "entity",
    example: PART_OF_EXAMPLE,
    options: { partOf: partOfAny },
    references: partOfAggregateOrEntity,
    root: { type: EntityRoot, written: "Entity({…})" },
    methods: INVARIANTS,
  },
  valueObject: {
    noun: "value object",
    example: PART_OF_EXAMPLE,
    options: { partOf: partOfAny.optional() },
    references: partOfAggregateOrEntity,
    root: { type: ValueObjectRoot, written: "ValueObject({…})" },
    methods: ["invariant.post"],
    exclusions: { "invariant.pre": "a value object never changes, so write @invariant.post" },
  },
  event: {
    noun: "event",
    example: PART_OF_EXAMPLE,
    options: {
      partOf,
      name,
      version: wholeNumber(1).optional(),
      formerly: elementNames.optional(),
      deprecated: z.union([z.boolean(), text(ADVICE)], ADVICE).optional(),
    },
    references: partOfAggregate,
    root: { type: DomainEventRoot, written: "DomainEvent({…})" },
  },
  command: {
    noun: "command",
    example: PART_OF_EXAMPLE,
    options: { partOf, name, idempotencyKey: text("must be the name of a field").optional() },
    references: partOfAggregate,
    root: { type: CommandRoot, written: "Command({…})" },
  },
  commandHandler: {
    noun: "command handler",
    example: PART_OF_EXAMPLE,
    options: { partOf },
    references: partOfAggregate,
    methods: ["handle"],
    needs: "handle",
    isResolved: true,
  },
  domainService: {
    noun: "domain service",
    example: PART_OF_EXAMPLE,
    options: { partOf: references("aggregate") },
    references: partOfAggregate,
    exclusions: { useCase: "a domain service runs in the unit of work of its caller" },
    isResolved: true,
  },
  applicationService: {
    noun: "application service",
    example: PART_OF_EXAMPLE,
    options: { partOf },
    references: partOfAggregate,
    methods: ["useCase"],
    needs: "useCase",
    isResolved: true,
  },
  snapshotMigration: {
    noun: "snapshot migration",
    example: '{ aggregate: "Account", from: 1, to: 2 }',
    options: { aggregate: partOf, from: schemaVersion(), to: schemaVersion() },
    references: [{ option: "aggregate", relation: "migrates", kinds: ["aggregate"] }],
  },
  upcaster: {
    noun: "upcaster",
    example: '{ event: "DepositMade", from: 1, to: 2 }',
    options: {
      event: reference("an event").optional(),
      processManager: reference("a process manager").optional(),
      from: wholeNumber(1),
      to: wholeNumber(1),
    },
    oneOf: ["event", "processManager"],
    references: [
      { option: "event", relation: "upcasts", kinds: ["event"] },
      { option: "processManager", relation: "upcasts the state of", kinds: ["processManager"] },
    ],
  },
  projection: {
    noun: "projection",
    example: '{ version: 1, indexes: [["status", "balance"]] }',
    options: {
      name,
      version: wholeNumber(1).optional(),
      mode: z.enum(["async", "inline"], 'must be "async" or "inline"').optional(),
      lane,
      onFailure: failurePolicy.optional(),
      indexes: indexes.optional(),
      of: partOf.optional(),
      only: fieldNames.optional(),
    },
    references: [{ option: "of", relation: "keeps the states of", kinds: ["aggregate"] }],
    root: { type: ProjectionRoot, written: "Projection({…})" },
    methods: ["on"],
    exclusions: { apply: "a projection folds events of other classes, so write @on" },
  },
  projector: {
    noun: "projector",
    example: '{ for: "AccountSummary" }',
    options: { for: projection, lane },
    references: [{ option: "for", relation: "is for", kinds: ["projection"] }],
    methods: ["on"],
    needs: "on",
  },
  sqlProjector: {
    noun: "SQL projector",
    example: '{ tables: ["daily_volume"] }',
    options: { tables: tableNames, name: subscriptionName.optional(), lane, onFailure: haltOrSkip.optional() },
    methods: ["on"],
    needs: "on",
  },
  query: {
    noun: "query",
    example: OF_EXAMPLE,
    options: { of: projection },
    references: [{ option: "of", relation: "reads", kinds: ["projection"] }],
    root: { type: QueryRoot, written: "Query({…})" },
  },
  queryHandler: {
    noun: "query handler",
    example: OF_EXAMPLE,
    options: { of: projection },
    references: [{ option: "of", relation: "reads", kinds: ["projection"] }],
    methods: ["read"],
    needs: "read",
    exclusions: { handle: "a query handler only reads, so write @read" },
    isResolved: true,
  },
  eventHandler: {
    noun: "event handler",
    example: '{ startFrom: "now" }',
    options: {
      name: subscriptionName.optional(),
      startFrom: startFrom.optional(),
      replaces: subscriptionName.optional(),
      lane,
      sequentialBy: sequentialBy.optional(),
      retry: retryOptions.optional(),
      onFailure: failurePolicy.optional(),
      timeout: duration.optional(),
      batch: z.boolean("must be true or false").optional(),
    },
    methods: ["handle"],
    needs: "handle",
    exclusions: { on: "an event handler has effects, so write @handle" },
    isResolved: true,
  },
  processManager: {
    noun: "process manager",
    example: '{ missing: "keep" }',
    options: {
      name,
      version: wholeNumber(1, LARGEST_VERSION).optional(),
      lane,
      missing: z.enum(["keep", "ignore", "park"], 'must be "keep", "ignore" or "park"').optional(),
      started: z.enum(["handle", "ignore", "park"], 'must be "handle", "ignore" or "park"').optional(),
      ended: z.enum(["ignore", "park", "restart"], 'must be "ignore", "park" or "restart"').optional(),
      history: z.boolean("must be true or false").optional(),
      startFrom: startFrom.optional(),
      onFailure: failurePolicy.optional(),
    },
    root: { type: ProcessManagerRoot, written: "ProcessManager({…})" },
    methods: ["handle", "rejected", "timer"],
    needs: "handle",
    atOnce: "a process manager decides at once, and issues a command for what takes time",
    exclusions: {
      apply: "a process manager is told of events of other classes, so write @handle",
      on: "a process manager decides what happens next, so write @handle",
    },
  },
} satisfies { readonly [Kind in ElementKind]: ElementRules<OptionNames<OptionsOf<Kind>>> };

/** Every kind of element, in the order of the table. */
export const KINDS = Object.keys(ELEMENT_KINDS) as readonly ElementKind[];

/** Returns what holds for classes of a kind. */
export function rulesOf(kind: ElementKind): ElementRules {
  return ELEMENT_KINDS[kind];
}

/** Whether a kind is known: the class may have been marked by another version of this package. */
export function isElementKind(kind: string): kind is ElementKind {
  return Object.hasOwn(ELEMENT_KINDS, kind);
}
