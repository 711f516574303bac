import { UniqueViolationError } from "../../errors/unique-violation-error";
import type { Index, Row, Table } from "../table";
import { valueIdentity } from "../value-order";

/** A unique index of a table: which row has which values. */
export class UniqueRows {
  /** The keys of rows by their values in the columns of the index. */
  readonly #holders = new Map<string, string>();
  readonly #columns;

  constructor(
    table: Table,
    private readonly index: Index,
  ) {
    this.#columns = index.columns.map((column) => {
      const position = table.columns.findIndex(({ name }) => name === column);
      return { position, identity: valueIdentity(table.columns[position]!.type) };
    });
  }

  /**
   * Checks rows that are to be stored together.
   * @param isReplaced says of a key whether its stored row is to be replaced or deleted in the same transaction.
   * @param table what the table is called now, for the error.
   * @throws UniqueViolationError
   */
  check(rows: Iterable<Row>, isReplaced: (key: string) => boolean, table: string): void {
    const taken = new Set<string>();
    for (const row of rows) {
      const values = this.#valuesOf(row);
      if (values === undefined) continue;
      const holder = this.#holders.get(values);
      if (taken.has(values) || (holder !== undefined && !isReplaced(holder)))
        throw new UniqueViolationError({ table, columns: this.index.columns });
      taken.add(values);
    }
  }

  add(row: Row): void {
    const values = this.#valuesOf(row);
    if (values !== undefined) this.#holders.set(values, String(row[0]));
  }

  remove(row: Row): void {
    const values = this.#valuesOf(row);
    if (values !== undefined && this.#holders.get(values) === row[0]) this.#holders.delete(values);
  }

  /** Undefined where one of them is null: such rows never collide. */
  #valuesOf(row: Row): string | undefined {
    const values = this.#columns.map(({ position, identity }) => identity(row[position]!));
    return values.includes(null) ? undefined : JSON.stringify(values);
  }
}
