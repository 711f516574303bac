/**
 * An open SQLite database, whatever driver opened it.
 *
 * Errors of SQLite carry its own name for them as `code`, such as `SQLITE_BUSY`. Blobs come as `Uint8Array`, integers as numbers, rounded
 * where a number cannot hold them: damage alone makes such ones.
 */
export interface Database {
  /** A statement without rows. */
  prepare<Bound extends unknown[]>(sql: string): Command<Bound>;
  /** A statement whose rows, if it has any, nobody wants. */
  prepareAny<Bound extends unknown[]>(sql: string): Command<Bound>;
  /** A query whose rows come as arrays. No two of its columns have the same name. */
  rows<Bound extends unknown[], Row>(sql: string): Query<Bound, Row>;
  /** A query of which only the first column comes. */
  values<Bound extends unknown[], Value>(sql: string): Query<Bound, Value>;
  /** Runs statements that stand one after the other. */
  exec(script: string): void;
  /** Runs a pragma and returns its first value; undefined where it has none. */
  pragma(text: string): unknown;
  readonly inTransaction: boolean;
  /** Whether a text that no string can hold gives an error. The process ends otherwise, or the row is left out. */
  readonly refusesLongTexts: boolean;
  close(): void;
}

/** A prepared statement without rows. */
export interface Command<Bound extends unknown[]> {
  run(...bound: Bound): { readonly changes: number };
}

/** A prepared query. */
export interface Query<Bound extends unknown[], Row> {
  get(...bound: Bound): Row | undefined;
  all(...bound: Bound): Row[];
  iterate(...bound: Bound): Iterable<Row>;
}

/** How a driver opens a file. */
export interface OpenOptions {
  readonly readOnly?: boolean;
  /** How long SQLite itself waits for a lock, which holds up the process. */
  readonly lockWaitMs: number;
}

/** The names of the drivers, as `driver` in `[event_store]` takes them. */
export const DRIVERS = ["better-sqlite3", "node"] as const;
export type DriverName = (typeof DRIVERS)[number];

/** A driver that was loaded. */
export interface Driver {
  readonly name: DriverName;
  /** @param path of a file, which is created where it is missing, or `:memory:`. */
  open(path: string, options: OpenOptions): Database;
}
