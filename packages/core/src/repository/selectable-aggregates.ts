import type { FieldsOf } from "../elements/aggregate";
import type { AggregateRoot } from "../elements/aggregate-root";
import type { FieldOf, OperandOf, OperatorOf } from "../rows/comparisons";
import type { Page } from "../rows/selection";
import type { SelectedAggregates } from "./selected-aggregates";

/**
 * The aggregates of one class, to be selected by their fields. The second parameter makes the compiler list the fields where it does
 * not know one.
 */
export abstract class SelectableAggregates<A extends AggregateRoot, Fields extends object = FieldsOf<A>> {
  /** All of them. @throws IncorrectUsageError for aggregates that have no rows. */
  protected abstract get everything(): SelectedAggregates<A, Fields>;

  /**
   * Selects the aggregates of which a stored field compares so with a value; see `SelectedAggregates`.
   * @throws IncorrectUsageError for a class that is stored as events alone, for a field that the state does not have, and for an operator
   *   or value that does not fit the field.
   */
  where<F extends FieldOf<Fields>, O extends OperatorOf<Fields[F]>>(
    field: F,
    operator: O,
    value: OperandOf<Fields[F], O>,
  ): SelectedAggregates<A, Fields> {
    return this.everything.where(field, operator, value);
  }

  /** Selects all aggregates, in the order of a field. @throws IncorrectUsageError as `where` does. */
  orderBy(field: FieldOf<Fields>, direction?: "asc" | "desc"): SelectedAggregates<A, Fields> {
    return this.everything.orderBy(field, direction);
  }

  /** Selects at most so many aggregates, in the order of their ids. @throws IncorrectUsageError as `where` does. */
  limit(count: number): SelectedAggregates<A, Fields> {
    return this.everything.limit(count);
  }

  /** Reads all aggregates, in the order of their ids. @throws IncorrectUsageError as `where` does. */
  async all(): Promise<readonly A[]> {
    return await this.everything.all();
  }

  /** Reads the aggregate whose id comes first; undefined where there is none. @throws IncorrectUsageError as `where` does. */
  async first(): Promise<A | undefined> {
    return await this.everything.first();
  }

  /** Reads one page of aggregates, in the order of their ids. @throws IncorrectUsageError and ValidationError as `View.page` does. */
  async page(options: { readonly size: number; readonly after?: string | undefined }): Promise<Page<A>> {
    return await this.everything.page(options);
  }

  /** Reads aggregate after aggregate, in the order of their ids. @throws IncorrectUsageError as `where` does. */
  async *stream(): AsyncGenerator<A, void, undefined> {
    yield* this.everything.stream();
  }
}
