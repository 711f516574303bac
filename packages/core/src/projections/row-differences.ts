import { isDeepStrictEqual } from "node:util";

import type { ColumnValue, Row, Table } from "../ports/table";
import type { FieldColumn } from "../rows/field-column";
import { type ValueDifference, valueDifferences } from "../rows/value-differences";
import { Decimal } from "../schema/exact-decimal";
import type { RowFolding } from "./row-folding";

/** One place where a stored row is another than the fold of its events. */
export interface RowDifference extends ValueDifference {
  readonly key: string;
  /** `balance`, `tags[2]`, `address.city`; empty where a whole row is missing, or should not be there. */
  readonly path: string;
}

/** Whether two rows of a table hold the same, their revisions excepted. Each of the two may be missing. */
export function isSameRow({ columns }: Table, a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const last = columns.length - 1;
  for (let index = 0; index < last; index++) if (!isSameValue(columns[index]!.type, a[index], b[index])) return false;
  return true;
}

/** Compares a row with the one that its events give, value by value. Each of the two may be missing. */
export function rowDifferences(
  folding: Pick<RowFolding, "table" | "codec">,
  key: string,
  stored: Row | undefined,
  expected: Row | undefined,
): readonly RowDifference[] {
  if (stored === undefined && expected === undefined) return [];
  if (stored === undefined || expected === undefined) {
    return [{ key, path: "", stored: objectOf(folding, stored), expected: objectOf(folding, expected) }];
  }
  const differences = [...ofFields(folding, stored, expected), ...ofHiddenColumns(folding, stored, expected)];
  return differences.map((difference) => ({ key, ...difference }));
}

function* ofFields({ codec }: Pick<RowFolding, "codec">, stored: Row, expected: Row): Generator<ValueDifference> {
  const present = [presentFields(codec, stored), presentFields(codec, expected)] as const;
  for (const [index, field] of codec.fields.entries()) {
    const path = [field.field];
    const [a, b] = [stored[index], expected[index]];
    const found = a ?? present[0](field);
    const right = b ?? present[1](field);
    if (isSameValue(field.column.type, found, right)) continue;
    const differences = [...valueDifferences(decoded(field, found), decoded(field, right), path)];
    // Texts may differ where the values that they stand for do not.
    yield* differences;
  }
}

/** Tells for a field without a value whether it is null or absent. */
function presentFields({ fields, columns }: RowFolding["codec"], row: Row): (field: FieldColumn) => null | undefined {
  const text = columns.length > fields.length ? row[fields.length] : null;
  let absent: readonly unknown[] = [];
  try {
    const parsed: unknown = typeof text === "string" ? JSON.parse(text) : [];
    if (Array.isArray(parsed)) absent = parsed;
  } catch {
    // Reported as a difference of the column itself.
  }
  return ({ field, mayBeNull }) => (mayBeNull && !absent.includes(field) ? null : undefined);
}

/** A value of a column as its field has it; the stored value itself where it cannot be read. */
function decoded(field: FieldColumn, value: ColumnValue | undefined): unknown {
  if (value === null || value === undefined) return value;
  try {
    return field.decode(value);
  } catch {
    return value;
  }
}

/** The columns that belong to no field hold what the next event is folded into. */
function* ofHiddenColumns({ table, codec }: Pick<RowFolding, "table" | "codec">, stored: Row, expected: Row) {
  for (let index = codec.fields.length; index < table.columns.length - 1; index++) {
    const { name, type } = table.columns[index]!;
    // Which fields are absent was compared with the fields.
    if (index < codec.columns.length && isJson(stored[index])) continue;
    const [a, b] = [stored[index], expected[index]];
    if (!isSameValue(type, a, b)) yield* valueDifferences(parsed(a), parsed(b), [name]);
  }
}

function isSameValue(type: string, a: ColumnValue | undefined, b: ColumnValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "string" || typeof b !== "string") return false;
  if (type === "json") return isDeepStrictEqual(parsed(a), parsed(b));
  return type === "decimal" && isSameDecimal(a, b);
}

function isSameDecimal(a: string, b: string): boolean {
  try {
    return new Decimal(a).eq(b);
  } catch {
    return false;
  }
}

/** The value of a JSON text; the text itself where it is none. */
function parsed(text: ColumnValue | undefined): unknown {
  if (typeof text !== "string") return text ?? undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isJson(text: ColumnValue | undefined): boolean {
  return typeof text !== "string" || typeof parsed(text) !== "string";
}

function objectOf({ codec }: Pick<RowFolding, "codec">, row: Row | undefined): unknown {
  if (row === undefined) return undefined;
  const object = codec.make();
  const present = presentFields(codec, row);
  for (const [index, field] of codec.fields.entries()) {
    const value = decoded(field, row[index] ?? present(field));
    if (value !== undefined) object[field.field] = value;
  }
  return object;
}
