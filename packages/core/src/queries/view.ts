import type { ProjectionRoot, RowOf } from "../elements/projection";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { type Answer, answered } from "../ports/answer";
import type { RowCondition, RowOrder, RowQuery } from "../ports/row-query";
import type { Row } from "../ports/table";
import { deeplyFrozen } from "../schema/copying";
import { checkIdentifier } from "../schema/identifier";
import { inWords } from "../wording/in-words";
import { cursorOf, placeIn, placeOf } from "./page-cursor";
import { rowCondition, viewedField } from "./row-condition";
import type { ViewSource } from "./view-source";
import type { FieldOf, OperandOf, OperatorOf } from "./view-types";

/** Which rows a view gives. */
interface Selection {
  readonly where: readonly RowCondition[];
  readonly orderBy: readonly RowOrder[];
  readonly limit?: number | undefined;
}

/** A page of rows. */
export interface Page<P> {
  readonly rows: readonly P[];
  /** Where the next page starts, as text that is safe in a URL; absent on the last page. */
  readonly next?: string;
}

/** How many rows `stream()` reads at once. */
const STREAMED_AT_ONCE = 500;

const EVERYTHING: Selection = { where: [], orderBy: [] };

/**
 * The rows of a projection, to be read: `domain.viewOf(AccountSummary)`. Rows are frozen instances of the projection's class.
 *
 * A view never changes: `where`, `orderBy` and `limit` give another one. Without `orderBy` rows come in the order of their keys. Null
 * comes before every other value.
 */
export class View<P extends ProjectionRoot> {
  readonly #source: ViewSource;
  readonly #selection: Selection;

  constructor(source: ViewSource, selection: Selection = EVERYTHING) {
    this.#source = source;
    this.#selection = selection;
  }

  /** The names of the fields of its rows, the key first. */
  get fields(): readonly string[] {
    return this.#source.folding.codec.fields.map(({ field }) => field);
  }

  /** Reads the row with a key. @throws ObjectNotFoundError where there is none, or `where` leaves it out. */
  async get(key: string): Promise<P> {
    const row = await this.find(key);
    if (row !== undefined) return row;
    throw new ObjectNotFoundError({ aggregate: this.#source.model.name, id: key });
  }

  /** Reads the row with a key; undefined where there is none, or `where` leaves it out. */
  async find(key: string): Promise<P | undefined> {
    const { model, readModels, folding } = this.#source;
    checkIdentifier(key, model.name);
    const { where } = this.#selection;
    if (where.length === 0) {
      const [row] = await readModels.rows(folding.table, [key]);
      return row && this.#object(row);
    }
    const ofKey: RowCondition = { column: this.#keyColumn, operator: "=", value: key };
    const [row] = await this.#rows({ where: [...where, ofKey], limit: 1 });
    return row && this.#object(row);
  }

  /**
   * Keeps the rows whose field compares so with a value. All conditions of a view hold for each row.
   * @throws IncorrectUsageError for a field that the view does not have, or an operator or value that does not fit the field.
   */
  where<F extends FieldOf<RowOf<P>>, O extends OperatorOf<RowOf<P>[F]>>(
    field: F,
    operator: O,
    value: OperandOf<RowOf<P>[F], O>,
  ): View<P> {
    const condition = rowCondition(this.#source, field, operator, value);
    return this.#with({ where: [...this.#selection.where, condition] });
  }

  /** Orders the rows by a field; those with equal values by the fields of further calls, and in the end by their keys. */
  orderBy(field: FieldOf<RowOf<P>>, direction: "asc" | "desc" = "asc"): View<P> {
    const { column } = viewedField(this.#source, field);
    const { orderBy } = this.#selection;
    const refuse = (reason: string) => new IncorrectUsageError(`Cannot order ${this.#name} by "${field}": ${reason}`);
    if (direction !== "asc" && direction !== "desc")
      throw refuse(`the direction is "asc" or "desc", not ${inWords(direction)}`);
    if (column.type === "json") throw refuse("its values are stored as JSON, which has no order");
    if (orderBy.some((order) => order.column === column.name)) throw refuse("it is ordered by that field already");
    return this.#with({ orderBy: [...orderBy, { column: column.name, direction }] });
  }

  /** Gives at most so many rows. */
  limit(count: number): View<P> {
    return this.#with({ limit: wholeNumber(count, 0, `Cannot limit ${this.#name}`) });
  }

  /** Reads all rows, from one moment. */
  async all(): Promise<readonly P[]> {
    const rows = await this.#rows({});
    return rows.map((row) => this.#object(row));
  }

  /** Reads the first row; undefined where there is none. */
  async first(): Promise<P | undefined> {
    const [row] = await this.#rows({ limit: Math.min(1, this.#selection.limit ?? 1) });
    return row && this.#object(row);
  }

  /** Counts the rows, without reading them. */
  async count(): Promise<number> {
    const { readModels, folding } = this.#source;
    const { where, limit = Number.POSITIVE_INFINITY } = this.#selection;
    return Math.min(await readModels.count({ table: folding.table, where }), limit);
  }

  /**
   * Reads one page of rows. The next page starts behind the last row of this one, whatever was written meanwhile.
   *
   * @param options `after` is the `next` of the page before; absent for the first page.
   * @throws ValidationError for an `after` that is not the place of a page of this view; IncorrectUsageError together with `limit`.
   */
  async page(options: { readonly size: number; readonly after?: string | undefined }): Promise<Page<P>> {
    const { size, after } = options;
    const attempted = `Cannot read a page of ${this.#name}`;
    wholeNumber(size, 1, attempted);
    if (this.#selection.limit !== undefined)
      throw new IncorrectUsageError(`${attempted}: the view has a limit; leave it out, "size" limits the page`);
    const query = this.#query({ limit: size + 1 });
    const place = after === undefined ? undefined : placeIn(after, query, attempted);
    const rows = await this.#read(place === undefined ? query : { ...query, after: place });
    const shown = rows.slice(0, size).map((row) => this.#object(row));
    return rows.length > size ? { rows: shown, next: cursorOf(rows[size - 1]!, query) } : { rows: shown };
  }

  /** Reads row after row, in constant memory. Rows that change meanwhile are given as they are when their turn comes. */
  async *stream(): AsyncGenerator<P, void, undefined> {
    let left = this.#selection.limit ?? Number.POSITIVE_INFINITY;
    let query = this.#query({ limit: Math.min(STREAMED_AT_ONCE, left) });
    while (left > 0) {
      const rows = await this.#read(query);
      for (const row of rows) yield this.#object(row);
      left -= rows.length;
      if (rows.length < (query.limit as number)) return;
      query = { ...query, limit: Math.min(STREAMED_AT_ONCE, left), after: placeOf(rows.at(-1)!, query) };
    }
  }

  get #name(): string {
    return this.#source.model.name;
  }

  get #keyColumn(): string {
    return this.#source.folding.table.columns[0]!.name;
  }

  #with(changes: Partial<Selection>): View<P> {
    return new View(this.#source, { ...this.#selection, ...changes });
  }

  #rows(changes: Partial<Selection>): Answer<readonly Row[]> {
    return this.#read(this.#query(changes));
  }

  #query(changes: Partial<Selection>): RowQuery {
    const { where, orderBy, limit } = { ...this.#selection, ...changes };
    const key = this.#keyColumn;
    const order = orderBy.some(({ column }) => column === key)
      ? orderBy.slice(0, orderBy.findIndex(({ column }) => column === key) + 1)
      : [...orderBy, { column: key, direction: "asc" } as const];
    const { table } = this.#source.folding;
    return { table, where, orderBy: order, ...(limit !== undefined && { limit }) };
  }

  #read(query: RowQuery): Answer<readonly Row[]> {
    if (query.limit === 0) return [];
    return answered(this.#source.readModels.query(query), (rows) => rows);
  }

  #object(row: Row): P {
    return deeplyFrozen(this.#source.folding.codec.decode(row)) as unknown as P;
  }
}

function wholeNumber(value: number, least: number, attempted: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new IncorrectUsageError(`${attempted}: expected a whole number from ${least}, found ${inWords(value)}`);
}
