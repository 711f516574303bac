import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Row } from "../ports/table";

/** Gives the row of an aggregate as it was loaded or last saved; undefined where there is none. */
export function storedRow(aggregate: AggregateRoot): Row | undefined {
  return lifeOf(aggregate).row;
}

/** Notes the row of an aggregate as it is stored now; undefined where there is none. */
export function noteStoredRow(aggregate: AggregateRoot, row: Row | undefined): void {
  lifeOf(aggregate).row = row;
}
