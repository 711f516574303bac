import type { Column, Row } from "../../ports/table";
import { VERSION } from "../state-table";
import type { StoredTableShape } from "./stored-shape";

/** What a row of an earlier schema version holds. */
export interface OlderRow {
  readonly id: string;
  /** The version of the aggregate. */
  readonly version: number;
  /** The fields as JSON values, as in a snapshot. */
  readonly state: Record<string, unknown>;
}

/** Reads a row by the columns of its table, because the class that wrote it is not there any more. */
export function olderRow(row: Row, columns: readonly Column[], shape: StoredTableShape | undefined): OlderRow {
  const state: Record<string, unknown> = {};
  const value = (name: string) => row[columns.findIndex((column) => column.name === name)];
  const listed = value("_absent");
  const absent = typeof listed === "string" ? (JSON.parse(listed) as readonly string[]) : [];
  for (const [index, column] of columns.entries()) {
    if (index === 0 || column.name.startsWith("_")) continue;
    const known = shape?.fields[column.name];
    const field = known?.field ?? camelCase(column.name);
    const stored = row[index]!;
    if (stored !== null) state[field] = jsonOf(stored, column);
    else if (known?.mayBeNull && !absent.includes(field)) state[field] = null;
  }
  return { id: String(row[0]), version: Number(value(VERSION.name)), state };
}

function jsonOf(value: NonNullable<Row[number]>, { type }: Column): unknown {
  if (type === "json") return JSON.parse(value as string);
  return type === "time" ? new Date(value as number).toISOString() : value;
}

/** A table without a record of its fields has at least columns. */
function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
