import { type Answer, answered } from "../ports/answer";
import type { Operation } from "../ports/operations";
import type { ReadModelStore } from "../ports/read-model-store";
import type { Row } from "../ports/table";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Attempt, ConsumerFailure, Consumption, Feed } from "../subscriptions/reading/consumer";
import { failureAt } from "./fold-failure";
import { type FailedEvent, foldPlanned, type PlannedSteps, plannedSteps, type RowsInHand } from "./planned-steps";
import { newRevision } from "./revision";
import { RowCache } from "./row-cache";
import type { RowFolding } from "./row-folding";

/** How many rows are kept for the next batch, where they are small, and where they hold nested values. */
const CACHED_ROWS = 4_096;
const CACHED_NESTED_ROWS = 512;

/** Events on their way into the rows of a projection, and the key that is to be done of each; undefined for all of them. */
interface Batch {
  readonly events: readonly ConsumedEvent[];
  readonly takes: Attempt["takes"];
}

/**
 * Folds batches of events into the rows of a projection: the rows are read at once, folded in memory, and written at once, together
 * with the checkpoint.
 */
export class ProjectionFeed<R extends object = object> implements Feed {
  readonly #cache: RowCache<R>;
  /** True from a batch until what it gave is stored: what the cache holds may be ahead of the store. */
  #isAhead = false;

  constructor(
    private readonly folding: RowFolding<R>,
    private readonly readModels: Pick<ReadModelStore, "rows">,
  ) {
    const { columns } = folding.table;
    this.#cache = new RowCache(columns.some(({ type }) => type === "json") ? CACHED_NESTED_ROWS : CACHED_ROWS);
  }

  /** Forgets the rows of earlier batches: others may have written them since. */
  forget(): void {
    this.#cache.clear();
    this.#isAhead = false;
  }

  consume(events: readonly ConsumedEvent[], { takes }: Pick<Attempt, "takes">): Answer<Consumption> {
    if (this.#isAhead) this.forget();
    return this.#consume({ events, takes }, undefined);
  }

  /** @param later why the event behind these could not be done. */
  #consume(batch: Batch, later: FailedEvent | undefined): Answer<Consumption> {
    const { events, takes } = batch;
    return this.#withRows(plannedSteps(this.folding, events, takes), (planned, rows) => {
      const changed = new Set<string>();
      const failed = foldPlanned(planned, events, rows, changed);
      if (failed !== undefined) return this.#upTo(failed, batch);
      let operations: readonly Operation[];
      try {
        operations = this.#operations(rows, changed);
      } catch (error) {
        return this.#upToUnstorable(batch, error);
      }
      this.#keep(rows, changed);
      const consumption = { done: events.length, operations, stored: this.#stored };
      if (later === undefined) return consumption;
      // Somebody else goes on with its row.
      if (later.key !== undefined) this.#cache.delete(later.key);
      return { ...consumption, failure: failureOf(later) };
    });
  }

  /** Folds again, from the rows as they are stored, what came before an event that failed: the failure left rows half changed. */
  #upTo(failed: FailedEvent, { events, takes }: Batch): Answer<Consumption> {
    this.forget();
    if (failed.index === 0) return { done: 0, operations: [], failure: failureOf(failed) };
    return this.#consume({ events: events.slice(0, failed.index), takes }, failed);
  }

  /** Finds the event after which a row cannot be stored. */
  #upToUnstorable(batch: Batch, error: unknown): Answer<Consumption> {
    this.forget();
    const { folding } = this;
    const { events, takes } = batch;
    return this.#withRows(plannedSteps(folding, events, takes), (planned, rows) => {
      const encoded = (key: string, row: R) => void folding.encode(key, row, 0);
      const failed = foldPlanned(planned, events, rows, new Set(), encoded);
      // A fold that gives other rows the second time is not pure: no event can be blamed.
      const unknown = { index: 0, failure: failureAt(folding.projection, error), key: undefined };
      return this.#upTo(failed ?? unknown, batch);
    });
  }

  #withRows(
    planned: PlannedSteps<R>,
    next: (planned: PlannedSteps<R>, rows: RowsInHand<R>) => Answer<Consumption>,
  ): Answer<Consumption> {
    const rows: RowsInHand<R> = new Map();
    const unknown: string[] = [];
    for (const key of planned.keys) {
      const row = this.#cache.get(key);
      if (row === undefined) unknown.push(key);
      else rows.set(key, row);
    }
    if (unknown.length === 0) return next(planned, rows);
    const { table } = this.folding;
    return answered(this.readModels.rows(table, unknown), (stored) => {
      for (const row of stored) rows.set(row[0] as string, this.folding.decode(row));
      return next(planned, rows);
    });
  }

  #operations(rows: RowsInHand<R>, changed: ReadonlySet<string>): readonly Operation[] {
    const { table } = this.folding;
    const upserts: Row[] = [];
    const deletes: string[] = [];
    for (const key of changed) {
      const row = rows.get(key);
      if (row === undefined) deletes.push(key);
      else upserts.push(this.folding.encode(key, row, newRevision()));
    }
    const operations: Operation[] = [];
    if (upserts.length > 0) operations.push({ kind: "upsertRows", table, rows: upserts });
    if (deletes.length > 0) operations.push({ kind: "deleteRows", table, keys: deletes });
    return operations;
  }

  #keep(rows: RowsInHand<R>, changed: ReadonlySet<string>): void {
    this.#isAhead = changed.size > 0;
    for (const [key, row] of rows) {
      if (row === undefined) this.#cache.delete(key);
      else this.#cache.set(key, row);
    }
  }

  readonly #stored = (): void => {
    this.#isAhead = false;
  };
}

function failureOf({ failure: { error, place }, key }: FailedEvent): ConsumerFailure {
  return { error, place, ...(key !== undefined && { key }), isRetryable: false };
}
