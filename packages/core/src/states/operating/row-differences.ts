import type { Row } from "../../ports/table";
import { valueDifferences } from "../../rows/value-differences";
import { reasonOf } from "../../wording/in-words";
import type { StateTable } from "../state-table";
import type { AggregateDifference } from "./compared-aggregates";

/** What there is of an aggregate: its row, and the row that its events give. Each of the two may be missing. */
export interface RowAndFold {
  readonly stored: Row | undefined;
  readonly folded: Row | undefined;
}

/** Compares the fields of a row with those that the events of the aggregate give. */
export function rowDifferences(
  rows: StateTable,
  id: string,
  { stored, folded }: RowAndFold,
): readonly AggregateDifference[] {
  if (stored === undefined && folded === undefined) return [];
  const expected = folded && fieldsOfRow(rows, folded);
  const found = stored && readable(rows, stored);
  if (found === undefined || expected === undefined || found instanceof UnreadableRow)
    return [{ id, path: "", stored: found instanceof UnreadableRow ? found.message : found, folded: expected }];
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].flatMap((field) =>
    Array.from(
      valueDifferences(found[field], expected[field], [field]),
      ({ path, stored: value, expected: right }) => ({
        id,
        path,
        stored: value,
        folded: right,
      }),
    ),
  );
}

/**
 * Gives the fields of a row as a load gives them, those that are absent excepted: a field that was added since has its default.
 * @throws for a row that cannot be read.
 */
export function fieldsOfRow(rows: StateTable, row: Row): Readonly<Record<string, unknown>> {
  const values = rows.codec.valuesOf(rows.rowOf(rows.aggregateOf(row), rows.versionOf(row)));
  const present = rows.codec.fields.flatMap(({ field }, index) =>
    field === "id" || values[index] === undefined ? [] : [[field, values[index]] as const],
  );
  return Object.fromEntries(present);
}

class UnreadableRow {
  constructor(readonly message: string) {}
}

function readable(rows: StateTable, row: Row): Readonly<Record<string, unknown>> | UnreadableRow {
  try {
    return fieldsOfRow(rows, row);
  } catch (error) {
    return new UnreadableRow(`a row that cannot be read: ${reasonOf(error)}`);
  }
}
