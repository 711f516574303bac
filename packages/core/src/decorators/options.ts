import type { AggregateClass } from "../elements/aggregate-root";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EntityRoot } from "../elements/entity";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { ProjectionClass } from "../elements/projection";
import type { Class } from "../metadata/class-types";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";

/** The aggregate that an element belongs to: its class, or its name when the class is declared later. */
type PartOf = AggregateClass | string;

/**
 * What `@domain.aggregate` and `@aggregate` take. Without `stored` and `eventSourced`, aggregates are stored as their state.
 *
 * ```ts
 * @domain.aggregate({ eventSourced: true })               // as events alone
 * @domain.aggregate({ stored: "state", keepEvents: "90d" })  // one row each, its events for 90 days
 * @domain.aggregate({ stored: "both", truth: "events" })  // a row each, and all events for ever
 * ```
 */
export type AggregateOptions = EventSourcedOptions | StateStoredOptions | BothStoredOptions;

/** What holds for aggregates however they are stored. */
interface CommonAggregateOptions {
  /** Its name in streams, tables and on the command line. The name of its class by default: set it before you rename the class. */
  readonly name?: string;
  /**
   * The version of the state's meaning. Raise it when old snapshots, or the rows of its table, must not be used any more. From 1, which
   * is the default, to 2,147,483,647.
   */
  readonly schemaVersion?: number;
  /**
   * Stored events that have no class any more and that its state does not need: a name such as `"OldEvent"` for all
   * versions, or one stored type in full, such as `"Legacy.OldEvent.v1"`. They still count in the version of an event-sourced aggregate.
   */
  readonly skipEvents?: readonly string[];
  /** Whether each save records the whole state, as a fact event in `<domain>::<aggregate>:fact-<id>`. Default false. */
  readonly factEvents?: boolean;
}

/** The options of an aggregate that is stored as its events alone: its state is folded from them. */
interface EventSourcedOptions extends CommonAggregateOptions {
  /** The same as `stored: "events"`. */
  readonly eventSourced?: true;
  readonly stored?: "events";
  readonly truth?: never;
  readonly keepEvents?: never;
  readonly snapshot?: SnapshotOptions;
  /**
   * Makes the opening event of an aggregate that was stored as its state in an earlier release, from that state: for
   * `domain aggregate convert`.
   */
  readonly opening?: (state: any) => DomainEventRoot;
}

/** The options of an aggregate that is stored as its state. Its methods assign fields, and raise events that say what happened. */
interface StateStoredOptions extends CommonAggregateOptions {
  readonly eventSourced?: never;
  /** `"state"` is also what holds without the option. */
  readonly stored?: "state";
  readonly truth?: never;
  /** How long its events are kept, at least: `"90d"`. For ever by default. Events that a subscription has not taken yet are kept longer. */
  readonly keepEvents?: string;
  readonly snapshot?: never;
  readonly opening?: never;
}

/** The options of an aggregate that is stored as its state, with all of its events. */
interface BothStoredOptions extends CommonAggregateOptions {
  readonly eventSourced?: never;
  readonly stored: "both";
  /**
   * What is right where the two differ. `events`: only `@apply` methods change the state, and its row can be made from the events again.
   * `state`: methods assign fields, and the events say why, but cannot rebuild the state.
   */
  readonly truth: "events" | "state";
  readonly keepEvents?: never;
  /** Its loads read the row, so that no snapshot is written by itself. */
  readonly snapshot?: never;
  readonly opening?: never;
}

/** What `@domain.event` and `@event` take. */
export interface EventOptions {
  readonly partOf: PartOf;
  /** The middle part of the stored type `Fidelis.<name>.v1`. The name of its class by default. */
  readonly name?: string;
  /** The version of its data, which is the last part of the stored type. Each older version needs an upcaster. Default 1. */
  readonly version?: number;
  /** Names that it was stored under before. Events stored under them, in any version, are read as this event. */
  readonly formerly?: readonly string[];
  /** Whether `raise` refuses the event, with this text as advice. It is still read. */
  readonly deprecated?: boolean | string;
}

/** What `@domain.entity` and `@entity` take. */
export interface EntityOptions {
  /** The aggregate or the entity that it is a part of. */
  readonly partOf: PartOf | Class<EntityRoot>;
}

/** What `@domain.valueObject` and `@valueObject` take. */
export interface ValueObjectOptions {
  /** The aggregate or the entity that it is a part of; absent when it serves several. */
  readonly partOf?: PartOf | Class<EntityRoot>;
}

/** What `@domain.command` and `@command` take. */
export interface CommandOptions<Key extends string = string> {
  readonly partOf: PartOf;
  /** The middle part of the type `Fidelis.<name>.v1`. The name of its class by default. */
  readonly name?: string;
  /** The field that holds its idempotency key, for callers of `process` that give none. */
  readonly idempotencyKey?: Key;
}

/** What `@domain.commandHandler` and `@commandHandler` take. */
export interface CommandHandlerOptions {
  readonly partOf: PartOf;
}

/** What `@domain.domainService` and `@domainService` take. */
export interface DomainServiceOptions {
  /** The aggregates that its logic is about. */
  readonly partOf: PartOf | readonly PartOf[];
}

/** What `@domain.applicationService` and `@applicationService` take. */
export interface ApplicationServiceOptions {
  readonly partOf: PartOf;
}

/** What `@domain.snapshotMigration` and `@snapshotMigration` take. */
export interface SnapshotMigrationOptions {
  readonly aggregate: PartOf;
  /** The schema version that `migrate` takes. */
  readonly from: number;
  /** The schema version that `migrate` returns, above `from`. The next migration of the chain starts from there. */
  readonly to: number;
}

/** What `@domain.upcaster` and `@upcaster` take: an event or a process manager, and two versions. */
export type UpcasterOptions = EventUpcasterOptions | ProcessUpcasterOptions;

/** The options of an upcaster for an event. */
export interface EventUpcasterOptions extends UpcastVersions {
  /** The event whose stored data it converts: its class, or its name when the class is declared later. */
  readonly event: Class<DomainEventRoot> | string;
  readonly processManager?: never;
}

/** The options of an upcaster for the state of a process manager. */
export interface ProcessUpcasterOptions extends UpcastVersions {
  readonly event?: never;
  /** The process manager whose stored state it converts: its class, or its name when the class is declared later. */
  readonly processManager: Class<ProcessManagerRoot> | string;
}

interface UpcastVersions {
  /** The version that `upcast` takes. */
  readonly from: number;
  /** The version that `upcast` returns, above `from`. The next upcaster of the chain starts from there. */
  readonly to: number;
}

/** What `@domain.projection` and `@projection` take. */
export interface ProjectionOptions {
  /** Its name in the names of its table and its checkpoints. The name of its class by default. */
  readonly name?: string;
  /** The version of its rows. Raise it when you change the fields: the new version gets a table of its own. Default 1. */
  readonly version?: number;
  /**
   * `async`, which is the default: a server folds events after they were stored. `inline`: events are folded in the transaction that
   * stores them.
   */
  readonly mode?: "async" | "inline";
  /** The lane of servers that keep it. `default` by default. */
  readonly lane?: string;
  /**
   * What becomes of an event that cannot be folded, of an async projection. `park`, which is the default: the key of its row is set aside,
   * and its later events wait until somebody asks for it. `halt`: the projection stops before the event. `skip`: the event is passed over
   * for that row, which is recorded.
   */
  readonly onFailure?: "park" | "halt" | "skip";
  /** The fields of each index of its table besides the key. */
  readonly indexes?: readonly IndexOption[];
  /** The aggregate whose states `ProjectionOf` keeps. */
  readonly of?: PartOf;
  /** The fields of the aggregate's state that the rows of `ProjectionOf` have. All of them by default. */
  readonly only?: readonly string[];
}

/** The fields of an index. No two rows have the same values in those of a unique one. */
type IndexOption = readonly string[] | { readonly fields: readonly string[]; readonly unique?: boolean };

/** What `@domain.projector` and `@projector` take. */
export interface ProjectorOptions<P = ProjectionClass> {
  /** The projection whose rows it changes: its class, or its name when the class is declared later. */
  readonly for: P extends string | ProjectionClass
    ? P
    : "a projector is for a class that extends Projection({…}), or its name";
  /** The lane of servers that keep the projection. What the projection says by default. */
  readonly lane?: string;
}

/** What `@domain.sqlProjector` and `@sqlProjector` take. */
export interface SqlProjectorOptions {
  /** The tables of the application that its statements change. */
  readonly tables: readonly string[];
  /** The name of its subscription. The name of its class by default: set it before you rename the class. */
  readonly name?: string;
  /** The lane of servers that run it. `default` by default. */
  readonly lane?: string;
  /**
   * What becomes of an event whose statements fail. `halt`, which is the default: the projector stops before the event. `skip`: the event is
   * passed over, which is recorded. Nobody knows which rows a statement concerns, so no key can be set aside.
   */
  readonly onFailure?: "halt" | "skip";
}

/** What `@domain.query` and `@query` take. */
export interface QueryOptions {
  /** The projection that it reads: its class, or its name when the class is declared later. */
  readonly of: ProjectionClass | string;
}

/** What `@domain.queryHandler` and `@queryHandler` take. */
export interface QueryHandlerOptions {
  /** The projection whose view its methods are given. */
  readonly of: ProjectionClass | string;
}

/** What `@domain.eventHandler` and `@eventHandler` take. */
export interface EventHandlerOptions<By extends string = string> {
  /** The name of its subscription. The name of its class by default: set it before you rename the class. */
  readonly name?: string;
  /**
   * Where it starts when it is new to a store: at the first event, behind the newest one, or behind a global position. Needed where
   * events for it are stored already.
   */
  readonly startFrom?: "beginning" | "now" | number;
  /**
   * The name of a handler that is not declared any more: where this one is new to a store, it takes over where that one stands, with the
   * keys that are set aside. Leave it in the code until every store has seen it.
   */
  readonly replaces?: string;
  /** The lane of servers that run it. `default` by default. */
  readonly lane?: string;
  /**
   * What its events are kept in order by: events of one key are handled one after the other, others at the same time. The name of a field
   * that all of its events have, a function that gives the key, or "all" for one line of all events. By default the stream of the event,
   * which also stands for the key of an event that has nothing in the field.
   */
  readonly sequentialBy?: By | "all" | ((event: any) => string);
  /** How a failed event is tried again. */
  readonly retry?: RetryOptions;
  /**
   * What becomes of an event that has failed for good. `park`, which is the default: its key is set aside, and the later events of that key
   * wait until somebody asks for it. `halt`, which is what a handler with `sequentialBy: "all"` does by default: the handler stops before the
   * event, which is repeated where it stands meanwhile. `skip`: the event is passed over, which is recorded.
   */
  readonly onFailure?: "park" | "halt" | "skip";
  /** How long a call may take before its signal is aborted: `"30s"`. */
  readonly timeout?: string;
  /** Whether its methods take arrays of events and of their contexts. Default false. */
  readonly batch?: boolean;
}

/** What `@domain.processManager` and `@processManager` take. */
export interface ProcessManagerOptions {
  /** Its name in streams, subscriptions and on the command line. The name of its class by default: set it before you rename the class. */
  readonly name?: string;
  /** The version of its state. Raise it when you change the fields, and write an upcaster for the instances that are under way. Default 1. */
  readonly version?: number;
  /** The lane of servers that run it, and that carry out the commands it issues. `default` by default. */
  readonly lane?: string;
  /**
   * What becomes of an event for an instance that has not started. `ignore`, which is the default: it is passed over. `keep`: it is kept, and
   * handled right after the event that starts the instance. `park`: the instance is set aside, until somebody asks for it.
   */
  readonly missing?: "keep" | "ignore" | "park";
  /**
   * What becomes of a starting event for an instance that is under way. `handle`, which is the default: its method is called. `ignore`: it is
   * passed over. `park`: the instance is set aside.
   */
  readonly started?: "handle" | "ignore" | "park";
  /**
   * What becomes of an event for an instance that has ended. `ignore`, which is the default: it is passed over. `park`: the instance is set
   * aside. `restart`: a starting event starts it anew, others are passed over.
   */
  readonly ended?: "ignore" | "park" | "restart";
  /** Whether each step is recorded as an event in the stream of the instance: what it was told of, and the state that it led to. Default false. */
  readonly history?: boolean;
  /**
   * Where it starts when it is new to a store: at the first event, behind the newest one, or behind a global position. Needed where
   * events for it are stored already.
   */
  readonly startFrom?: "beginning" | "now" | number;
  /**
   * What becomes of an event that cannot be handled. `park`, which is the default: the instance is set aside, and its later events wait until
   * somebody asks for it. `halt`: the process manager stops before the event. `skip`: the event is passed over, which is recorded.
   */
  readonly onFailure?: "park" | "halt" | "skip";
}

/** How a failed event is tried again. The pauses double from the first to the longest one. */
interface RetryOptions {
  /** How many times after the first attempt. */
  readonly attempts?: number;
  /** The pause before the first repetition: `"1s"`. */
  readonly first?: string;
  /** The longest pause: `"5m"`. */
  readonly max?: string;
}
