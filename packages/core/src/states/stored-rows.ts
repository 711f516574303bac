import type { AggregateRoot } from "../elements/aggregate-root";
import type { Row } from "../ports/table";

/** The rows of aggregates in hand, as they are stored: what a save compares and replaces. */
const rows = new WeakMap<AggregateRoot, Row>();

/** Gives the row of an aggregate as it was loaded or last saved; undefined where there is none. */
export function storedRow(aggregate: AggregateRoot): Row | undefined {
  return rows.get(aggregate);
}

/** Notes the row of an aggregate as it is stored now; undefined where there is none. */
export function noteStoredRow(aggregate: AggregateRoot, row: Row | undefined): void {
  if (row === undefined) rows.delete(aggregate);
  else rows.set(aggregate, row);
}
