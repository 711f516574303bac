import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row, Table } from "../../ports/table";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { failureAt } from "../fold-failure";
import { foldPlanned, keysOf, plannedSteps } from "../planned-steps";
import type { RowFolding } from "../row-folding";
import { foldFailed } from "./fold-failed";
import type { FoldedPages } from "./folded-pages";
import { ShadowRows } from "./shadow-rows";

interface SingleRowsParts {
  readonly folding: RowFolding;
  readonly pages: FoldedPages;
  readonly readModels: Pick<ReadModelStore, "rows">;
  /** The table with the rows as they are at `position`. */
  readonly table: Table;
  readonly position: number;
  readonly keys: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** Folds single rows on, in memory. */
export class SingleRows {
  readonly #parts: SingleRowsParts;
  readonly #rows: ShadowRows;
  #position: number;
  #events = 0;

  constructor(parts: SingleRowsParts) {
    this.#parts = parts;
    this.#position = parts.position;
    const { folding, table, readModels, keys } = parts;
    this.#rows = new ShadowRows({ folding, table, readModels, isNew: false, rows: keys.size });
  }

  get position(): number {
    return this.#position;
  }

  /** How many events were folded. */
  get events(): number {
    return this.#events;
  }

  /**
   * Folds up to a position, or to the end.
   * @param isWanted whether an event is to be folded into a row; all of them by default.
   */
  async upTo(last: number, isWanted: (key: string, event: ConsumedEvent) => boolean = () => true): Promise<void> {
    const { pages, folding, keys, signal } = this.#parts;
    for (let isAtEnd = this.#position >= last; !isAtEnd; ) {
      signal?.throwIfAborted();
      const { events, upTo, atEnd, unknown } = await pages.behind(this.#position, last);
      for (const event of events) {
        if (!keysOf(folding, event).some((key) => keys.has(key))) continue;
        await this.#fold(event, (key) => keys.has(key) && isWanted(key, event));
      }
      if (unknown !== undefined && keys.has(unknown.event.aggregateId))
        throw foldFailed(folding.projection, unknown.event, failureAt(folding.projection, unknown.error));
      this.#position = unknown?.event.globalPosition ?? upTo;
      isAtEnd = unknown === undefined && atEnd;
    }
  }

  /** The row as it would be stored; undefined where there is none. */
  async encoded(key: string, revision: number): Promise<Row | undefined> {
    await this.#rows.hold([key]);
    const row = this.#rows.get(key);
    return row && this.#parts.folding.encode(key, row, revision);
  }

  async #fold(event: ConsumedEvent, takes: (key: string) => boolean): Promise<void> {
    const { folding } = this.#parts;
    const planned = plannedSteps(folding, [event], takes);
    await this.#rows.hold(planned.keys);
    const failed = foldPlanned(planned, [event], this.#rows, this.#rows);
    if (failed !== undefined) throw foldFailed(folding.projection, event, failed.failure);
    if (planned.steps.length > 0) this.#events++;
  }
}
