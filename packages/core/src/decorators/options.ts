import type { AggregateRoot } from "../elements/aggregate-root";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EntityRoot } from "../elements/entity";
import type { Class } from "../metadata/class-types";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";

/** The aggregate that an element belongs to: its class, or its name where the class is declared later. */
export type PartOf = Class<AggregateRoot> | string;

/** What `@domain.aggregate` and `@aggregate` take. */
export interface AggregateOptions {
  /** State is folded from events. Aggregates kept as current state do not exist yet, so that it must be `true`. */
  readonly eventSourced: true;
  /** What streams and the command line call it; the class's name where absent. Fix it before you rename the class. */
  readonly name?: string;
  /** Counts the meanings of the state; raise it when old snapshots must not be used any more. Default 1. */
  readonly schemaVersion?: number;
  readonly snapshot?: SnapshotOptions;
  /**
   * Stored events that no class is left for and that its state does without: a name such as `"OldEvent"` for all
   * versions, or one stored type in full, such as `"Legacy.OldEvent.v1"`. They still count in the version.
   */
  readonly skipEvents?: readonly string[];
  /** Records its whole state with each save, as a fact event in `<domain>::<aggregate>:fact-<id>`. Default false. */
  readonly factEvents?: boolean;
}

/** What `@domain.event` and `@event` take. */
export interface EventOptions {
  readonly partOf: PartOf;
  /** The middle part of the stored type `Fidelis.<name>.v1`; the class's name where absent. */
  readonly name?: string;
  /** Counts the meanings of its data; the last part of the stored type. Raise it with an upcaster from each older one. Default 1. */
  readonly version?: number;
  /** Names that it was stored under before: what is stored so, in any version, is read as this event. */
  readonly formerly?: readonly string[];
  /** It is read still, and no longer raised: `raise` refuses it, with this text as advice. */
  readonly deprecated?: boolean | string;
}

/** What `@domain.entity` and `@entity` take. */
export interface EntityOptions {
  /** The aggregate or the entity that it is a part of. */
  readonly partOf: PartOf | Class<EntityRoot>;
}

/** What `@domain.valueObject` and `@valueObject` take. */
export interface ValueObjectOptions {
  /** The aggregate or the entity that it is a part of; absent for one that serves several. */
  readonly partOf?: PartOf | Class<EntityRoot>;
}

/** What `@domain.command` and `@command` take. */
export interface CommandOptions<Key extends string = string> {
  readonly partOf: PartOf;
  /** The middle part of the type `Fidelis.<name>.v1`; the class's name where absent. */
  readonly name?: string;
  /** The field that holds its idempotency key, for those who process it without giving one. */
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
  /** The schema version that it makes of it, above `from`; the next migration of the chain goes on from there. */
  readonly to: number;
}

/** What `@domain.upcaster({…})` takes. */
export interface UpcasterOptions {
  /** The event whose stored data it carries over: its class, or its name where the class is declared later. */
  readonly event: Class<DomainEventRoot> | string;
  /** The version that `upcast` takes. */
  readonly from: number;
  /** The version that it makes of it, above `from`; the next upcaster of the chain goes on from there. */
  readonly to: number;
}
