import type { AggregateRoot } from "../elements/aggregate-root";
import type { HistoryOptions, HistoryStep } from "./aggregate-history";
import type { SelectableAggregates } from "./selectable-aggregates";
import type { TemporalOptions } from "./temporal-bounds";

/** Loads, selects and saves the aggregates of one class, however they are stored. */
export interface Repository<A extends AggregateRoot>
  extends Pick<SelectableAggregates<A>, "where" | "orderBy" | "limit" | "all" | "first" | "page" | "stream"> {
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
  /**
   * Deletes an aggregate: within a unit of work when that ends, else at once. Events that it has raised are stored with its deletion.
   * Afterwards its id can be used anew. An aggregate that is given by its id is loaded; where another writer was faster, once more.
   *
   * @throws ObjectNotFoundError when there is none with this id; ExpectedVersionError when an instance was saved by others since it was
   *   loaded; IncorrectUsageError where events are the truth: raise one that ends it.
   */
  delete(aggregate: A | string): Promise<void>;
  /**
   * Folds the events of an aggregate one by one, and gives for each what it changed and the state after it. For tools and for
   * debugging: nothing is saved, no snapshot is written, and memory holds a page of events. Gives nothing where there is no event.
   *
   * @throws IncorrectUsageError for an aggregate whose truth is its state.
   */
  history(id: string, options?: HistoryOptions): AsyncGenerator<HistoryStep, void, undefined>;
  /**
   * Lists the ids of all aggregates of the class, a page at a time, in the order of their UTF-8 bytes.
   * @param options.after begins behind this id, which need not exist: where an earlier list ended.
   */
  ids(options?: { readonly after?: string }): AsyncGenerator<string, void, undefined>;
  /** Not a method of a repository: call `add`. @throws IncorrectUsageError @deprecated */
  save(aggregate: "call add(aggregate), which saves it"): never;
  /** Counts the aggregates of the class. */
  count(): Promise<number>;
}
