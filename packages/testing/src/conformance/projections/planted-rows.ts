import type { RowDifference } from "@tidemark/core";
import type { ColumnType, EventStoreAdapter, Row, Table } from "@tidemark/core/adapter";

import { plain } from "./plain-rows";

const table = (name: string, columns: Readonly<Record<string, ColumnType>>): Table => ({
  name,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
});

/** The table of `Summary` of the dashboard. */
export const SUMMARY = table("summary_v1", {
  account_id: "text",
  branch: "text",
  holder: "text",
  balance: "number",
  tags: "json",
  opened_at: "time",
  note: "text",
  _absent: "json",
  _revision: "integer",
});

/** The table of `AccountStates` of the dashboard. */
export const STATES = table("account_states_v1", {
  id: "text",
  version: "integer",
  balance: "number",
  tags: "json",
  _state: "json",
  _revision: "integer",
});

/** Changes values of one stored row by hand, as nobody should. */
export async function plantValues(
  adapter: EventStoreAdapter,
  into: Table,
  key: string,
  values: Readonly<Record<string, Row[number]>>,
): Promise<void> {
  const { readModels, flush } = operationsOf(adapter);
  const [stored] = await readModels.rows(into, [key]);
  const row = into.columns.map(({ name }, index) => (name in values ? values[name]! : stored![index]!));
  await flush([{ kind: "upsertRows", table: into, rows: [row] }]);
}

/** Stores a copy of a row under another key. */
export async function plantCopy(adapter: EventStoreAdapter, into: Table, key: string, copy: string): Promise<void> {
  const { readModels, flush } = operationsOf(adapter);
  const [stored] = await readModels.rows(into, [key]);
  await flush([{ kind: "upsertRows", table: into, rows: [[copy, ...stored!.slice(1)]] }]);
}

/** Removes a row. */
export async function plantGap(adapter: EventStoreAdapter, from: Table, key: string): Promise<void> {
  await operationsOf(adapter).flush([{ kind: "deleteRows", table: from, keys: [key] }]);
}

/** Differences with rows as plain objects. */
export function plainDifferences(differences: readonly RowDifference[]): readonly RowDifference[] {
  const rowOf = (value: unknown): unknown => (isRow(value) ? plain([value])[0] : value);
  return differences.map((each) => ({ ...each, stored: rowOf(each.stored), expected: rowOf(each.expected) }));
}

function isRow(value: unknown): value is object {
  return typeof value === "object" && value !== null && "accountId" in value;
}

function operationsOf(adapter: EventStoreAdapter) {
  const operations = adapter.operations!;
  return { readModels: operations.readModels, flush: operations.flush.bind(operations) };
}
