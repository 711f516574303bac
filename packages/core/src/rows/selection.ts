import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { type Answer, answered } from "../ports/answer";
import type { RowCondition, RowOrder, RowQuery } from "../ports/row-query";
import type { Row } from "../ports/table";
import { checkIdentifier } from "../schema/identifier";
import { inWords } from "../wording/in-words";
import type { FieldOf, OperandOf, OperatorOf } from "./comparisons";
import { cursorOf, placeIn, placeOf } from "./page-cursor";
import { rowCondition, selectableField } from "./row-condition";
import type { RowSource } from "./row-source";

/** Which rows are selected, and in which order. */
interface Selected {
  readonly where: readonly RowCondition[];
  readonly orderBy: readonly RowOrder[];
  readonly limit?: number | undefined;
}

const EVERYTHING: Selected = { where: [], orderBy: [] };

/** A page of rows. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Where the next page starts, as text that is safe in a URL; absent on the last page. */
  readonly next?: string;
}

/** How many rows `stream()` reads at once. */
const STREAMED_AT_ONCE = 500;

/**
 * A selection of rows that have fields, to be read as objects of a class.
 *
 * A selection never changes: `where`, `orderBy` and `limit` give another one. Without `orderBy` rows come in the order of their keys. Null
 * comes before every other value.
 */
export class Selection<Fields extends object, T extends object> {
  readonly #source: RowSource<T>;
  readonly #selected: Selected;

  constructor(source: RowSource<T>, selected: Selected = EVERYTHING) {
    this.#source = source;
    this.#selected = selected;
  }

  /** The names of the fields of its rows, the key first. */
  get fields(): readonly string[] {
    return this.#source.codec.fields.map(({ field }) => field);
  }

  /** Reads the row with a key. @throws ObjectNotFoundError where there is none, or `where` leaves it out. */
  async get(key: string): Promise<T> {
    const row = await this.find(key);
    if (row !== undefined) return row;
    throw new ObjectNotFoundError({ aggregate: this.#source.name, id: key });
  }

  /** Reads the row with a key; undefined where there is none, or `where` leaves it out. */
  async find(key: string): Promise<T | undefined> {
    const { name, table, readModels } = this.#source;
    checkIdentifier(key, name);
    const { where } = this.#selected;
    const ofKey: RowCondition = { column: this.#keyColumn, operator: "=", value: key };
    const [row] =
      where.length === 0
        ? await readModels.rows(table, [key])
        : await this.#rows({ where: [...where, ofKey], limit: 1 });
    return row && (await this.#source.object(row));
  }

  /**
   * Keeps the rows whose field compares so with a value. All conditions of a selection hold for each row.
   * @throws IncorrectUsageError for a field that the rows do not have, or an operator or value that does not fit the field.
   */
  where<F extends FieldOf<Fields>, O extends OperatorOf<Fields[F]>>(
    field: F,
    operator: O,
    value: OperandOf<Fields[F], O>,
  ): this {
    const condition = rowCondition(this.#source, field, operator, value);
    return this.#with({ where: [...this.#selected.where, condition] });
  }

  /** Orders the rows by a field; those with equal values by the fields of further calls, and in the end by their keys. */
  orderBy(field: FieldOf<Fields>, direction: "asc" | "desc" = "asc"): this {
    const { column } = selectableField(this.#source, field);
    const { orderBy } = this.#selected;
    const refuse = (reason: string) =>
      new IncorrectUsageError(`Cannot order ${this.#source.name} by "${field}": ${reason}`);
    if (direction !== "asc" && direction !== "desc")
      throw refuse(`the direction is "asc" or "desc", not ${inWords(direction)}`);
    if (column.type === "json") throw refuse("its values are stored as JSON, which has no order");
    if (orderBy.some((order) => order.column === column.name)) throw refuse("it is ordered by that field already");
    return this.#with({ orderBy: [...orderBy, { column: column.name, direction }] });
  }

  /** Gives at most so many rows. */
  limit(count: number): this {
    return this.#with({ limit: wholeNumber(count, 0, `Cannot limit ${this.#source.name}`) });
  }

  /** Reads all rows, from one moment. */
  async all(): Promise<readonly T[]> {
    return this.#objects(await this.#rows({}));
  }

  /** Reads the first row; undefined where there is none. */
  async first(): Promise<T | undefined> {
    for await (const object of this.#walk(1)) return object;
    return undefined;
  }

  /** Counts the rows, without reading them. */
  async count(): Promise<number> {
    const { readModels, table } = this.#source;
    const { where, limit = Number.POSITIVE_INFINITY } = this.#selected;
    return Math.min(await readModels.count({ table, where }), limit);
  }

  /**
   * Reads one page of rows. The next page starts behind the last row of this one, whatever was written meanwhile.
   *
   * @param options `after` is the `next` of the page before; absent for the first page.
   * @throws ValidationError for an `after` that is not the place of a page of this selection; IncorrectUsageError together with `limit`.
   */
  async page(options: { readonly size: number; readonly after?: string | undefined }): Promise<Page<T>> {
    const { size, after } = options ?? {};
    const attempted = `Cannot read a page of ${this.#source.name}`;
    wholeNumber(size, 1, attempted);
    if (this.#selected.limit !== undefined)
      throw new IncorrectUsageError(`${attempted}: it has a limit; leave that out, "size" limits the page`);
    const query = this.#query({ limit: size + 1 });
    const place = after === undefined ? undefined : placeIn(after, query, attempted);
    const rows = await this.#read(place === undefined ? query : { ...query, after: place });
    const shown = await this.#objects(rows.slice(0, size));
    return rows.length > size ? { rows: shown, next: cursorOf(rows[size - 1]!, query) } : { rows: shown };
  }

  /** Reads row after row, in constant memory. Rows that change meanwhile are given as they are when their turn comes. */
  stream(): AsyncGenerator<T, void, undefined> {
    return this.#walk(STREAMED_AT_ONCE);
  }

  async *#walk(atOnce: number): AsyncGenerator<T, void, undefined> {
    let left = this.#selected.limit ?? Number.POSITIVE_INFINITY;
    let query = this.#query({ limit: Math.min(atOnce, left) });
    while (left > 0) {
      const rows = await this.#read(query);
      for (const row of rows) {
        const object = await this.#source.object(row);
        if (object !== undefined) yield object;
      }
      left -= rows.length;
      if (rows.length < (query.limit as number)) return;
      query = { ...query, limit: Math.min(atOnce, left), after: placeOf(rows.at(-1)!, query) };
    }
  }

  async #objects(rows: readonly Row[]): Promise<readonly T[]> {
    const objects: T[] = [];
    for (const row of rows) {
      const made = this.#source.object(row);
      const object = made instanceof Promise ? await made : made;
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  get #keyColumn(): string {
    return this.#source.table.columns[0]!.name;
  }

  #with(changes: Partial<Selected>): this {
    const type = this.constructor as new (source: RowSource<T>, selected: Selected) => this;
    return new type(this.#source, { ...this.#selected, ...changes });
  }

  #rows(changes: Partial<Selected>): Answer<readonly Row[]> {
    return this.#read(this.#query(changes));
  }

  #query(changes: Partial<Selected>): RowQuery {
    const { where, orderBy, limit } = { ...this.#selected, ...changes };
    const key = this.#keyColumn;
    const order = orderBy.some(({ column }) => column === key)
      ? orderBy.slice(0, orderBy.findIndex(({ column }) => column === key) + 1)
      : [...orderBy, { column: key, direction: "asc" } as const];
    return { table: this.#source.table, where, orderBy: order, ...(limit !== undefined && { limit }) };
  }

  #read(query: RowQuery): Answer<readonly Row[]> {
    if (query.limit === 0) return [];
    return answered(this.#source.readModels.query(query), (rows) => rows);
  }
}

function wholeNumber(value: number, least: number, attempted: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new IncorrectUsageError(`${attempted}: expected a whole number from ${least}, found ${inWords(value)}`);
}
