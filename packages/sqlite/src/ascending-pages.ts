import { byCodePoints } from "@tidemark/core/adapter";

import { DamagedTable } from "./database-errors";

/** What rows are sorted by. */
type Key = number | string;

/** How to read the rows of a table a page at a time. */
interface PagedTable<R, K extends Key> {
  readonly table: string;
  /** Before every key. */
  readonly first: K;
  /** Reads the rows behind a key, in order; none where nothing is left. */
  readonly read: (after: K) => readonly R[];
  readonly keyOf: (row: R) => K;
}

/** Gives all pages of a table, each behind the last row of the one before. @throws DamagedTable as `refuseDisorder` does. */
export function* ascendingPages<R, K extends Key>({
  table,
  first,
  read,
  keyOf,
}: PagedTable<R, K>): Generator<readonly R[]> {
  for (let after = first; ; ) {
    const rows = read(after);
    if (rows.length === 0) return;
    after = refuseDisorder(table, after, rows.map(keyOf));
    yield rows;
  }
}

/**
 * Refuses keys that do not go up from row to row. A flipped bit can lead from one page of a tree to an earlier one, and whoever reads on behind
 * the last key would come back there for ever.
 *
 * @returns the last key.
 * @throws DamagedTable
 */
export function refuseDisorder<K extends Key>(table: string, after: K, keys: readonly K[]): K {
  let last = after;
  for (const key of keys) {
    if (!isBehind(key, last)) throw new DamagedTable(table);
    last = key;
  }
  return last;
}

function isBehind(key: Key, last: Key): boolean {
  if (typeof key === "string") return typeof last === "string" && byCodePoints(key, last) > 0;
  return typeof last === "number" && key > last;
}
