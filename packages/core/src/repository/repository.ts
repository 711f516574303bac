import type { AggregateRoot } from "../elements/aggregate-root";
import type { HistoryOptions, HistoryStep } from "./aggregate-history";
import type { TemporalOptions } from "./temporal-bounds";

/** Loads and saves the aggregates of one class, however they are stored. */
export interface Repository<A extends AggregateRoot> {
  /**
   * Loads the aggregate; of an event-sourced one also as of an earlier version or time. Within a unit of work the same instance each time,
   * earlier states excepted.
   *
   * @throws ObjectNotFoundError when there is none, or none at that version or time; IncorrectUsageError for an earlier state of an aggregate
   *   that is stored as its state.
   */
  get(id: string, options?: TemporalOptions): Promise<A>;
  /** Loads an aggregate like `get`, but gives undefined when there is none. */
  find(id: string, options?: TemporalOptions): Promise<A | undefined>;
  /** Whether there is the aggregate. */
  exists(id: string): Promise<boolean>;
  /**
   * Saves an aggregate: within a unit of work when that ends, else at once.
   * @throws ExpectedVersionError when it was saved by others since it was loaded; nothing is stored then.
   * @throws UniqueViolationError where another aggregate has the values of a unique constraint.
   */
  add(aggregate: A): Promise<void>;
  /**
   * Loads, changes and saves an aggregate; when another writer was faster it does so again, with what is there now.
   * Inside a unit of work it changes and adds without retry, because the unit commits as a whole.
   *
   * @param change may run several times, so it must do nothing but change the aggregate.
   * @param options.retries how many conflicts to survive; `commands.retries` of domain.toml where absent.
   * @returns the aggregate as saved.
   */
  update(id: string, change: (aggregate: A) => unknown, options?: { readonly retries?: number }): Promise<A>;
  /** Folds the events of an aggregate one by one. @throws IncorrectUsageError for one that is stored as its state. */
  history(id: string, options?: HistoryOptions): AsyncGenerator<HistoryStep, void, undefined>;
  /** Lists the ids of all aggregates of the class, a page at a time, in the order of their UTF-8 bytes. */
  ids(options?: { readonly after?: string }): AsyncGenerator<string, void, undefined>;
  /** Counts the aggregates of the class. */
  count(): Promise<number>;
}
