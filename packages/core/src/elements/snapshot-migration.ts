/**
 * Carries a snapshot's state from one schema version of its aggregate to a later one.
 *
 * It works on the state as it is stored, which is JSON: a `Date` is its ISO text, a `bigint` or a `Decimal` its digits in
 * a text. What the last migration of a chain returns has to fit the aggregate's present shape, fields with a default
 * excepted; when it does not, or when one throws, the aggregate is loaded from its events.
 */
export interface SnapshotMigration {
  /** @param state its own to change. @returns the whole new state. */
  migrate(state: Record<string, any>): Record<string, unknown>;
}

/** One registered migration, as a load uses it. */
export interface MigrationStep {
  readonly to: number;
  /** Its class, for messages. */
  readonly name: string;
  readonly migration: SnapshotMigration;
}
