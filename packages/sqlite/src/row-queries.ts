import {
  type Column,
  checkQuery,
  queryRanges,
  type RangeCondition,
  RecentValues,
  type Row,
  type RowQuery,
  type Table,
} from "@tidemark/core/adapter";
import type { Database, Query } from "./drivers/database";
import { type BoundValue, comparedColumn, comparedValue, rowIn, storedColumns } from "./stored-columns";

/** An application has some dozens of different queries of a table. */
const KEPT = 200;

type Ranges = readonly (readonly RangeCondition[])[];

/**
 * The queries of one table. A query is prepared once for its shape: its columns, operators and order, and whether it has a limit. Its
 * values are bound.
 */
export class RowQueries {
  private readonly kept = new RecentValues<Query<BoundValue[], BoundValue[]>>(KEPT);
  private readonly columns: ReadonlyMap<string, Column>;

  constructor(
    private readonly database: Database,
    private readonly table: Table,
  ) {
    this.columns = new Map(table.columns.map((column) => [column.name, column]));
  }

  rows(query: RowQuery): readonly Row[] {
    checkQuery(query);
    const ranges = queryRanges(query);
    const isLimited = query.limit !== undefined;
    const order = query.orderBy.map(({ column, direction }) => `${column} ${direction}`).join();
    const prepared = this.kept.get(`${order}/${isLimited}/${shapeOf(ranges)}`, () =>
      this.database.rows(this.textOf(ranges, query)),
    );
    const ofRanges = ranges.flatMap((range) => [
      ...this.valuesOf(range),
      ...(isLimited && ranges.length > 1 ? [query.limit] : []),
    ]);
    const rows = prepared.all(...ofRanges, ...(isLimited ? [query.limit] : []));
    return Array.from(rows, (row) => rowIn(row, this.table.columns));
  }

  count(query: Pick<RowQuery, "table" | "where">): number {
    const { table, where } = query;
    checkQuery({ table, where });
    const ranges = queryRanges({ where });
    const prepared = this.kept.get(`count/${shapeOf(ranges)}`, () =>
      this.database.rows(`SELECT count(*) FROM "${table.name}"${this.conditionsOf(ranges[0]!)}`),
    );
    return Number(prepared.get(...this.valuesOf(ranges[0]!))![0]);
  }

  /** Each range is read in the order of an index up to the limit; what several ranges give is put in order once more. */
  private textOf(ranges: Ranges, { orderBy, limit }: RowQuery): string {
    const order = orderBy.map(({ column, direction }) => `"${this.compared(column)}" ${direction.toUpperCase()}`);
    const inOrder = ` ORDER BY ${order.join(", ")}${limit === undefined ? "" : " LIMIT ?"}`;
    const columns = this.table.columns.map(({ name }) => `"${name}"`).join(", ");
    const from = `FROM "${this.table.name}"`;
    if (ranges.length === 1) return `SELECT ${columns} ${from}${this.conditionsOf(ranges[0]!)}${inOrder}`;
    const stored = storedColumns(this.table).map((name) => `"${name}"`);
    const parts = ranges.map(
      (range) =>
        `SELECT * FROM (SELECT ${stored.join(", ")} ${from}${this.conditionsOf(range)}${limit === undefined ? "" : inOrder})`,
    );
    return `SELECT ${columns} FROM (${parts.join(" UNION ALL ")})${inOrder}`;
  }

  private conditionsOf(range: readonly RangeCondition[]): string {
    if (range.length === 0) return "";
    return ` WHERE ${range.map((condition) => this.conditionOf(condition)).join(" AND ")}`;
  }

  private conditionOf(condition: RangeCondition): string {
    const column = `"${this.compared(condition.column)}"`;
    switch (condition.operator) {
      case "=":
        return condition.value === null ? `${column} IS NULL` : `${column} = ?`;
      case "!=":
        return condition.value === null ? `${column} IS NOT NULL` : `${column} IS NOT ?`;
      case "contains":
        return `instr(${column}, ?) > 0`;
      case "in": {
        const present = `${column} IN (${this.listOf(condition.column, presentIn(condition))})`;
        return condition.values.includes(null) ? `(${present} OR ${column} IS NULL)` : present;
      }
      default:
        return `${column} ${condition.operator} ?`;
    }
  }

  /**
   * Values come as one JSON array, whatever their number. Numbers come one by one, because a number that SQLite reads in JSON may
   * differ from it in its last digit.
   */
  private listOf(column: string, values: readonly unknown[]): string {
    if (this.columns.get(column)!.type !== "number") return "SELECT value FROM json_each(?)";
    return Array.from({ length: roomFor(values.length) }, () => "?").join(", ");
  }

  private valuesOf(range: readonly RangeCondition[]): readonly BoundValue[] {
    return range.flatMap((condition): readonly BoundValue[] => {
      const column = this.columns.get(condition.column)!;
      if (condition.operator !== "in") return condition.value === null ? [] : [comparedValue(column, condition.value)];
      const values = presentIn(condition).map((value) => comparedValue(column, value));
      if (column.type !== "number") return [JSON.stringify(values)];
      return Array.from({ length: roomFor(values.length) }, (_, index) => values[index] ?? values[0]!);
    });
  }

  private compared(column: string): string {
    return comparedColumn(this.columns.get(column)!);
  }
}

function shapeOf(ranges: Ranges): string {
  return ranges.map((range) => range.map(shapeOfCondition).join(" ")).join(" or ");
}

function shapeOfCondition(condition: RangeCondition): string {
  const { column, operator } = condition;
  if (operator !== "in") return `${column}${operator}${condition.value === null ? "null" : "?"}`;
  const present = presentIn(condition);
  const isOfNumbers = typeof present[0] === "number";
  return `${column} in ${condition.values.length > present.length}${isOfNumbers ? roomFor(present.length) : ""}`;
}

function presentIn({ values }: RangeCondition & { readonly operator: "in" }) {
  return values.filter((value) => value !== null);
}

/** The power of two that holds so many: lists of similar lengths share a statement. */
function roomFor(count: number): number {
  return count === 0 ? 0 : 2 ** Math.ceil(Math.log2(count));
}
