import { createHash } from "node:crypto";

import { ValidationError } from "../errors/validation-error";
import type { RowQuery } from "../ports/row-query";
import type { ColumnValue, Row } from "../ports/table";
import { exactDecimal } from "../schema/exact-decimal";

/** The text of a place: which query it belongs to, and the values that its order goes by. */
type Place = readonly [query: string, ...values: ColumnValue[]];

/** The values of a row in the columns that a query orders by. */
export function placeOf(row: Row, { table, orderBy }: RowQuery): readonly ColumnValue[] {
  return orderBy.map(({ column }) => row[table.columns.findIndex(({ name }) => name === column)] ?? null);
}

/** Writes where the page behind a row starts. */
export function cursorOf(row: Row, query: RowQuery): string {
  const place: Place = [digestOf(query), ...placeOf(row, query)];
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/**
 * Reads a place that `cursorOf` has written for the same table, conditions and order.
 * @throws ValidationError for any other text, which often comes from a client.
 */
export function placeIn(cursor: string, query: RowQuery, attempted: string): readonly ColumnValue[] {
  const [digest, ...values] = parsed(cursor) ?? [];
  const foreign = () => new ValidationError({ after: [`${attempted}: it is not the "next" of a page`] });
  if (digest === undefined) throw foreign();
  if (digest !== digestOf(query) || values.length !== query.orderBy.length)
    throw new ValidationError({
      after: [`${attempted}: it comes from a page with other conditions or another order; read from the first page`],
    });
  // A client may have made it up: a store must not be asked to compare a number with a text.
  if (!values.every((value, index) => fits(value, query, index))) throw foreign();
  return values;
}

function parsed(cursor: unknown): Place | undefined {
  if (typeof cursor !== "string") return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(place) && typeof place[0] === "string" ? (place as unknown as Place) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value can stand in the column that a query orders by at an index. */
function fits(value: unknown, { table, orderBy }: RowQuery, index: number): boolean {
  const at = table.columns.findIndex(({ name }) => name === orderBy[index]?.column);
  // The key, which comes first, is never null.
  if (value === null) return at > 0;
  switch (table.columns[at]?.type) {
    case "text":
      return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
    case "integer":
      return Number.isSafeInteger(value);
    case "time":
      return Number.isInteger(value) && !Number.isNaN(new Date(value as number).getTime());
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "decimal":
      return typeof value === "string" && typeof exactDecimal(value) !== "string";
    default:
      return false;
  }
}

function digestOf({ table, where, orderBy }: RowQuery): string {
  const text = JSON.stringify([table.name, where, orderBy]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}
