import {
  type Column,
  checkQuery,
  queryRanges,
  type RangeCondition,
  RecentValues,
  type RowOrder,
  type RowQuery,
  type Table,
} from "@tidemark/core/adapter";

import { mappingOf, storedType } from "./column-mappings";
import type { NamedStatements } from "./named-statements";
import { withoutNul } from "./nul-in-text";
import type { Call, Parameter, Statement } from "./work";

/** An application has some dozens of different queries of a table. */
const KEPT = 200;

type Ranges = readonly (readonly RangeCondition[])[];

/**
 * The queries of one table. A statement is made once for the shape of a query: its columns, operators and order, and whether it has
 * a limit. Its values are bound.
 */
export class RowQueries {
  private readonly kept = new RecentValues<Statement>(KEPT);
  private readonly columns: ReadonlyMap<string, Column>;

  constructor(
    private readonly table: Table,
    private readonly from: string,
    private readonly names: NamedStatements,
  ) {
    this.columns = new Map(table.columns.map((column) => [column.name, column]));
  }

  /** @throws IncorrectUsageError for a query that the table cannot answer. */
  rows(query: RowQuery): Call {
    checkQuery(query);
    const { orderBy, limit } = query;
    const ranges = this.rangesOf(query);
    const order = orderBy.map(({ column, direction }) => `${column} ${direction}`).join();
    const statement = this.kept.get(`${order}/${limit !== undefined}/${shapeOf(ranges)}`, () =>
      this.names.of(this.textOf(ranges, query)),
    );
    const values = ranges.flatMap((range) => this.valuesOf(range));
    if (limit !== undefined) values.push(limit);
    return { statement, values };
  }

  /** @throws IncorrectUsageError for conditions that the table cannot answer. */
  count({ table, where }: Pick<RowQuery, "table" | "where">): Call {
    checkQuery({ table, where });
    const ranges = this.rangesOf({ where });
    const statement = this.kept.get(`count/${shapeOf(ranges)}`, () =>
      this.names.of(`SELECT count(*) FROM ${this.from}${this.conditionsOf(ranges[0]!, new Placeholders())}`),
    );
    return { statement, values: this.valuesOf(ranges[0]!) };
  }

  private rangesOf(query: Pick<RowQuery, "where"> & Partial<RowQuery>): Ranges {
    return queryRanges(query).map((range) =>
      range.flatMap((condition) =>
        this.columns.get(condition.column)!.type === "text" ? withoutNul(condition) : [condition],
      ),
    );
  }

  /** Each range is read in the order of an index up to the limit; what several ranges give is put in order once more. */
  private textOf(ranges: Ranges, { orderBy, limit }: RowQuery): string {
    const placeholders = new Placeholders();
    const conditions = ranges.map((range) => this.conditionsOf(range, placeholders));
    const order = ` ORDER BY ${orderBy.map((each) => this.orderOf(each)).join(", ")}`;
    const inOrder = limit === undefined ? order : `${order} LIMIT ${placeholders.next()}::bigint`;
    const read = this.table.columns.map((column) => mappingOf(column).read(`"${column.name}"`)).join(", ");
    if (conditions.length === 1) return `SELECT ${read} FROM ${this.from}${conditions[0]}${inOrder}`;
    const parts = conditions.map((each) => `(SELECT * FROM ${this.from}${each}${limit === undefined ? "" : inOrder})`);
    return `SELECT ${read} FROM (${parts.join(" UNION ALL ")}) AS ranges${inOrder}`;
  }

  /** The key is never null, and stands in each index, that of its own included, as the server orders it by itself. */
  private orderOf({ column, direction }: RowOrder): string {
    const isKey = column === this.table.columns[0]!.name;
    const nulls = direction === "asc" ? " NULLS FIRST" : " NULLS LAST";
    return `"${column}" ${direction.toUpperCase()}${isKey ? "" : nulls}`;
  }

  private conditionsOf(range: readonly RangeCondition[], placeholders: Placeholders): string {
    if (range.length === 0) return "";
    return ` WHERE ${range.map((condition) => this.conditionOf(condition, placeholders)).join(" AND ")}`;
  }

  private conditionOf(condition: RangeCondition, placeholders: Placeholders): string {
    const column = `"${condition.column}"`;
    const described = this.columns.get(condition.column)!;
    const type = storedType(described);
    if (condition.operator === "in") {
      const { sent } = mappingOf(described);
      const cast = sent === type ? "" : `::${type}[]`;
      const present = `${column} = ANY (${placeholders.next()}::${sent}[]${cast})`;
      return condition.values.includes(null) ? `(${present} OR ${column} IS NULL)` : present;
    }
    const { operator, value } = condition;
    if (value === null) return operator === "=" ? `${column} IS NULL` : `${column} IS NOT NULL`;
    const bound = `${placeholders.next()}::${type}`;
    if (operator === "contains") return `strpos(${column}, ${bound}) > 0`;
    return `${column} ${operator === "!=" ? "IS DISTINCT FROM" : operator} ${bound}`;
  }

  private valuesOf(range: readonly RangeCondition[]): Parameter[] {
    return range.flatMap((condition) => {
      const mapping = mappingOf(this.columns.get(condition.column)!);
      if (condition.operator === "in") return [mapping.array(condition.values.filter((value) => value !== null))];
      return condition.value === null ? [] : [mapping.parameter(condition.value)];
    });
  }
}

/** Numbers the parameters of a statement. */
class Placeholders {
  private count = 0;

  next(): string {
    return `$${++this.count}`;
  }
}

function shapeOf(ranges: Ranges): string {
  return ranges.map((range) => range.map(shapeOfCondition).join(" ")).join(" or ");
}

function shapeOfCondition(condition: RangeCondition): string {
  const { column, operator } = condition;
  if (operator === "in") return `${column} in ${condition.values.includes(null)}`;
  return `${column}${operator}${condition.value === null ? "null" : "?"}`;
}
