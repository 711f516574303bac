import type { ColumnType, ColumnValue, Row, RowCondition, RowQuery, Table } from "@tidemark/core/adapter";

/** A table with a column of each type that can be compared, and an index in the order of some queries. */
export const THINGS: Table = {
  name: "things",
  columns: [
    { name: "id", type: "text" },
    { name: "label", type: "text" },
    { name: "whole", type: "integer" },
    { name: "ratio", type: "number" },
    { name: "price", type: "decimal" },
    { name: "is_open", type: "boolean" },
    { name: "opened_at", type: "time" },
    { name: "details", type: "json" },
  ],
  indexes: [{ columns: ["label", "price"] }, { columns: ["whole"] }, { columns: ["price", "opened_at"] }],
};

/** Values that are often equal, near each other, or ordered differently by whoever is careless. */
export const COMPARED: Readonly<Record<string, readonly ColumnValue[]>> = {
  label: [
    null,
    "",
    "a",
    "A",
    "b",
    "aB",
    "ab",
    "a%",
    "a_",
    "a'; DROP TABLE things; --",
    'a"b\\',
    "\u00e9",
    "e\u0301",
    "\ufb01",
    "\ud7ff",
    "\u{1f600}",
    "\u{10ffff}",
    "\u{10ffff}x",
    "10",
    "9",
    "null",
  ],
  whole: [null, 0, -1, 1, 9, 10, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ratio: [null, 0, -0, 0.1, 0.30000000000000004, 0.3, -2.5, 10, 9, 1e21, -1e300, 5e-324],
  price: [
    null,
    "0",
    "0.00",
    "9",
    "10",
    "9.5",
    "9.50",
    "9.05",
    "-9",
    "-10",
    "-9.5",
    "-9.51",
    "0.001",
    "-0.001",
    "100000000000000000000",
    `${"9".repeat(100)}.${"1".repeat(100)}`,
    `-${"9".repeat(100)}.${"1".repeat(100)}`,
    `0.${"0".repeat(99)}1`,
  ],
  is_open: [null, false, true],
  opened_at: [null, 0, -1, 1, 1_700_000_000_123, 1_700_000_000_124, -62_135_596_800_000, 8_640_000_000_000_000],
};

/** Answers a query as its description says, row by row. */
export function answerOf(rows: readonly Row[], { table, where, orderBy, after, limit }: RowQuery): readonly Row[] {
  const columnOf = (name: string) => table.columns.findIndex((column) => column.name === name);
  const order = (a: readonly ColumnValue[], b: readonly ColumnValue[]) => {
    for (const [place, { column, direction }] of orderBy.entries()) {
      const difference = compared(table.columns[columnOf(column)]!.type, a[place]!, b[place]!);
      if (difference !== 0) return direction === "asc" ? difference : -difference;
    }
    return 0;
  };
  const placeOf = (row: Row) => orderBy.map(({ column }) => row[columnOf(column)]!);
  return rows
    .filter((row) =>
      where.every((condition) => {
        const column = columnOf(condition.column);
        return holds(table.columns[column]!.type, row[column]!, condition);
      }),
    )
    .filter((row) => after === undefined || order(placeOf(row), after) > 0)
    .sort((a, b) => order(placeOf(a), placeOf(b)))
    .slice(0, limit);
}

function holds(type: ColumnType, value: ColumnValue, condition: RowCondition): boolean {
  switch (condition.operator) {
    case "in":
      return condition.values.some((each) => compared(type, value, each) === 0);
    case "=":
      return compared(type, value, condition.value) === 0;
    case "!=":
      return compared(type, value, condition.value) !== 0;
    case "startsWith":
      return value !== null && String(value).startsWith(condition.value);
    case "contains":
      return value !== null && String(value).includes(condition.value);
  }
  if (value === null) return false;
  const difference = compared(type, value, condition.value);
  return { "<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0 }[condition.operator];
}

function compared(type: ColumnType, a: ColumnValue, b: ColumnValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (type === "text" || type === "json") return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  const [left, right] = type === "decimal" ? [scaled(String(a)), scaled(String(b))] : [a, b];
  return Number(left > right) - Number(left < right);
}

const DIGITS_BEHIND_THE_POINT = 200;

function scaled(digits: string): bigint {
  const [whole, fraction = ""] = digits.split(".");
  return BigInt(`${whole}${fraction.padEnd(DIGITS_BEHIND_THE_POINT, "0")}`);
}
