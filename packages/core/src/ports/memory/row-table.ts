import type { DeleteRows, UpsertRows } from "../operations";
import { checkQuery, guardedColumn } from "../query-fault";
import { refusedRow } from "../refused-operation";
import type { RowQuery } from "../row-query";
import type { Column, ColumnValue, Row, Table } from "../table";
import { valueOrder } from "../value-order";
import { rowTest } from "./row-conditions";
import { UniqueRows } from "./unique-rows";

/** What a transaction changes in one table: a row by its key, or undefined where it deletes the row. */
export type RowChanges = Map<string, Row | undefined>;

/** A table in memory. */
export class RowTable {
  readonly #rows = new Map<string, Row>();
  /** By the names of their columns. */
  readonly #uniques = new Map<string, UniqueRows>();

  /** The columns in words. */
  columns: string;

  constructor(private table: Table) {
    this.columns = describedColumns(table);
    this.addIndexes(table);
  }

  get storedColumns(): readonly Column[] {
    return this.table.columns;
  }

  /**
   * Adds columns, which hold their defaults in all rows, and the unique indexes that are missing.
   * @throws UniqueViolationError where the rows do not fit one; nothing is added then.
   */
  extend(added: readonly Column[], { indexes = [] }: Table): void {
    const [table, rows] = [this.table, [...this.#rows]];
    const values = added.map((column) => column.default ?? null);
    this.table = { ...table, columns: Object.freeze([...table.columns, ...added]) };
    this.columns = describedColumns(this.table);
    for (const [key, row] of rows) this.#rows.set(key, Object.freeze([...row, ...values]));
    try {
      this.addIndexes({ ...this.table, indexes });
    } catch (error) {
      this.table = table;
      this.columns = describedColumns(table);
      for (const [key, row] of rows) this.#rows.set(key, row);
      throw error;
    }
  }

  rename(name: string): void {
    this.table = { ...this.table, name };
  }

  /** Adds the unique indexes that are missing. @throws UniqueViolationError where the rows do not fit one; none is added then. */
  addIndexes({ indexes = [] }: Table): void {
    const added = indexes
      .filter(({ columns, isUnique }) => isUnique && !this.#uniques.has(columns.join()))
      .map((index) => ({ index, unique: new UniqueRows(this.table, index) }));
    for (const { unique } of added) unique.check(this.#rows.values(), () => false, this.table.name);
    for (const { index, unique } of added) {
      for (const row of this.#rows.values()) unique.add(row);
      this.#uniques.set(index.columns.join(), unique);
    }
  }

  /** Gives rows of this table as those of a table that names all of its columns, or some. */
  partsOf(rows: readonly Row[], { columns, isPartial }: Table): readonly Row[] {
    if (!isPartial) return rows;
    const places = columns.map(({ name }) => this.#indexOf(name));
    return rows.map((row) => Object.freeze(places.map((place) => row[place]!)));
  }

  /** Gives a row of a table that names all of the columns, or some, as a row of this table; the other columns are as they are stored. */
  completed(row: Row, { columns, isPartial }: Table): Row {
    if (!isPartial) return Object.freeze([...row]);
    const stored = this.#rows.get(String(row[0]));
    const places = new Map(columns.map(({ name }, index) => [name, index]));
    const valueIn = (column: Column, index: number): ColumnValue => {
      const place = places.get(column.name);
      return place !== undefined ? row[place]! : stored !== undefined ? stored[index]! : (column.default ?? null);
    };
    return Object.freeze(this.table.columns.map(valueIn));
  }

  rows(keys: readonly string[]): readonly Row[] {
    return Array.from(new Set(keys), (key) => this.#rows.get(key)).filter((row) => row !== undefined);
  }

  query(query: RowQuery): readonly Row[] {
    checkQuery(query);
    const { orderBy, after, limit } = query;
    const order = orderBy.map(({ column, direction }) => {
      const index = this.#indexOf(column);
      return { index, compare: valueOrder(this.table.columns[index]!.type), sign: direction === "asc" ? 1 : -1 };
    });
    let rows = this.#matching(query);
    if (after !== undefined) {
      const isBehind = (row: Row) => {
        for (const [at, { index, compare, sign }] of order.entries()) {
          const difference = compare(row[index]!, after[at]!) * sign;
          if (difference !== 0) return difference > 0;
        }
        return false;
      };
      rows = rows.filter(isBehind);
    }
    rows.sort((a, b) => {
      for (const { index, compare, sign } of order) {
        const difference = compare(a[index]!, b[index]!) * sign;
        if (difference !== 0) return difference;
      }
      return 0;
    });
    return limit === undefined ? rows : rows.slice(0, limit);
  }

  count(query: Pick<RowQuery, "table" | "where">): number {
    checkQuery({ table: query.table, where: query.where });
    return this.#matching(query).length;
  }

  /** @throws OperationConflictError where a row is not what the guard of an operation says. */
  checkGuard({ table, guard, ...operation }: UpsertRows | DeleteRows): void {
    if (guard === undefined) return;
    const keys = operation.kind === "upsertRows" ? operation.rows.map(([key]) => String(key)) : operation.keys;
    guardedColumn(table, guard, keys.length);
    const column = this.#indexOf(guard.column);
    for (const [index, key] of keys.entries()) {
      const row = this.#rows.get(key);
      const expected = guard.expected[index]!;
      const isAsExpected = expected === null ? row === undefined : row?.[column] === expected;
      if (!isAsExpected) throw refusedRow({ table, key, guard, expected, actual: row && row[column]! });
    }
  }

  /** @throws UniqueViolationError where the changes would leave two rows with the same values. */
  checkUnique(changes: RowChanges): void {
    for (const unique of this.#uniques.values()) {
      const rows = [...changes.values()].filter((row) => row !== undefined);
      unique.check(rows, (key) => changes.has(key), this.table.name);
    }
  }

  apply(changes: RowChanges): void {
    for (const key of changes.keys()) {
      const stored = this.#rows.get(key);
      if (stored !== undefined) for (const unique of this.#uniques.values()) unique.remove(stored);
    }
    for (const [key, row] of changes) {
      if (row === undefined) this.#rows.delete(key);
      else {
        this.#rows.set(key, row);
        for (const unique of this.#uniques.values()) unique.add(row);
      }
    }
  }

  #matching({ where }: Pick<RowQuery, "where">): Row[] {
    const holds = rowTest(this.table, where);
    const key = this.table.columns[0]!.name;
    const ofOneRow = where.find(({ column, operator }) => column === key && operator === "=");
    const rows = ofOneRow?.operator === "=" ? this.rows([String(ofOneRow.value)]) : this.#rows.values();
    return Array.from(rows).filter(holds);
  }

  #indexOf(column: string): number {
    return this.table.columns.findIndex(({ name }) => name === column);
  }
}

/** Describes the columns of a table in words. */
export function describedColumns({ columns }: Table): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(", ");
}
