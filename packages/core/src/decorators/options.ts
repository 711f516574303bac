import type { AggregateClass } from "../elements/aggregate-root";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EntityRoot } from "../elements/entity";
import type { Class } from "../metadata/class-types";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";

/** The aggregate that an element belongs to: its class, or its name when the class is declared later. */
type PartOf = AggregateClass | string;

/** What `@domain.aggregate` and `@aggregate` take. */
export interface AggregateOptions {
  /** Must be `true`: state is folded from events. Aggregates kept as current state do not exist yet. */
  readonly eventSourced: true;
  /** Its name in streams and on the command line. The name of its class by default: set it before you rename the class. */
  readonly name?: string;
  /**
   * The version of the state's meaning. Raise it when old snapshots must not be used any more. From 1, which is the default, to
   * 2,147,483,647.
   */
  readonly schemaVersion?: number;
  readonly snapshot?: SnapshotOptions;
  /**
   * Stored events that have no class any more and that its state does not need: a name such as `"OldEvent"` for all
   * versions, or one stored type in full, such as `"Legacy.OldEvent.v1"`. They still count in the aggregate's version.
   */
  readonly skipEvents?: readonly string[];
  /** Whether each save records the whole state, as a fact event in `<domain>::<aggregate>:fact-<id>`. Default false. */
  readonly factEvents?: boolean;
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

/** What `@domain.upcaster` and `@upcaster` take. */
export interface UpcasterOptions {
  /** The event whose stored data it converts: its class, or its name when the class is declared later. */
  readonly event: Class<DomainEventRoot> | string;
  /** The version that `upcast` takes. */
  readonly from: number;
  /** The version that `upcast` returns, above `from`. The next upcaster of the chain starts from there. */
  readonly to: number;
}
