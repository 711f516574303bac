import type { Row, Table } from "../ports/table";
import type { RowCodec } from "../rows/row-codec";
import type { FoldedEvent } from "./folded-event";

/** How one projection folds events into rows. `R` is a row in hand: what the next event is folded into. */
export interface RowFolding<R extends object = object> {
  readonly projection: string;
  readonly table: Table;
  /** The columns that views of the projection show. */
  readonly codec: RowCodec;
  /** The aggregates whose events it takes, by their categories. */
  readonly categories: readonly string[];
  /** Whether events of this stored type are for it. */
  wants(type: string): boolean;
  /**
   * Lists what an event does, in order.
   * @throws FoldFailure for an event that cannot be read, or whose rows cannot be told.
   */
  stepsOf(event: FoldedEvent): readonly FoldStep<R>[];
  decode(row: Row): R;
  /** @throws FoldFailure for a row that cannot be stored. */
  encode(key: string, row: R, revision: number): Row;
}

/** What one method does to one row for one event. */
export interface FoldStep<R extends object = object> {
  /** The method as sentences name it: `AccountSummary.deposited`. */
  readonly place: string;
  readonly key: string;
  /** Whether it makes a missing row. */
  readonly creates: boolean;
  /**
   * Folds the event into the row.
   *
   * @param row changed in place; undefined where it is missing.
   * @returns the row; undefined where there is none any more.
   * @throws FoldFailure
   */
  apply(row: R | undefined, event: FoldedEvent): R | undefined;
}
