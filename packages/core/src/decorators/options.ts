import type { AggregateRoot } from "../elements/aggregate-root";
import type { EntityRoot } from "../elements/entity";
import type { Class } from "../metadata/class-types";
import type { SnapshotOptions } from "../snapshots/snapshot-options";

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
}

/** What `@domain.event` and `@event` take. */
export interface EventOptions {
  readonly partOf: PartOf;
  /** The middle part of the stored type `Fidelis.<name>.v1`; the class's name where absent. */
  readonly name?: string;
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

/** What `@domain.snapshotMigration` and `@snapshotMigration` take. */
export interface SnapshotMigrationOptions {
  readonly aggregate: PartOf;
  /** The schema version that `migrate` takes. */
  readonly from: number;
  /** The schema version that it makes of it, above `from`; the next migration of the chain goes on from there. */
  readonly to: number;
}
