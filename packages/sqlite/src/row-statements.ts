import { UniqueViolationError } from "@tidemark/core";
import { type Index, type Row, type RowGuard, refusedRow, type Table } from "@tidemark/core/adapter";
import { uniqueViolationIn } from "./database-errors";
import type { Command, Database, Query } from "./drivers/database";
import { RowQueries } from "./row-queries";
import { type BoundValue, boundRow, comparedColumn, describedColumns, rowIn, storedColumns } from "./stored-columns";

/** The statements of one table. */
export class RowStatements {
  readonly queries: RowQueries;
  private readonly selectByKey: Query<[string], BoundValue[]>;
  private readonly selectByKeys: Query<[string], BoundValue[]>;
  private readonly upsertOne: Command<BoundValue[]>;
  private readonly deleteOne: Command<[string]>;
  /** Sets the columns of unique indexes to null; absent where there are none. */
  private readonly giveUp: Command<[string]> | undefined;
  /** By the guarded column. */
  private readonly guarded = new Map<string, Query<[string], BoundValue>>();
  private readonly replacing = new Map<string, Command<BoundValue[]>>();

  constructor(
    private readonly database: Database,
    readonly table: Table,
  ) {
    const name = `"${table.name}"`;
    const key = `"${table.columns[0]!.name}"`;
    const columns = table.columns.map((column) => `"${column.name}"`);
    const stored = storedColumns(table).map((column) => `"${column}"`);
    const replaced = stored.slice(1).map((column) => `${column} = excluded.${column}`);
    const onConflict = replaced.length === 0 ? "NOTHING" : `UPDATE SET ${replaced.join(", ")}`;
    this.queries = new RowQueries(database, table);
    const select = `SELECT ${columns.join(", ")} FROM ${name} WHERE ${key}`;
    this.selectByKey = database.rows(`${select} = ?`);
    this.selectByKeys = database.rows(`${select} IN (SELECT value FROM json_each(?))`);
    this.upsertOne = database.prepare(
      `INSERT INTO ${name} (${stored.join(", ")}) VALUES (${stored.map(() => "?").join(", ")}) ON CONFLICT (${key}) DO ${onConflict}`,
    );
    this.deleteOne = database.prepare(`DELETE FROM ${name} WHERE ${key} = ?`);
    this.giveUp = this.prepareToGiveUp();
  }

  /** Whether these statements serve another object that describes the table, and keep its unique indexes. */
  isFor({ columns, indexes, isPartial }: Table): boolean {
    const { table } = this;
    if (isPartial !== table.isPartial || describedColumns(columns) !== describedColumns(table.columns)) return false;
    return indexes === table.indexes || uniqueColumns(indexes).join() === uniqueColumns(table.indexes).join();
  }

  rows(keys: readonly string[]): readonly Row[] {
    const [first] = keys;
    if (keys.length === 1) {
      const row = this.selectByKey.get(first!);
      return row === undefined ? [] : [rowIn(row, this.table.columns)];
    }
    return Array.from(this.selectByKeys.all(JSON.stringify(keys)), (row) => rowIn(row, this.table.columns));
  }

  /** @throws OperationConflictError where the row with one of the keys is not what the guard says. */
  checkGuard(keys: readonly string[], guard: RowGuard): void {
    let select = this.guarded.get(guard.column);
    if (select === undefined) {
      const { name, columns } = this.table;
      select = this.database.values(`SELECT "${guard.column}" FROM "${name}" WHERE "${columns[0]!.name}" = ?`);
      this.guarded.set(guard.column, select);
    }
    for (const [index, key] of keys.entries()) {
      const expected = guard.expected[index]!;
      const actual = select.get(key);
      const isAsExpected = expected === null ? actual === undefined : actual === expected;
      if (!isAsExpected) throw refusedRow({ table: this.table, key, guard, expected, actual });
    }
  }

  /**
   * Stores a row in the place of the one that the guard expects, in one statement.
   *
   * @throws OperationConflictError where there is none, or the guard is not met; UniqueViolationError
   */
  replace(row: Row, guard: RowGuard): void {
    const [key, ...values] = boundRow(row, this.table);
    const expected = guard.expected[0]!;
    let changes: number;
    try {
      ({ changes } = this.replacingBy(guard.column).run(...values, key!, expected));
    } catch (error) {
      const columns = uniqueViolationIn(error)?.columns;
      throw columns === undefined ? error : new UniqueViolationError({ table: this.table.name, columns }, error);
    }
    if (changes === 0) this.checkGuard([String(key)], guard);
  }

  delete(keys: readonly string[]): void {
    for (const key of keys) this.deleteOne.run(key);
  }

  /**
   * SQLite refuses a row as soon as another one has its values, even where that one is about to give them up in the same
   * transaction: those that come later give them up first then.
   *
   * @throws UniqueViolationError
   */
  upsert(rows: readonly Row[]): void {
    let haveGivenUp = false;
    for (const [index, row] of rows.entries()) {
      const bound = boundRow(row, this.table);
      try {
        this.upsertOne.run(...bound);
      } catch (error) {
        const columns = uniqueViolationIn(error)?.columns;
        if (columns === undefined) throw error;
        const violation = new UniqueViolationError({ table: this.table.name, columns }, error);
        if (haveGivenUp || this.giveUp === undefined) throw violation;
        this.giveUp.run(JSON.stringify(rows.slice(index + 1).map(([key]) => key)));
        haveGivenUp = true;
        this.retry(bound, violation);
      }
    }
  }

  private replacingBy(guard: string): Command<BoundValue[]> {
    let statement = this.replacing.get(guard);
    if (statement === undefined) {
      const { name, columns } = this.table;
      const assigned = storedColumns(this.table)
        .slice(1)
        .map((column) => `"${column}" = ?`);
      statement = this.database.prepare(
        `UPDATE "${name}" SET ${assigned.join(", ")} WHERE "${columns[0]!.name}" = ? AND "${guard}" = ?`,
      );
      this.replacing.set(guard, statement);
    }
    return statement;
  }

  private retry(bound: readonly BoundValue[], violation: UniqueViolationError): void {
    try {
      this.upsertOne.run(...bound);
    } catch (error) {
      throw uniqueViolationIn(error) === undefined ? error : violation;
    }
  }

  private prepareToGiveUp(): Command<[string]> | undefined {
    const { name, columns, indexes } = this.table;
    const [key] = columns;
    const unique = new Set(uniqueColumns(indexes));
    unique.delete(key!.name);
    const compared = columns.filter((column) => unique.has(column.name)).map(comparedColumn);
    if (compared.length === 0) return undefined;
    const nulls = compared.map((column) => `"${column}" = NULL`).join(", ");
    return this.database.prepare(
      `UPDATE "${name}" SET ${nulls} WHERE "${key!.name}" IN (SELECT value FROM json_each(?))`,
    );
  }
}

function uniqueColumns(indexes: readonly Index[] = []): readonly string[] {
  return indexes.flatMap(({ columns, isUnique }) => (isUnique ? columns : []));
}
