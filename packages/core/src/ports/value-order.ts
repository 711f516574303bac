import { byCodePoints } from "./code-point-order";
import { decimalOrderKey } from "./decimal-order";
import type { ColumnType, ColumnValue } from "./table";

type Present = Exclude<ColumnValue, null>;

/** Orders the values of a column as `RowQuery.orderBy` says, ascending. */
export function valueOrder(type: ColumnType): (a: ColumnValue, b: ColumnValue) => number {
  const order = presentOrder(type);
  return (a, b) => {
    if (a === null || b === null) return Number(a !== null) - Number(b !== null);
    return order(a, b);
  };
}

function presentOrder(type: ColumnType): (a: Present, b: Present) => number {
  switch (type) {
    case "text":
    case "json":
      return (a, b) => byCodePoints(String(a), String(b));
    case "decimal":
      return (a, b) => byCodePoints(decimalOrderKey(String(a)), decimalOrderKey(String(b)));
    default:
      return (a, b) => Number(a > b) - Number(a < b);
  }
}

/** Turns values of a column into texts that are the same exactly where the values are equal; null stays null. */
export function valueIdentity(type: ColumnType): (value: ColumnValue) => string | null {
  if (type === "decimal") return (value) => (value === null ? null : decimalOrderKey(String(value)));
  // Gives -0 the text of 0.
  return (value) => (value === null ? null : String(value));
}
