import { createHash } from "node:crypto";

import type { Table } from "../../ports/table";

/** The longest name that a table has. */
const LONGEST = 63;

/** What a rebuild makes beside the table of a projection. */
export interface ShadowTable {
  /** Without indexes, which would slow the writing down. */
  readonly table: Table;
  /** The same with the indexes of the projection. */
  readonly indexed: Table;
  /** The name that the table of the projection gets when the shadow takes its place. */
  readonly kept: string;
}

/** Names the table into which the rows of another one are folded again: `account_summary_v2__new`. */
export function shadowTable(table: Table, suffix: "__new" | "__try"): ShadowTable {
  const indexed = { ...table, name: withSuffix(table.name, suffix) };
  return { table: { ...indexed, indexes: [] }, indexed, kept: withSuffix(table.name, "__old") };
}

function withSuffix(name: string, suffix: string): string {
  if (name.length + suffix.length <= LONGEST) return name + suffix;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, LONGEST - suffix.length - 9)}_${hash}${suffix}`;
}
