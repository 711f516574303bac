/**
 * Converts the state in a snapshot or a fact from one schema version of its aggregate to a later one.
 *
 * It works on the stored state, which is JSON: a `Date` is its ISO text, a `bigint` or a `Decimal` its digits in a text. The
 * state that the last migration of a chain returns has to fit the present shape of the aggregate, in which only fields with a default
 * may be missing. If it does not fit, or if a migration throws, the aggregate is loaded from its events.
 */
export interface SnapshotMigration {
  /**
   * @param state a copy, which the migration may change.
   * @returns the whole new state.
   */
  migrate(state: Record<string, any>): Record<string, unknown>;
}

/** One registered migration, as a load uses it. */
export interface MigrationStep {
  readonly to: number;
  /** The name of its class, for messages. */
  readonly name: string;
  readonly migration: SnapshotMigration;
}
