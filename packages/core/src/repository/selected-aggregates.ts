import type { FieldsOf } from "../elements/aggregate";
import type { AggregateRoot } from "../elements/aggregate-root";
import { Selection } from "../rows/selection";

/**
 * Aggregates of one class that are selected by their fields, as a view selects rows:
 * `domain.repositoryFor(Customer).where("status", "=", "ACTIVE")`.
 *
 * A selection sees what is stored. Its results are aggregates, to be changed and added. Inside a unit of work they are the unit's own
 * instances: one that the unit has loaded comes with its present changes, one that the unit deletes is left out, and one that the unit
 * has made is not stored yet. The unit keeps all of them until it ends, those of `stream()` as well.
 */
export class SelectedAggregates<A extends AggregateRoot, Fields extends object = FieldsOf<A>> extends Selection<
  Fields,
  A
> {}
