import type { RowCondition, RowOrder, RowQuery, TextCondition } from "./row-query";
import type { ColumnValue } from "./table";

/** A condition that a database answers with an index, as far as its column has one; `contains` is left as it is. */
export type RangeCondition = Exclude<RowCondition, TextCondition> | ContainsCondition;

type ContainsCondition = TextCondition & { readonly operator: "contains" };

/**
 * Turns a query into ranges of an index in its order: the rows that it asks for are those for which all conditions of one of the
 * ranges hold, and no row is in two of them. There are several only where it asks for rows behind a place.
 */
export function queryRanges({
  where,
  orderBy,
  after,
}: Pick<RowQuery, "where"> & Partial<RowQuery>): readonly (readonly RangeCondition[])[] {
  const conditions = where.flatMap((condition) => rangesOf(condition));
  if (orderBy === undefined || after === undefined) return [conditions];
  return rangesBehind(orderBy, after).map((range) => [...conditions, ...range]);
}

function rangesOf(condition: RowCondition): readonly RangeCondition[] {
  if (condition.operator === "startsWith") return startsWith(condition.column, condition.value);
  return [condition as RangeCondition];
}

/** By the code points: from the text itself to below the first text that comes behind all that start with it. */
function startsWith(column: string, prefix: string): readonly RangeCondition[] {
  const from: RangeCondition = { column, operator: ">=", value: prefix };
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return [from];
  const next = last === BEFORE_SURROGATES ? BEHIND_SURROGATES : last + 1;
  return [from, { column, operator: "<", value: String.fromCodePoint(...points, next) }];
}

const LAST_CODE_POINT = 0x10ffff;
const [BEFORE_SURROGATES, BEHIND_SURROGATES] = [0xd7ff, 0xe000];

/** Rows that are equal to the place in the first columns and behind it in the next one, for each of the columns. */
function rangesBehind(
  orderBy: readonly RowOrder[],
  after: readonly ColumnValue[],
): readonly (readonly RangeCondition[])[] {
  return orderBy.flatMap((order, index) => {
    const equal = orderBy
      .slice(0, index)
      .map(({ column }, place): RangeCondition => ({ column, operator: "=", value: after[place]! }));
    const isKey = index === orderBy.length - 1;
    return behind(order, after[index]!, isKey).map((condition) => [...equal, condition]);
  });
}

function behind({ column, direction }: RowOrder, value: ColumnValue, isKey: boolean): readonly RangeCondition[] {
  if (direction === "asc")
    return value === null ? [{ column, operator: "!=", value: null }] : [{ column, operator: ">", value }];
  if (value === null) return [];
  const smaller: RangeCondition = { column, operator: "<", value };
  return isKey ? [smaller] : [smaller, { column, operator: "=", value: null }];
}
