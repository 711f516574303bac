import { createHash } from "node:crypto";

import { ValidationError } from "../errors/validation-error";
import type { RowQuery } from "../ports/row-query";
import type { ColumnValue, Row } from "../ports/table";

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
  if (digest === undefined || !values.every(isValue))
    throw new ValidationError({ after: [`${attempted}: it is not the "next" of a page`] });
  if (digest !== digestOf(query) || values.length !== query.orderBy.length)
    throw new ValidationError({
      after: [`${attempted}: it comes from a page with other conditions or another order; read from the first page`],
    });
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

function isValue(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function digestOf({ table, where, orderBy }: RowQuery): string {
  const text = JSON.stringify([table.name, where, orderBy]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}
