import type { Operation } from "../../ports/operations";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row, Table } from "../../ports/table";
import { newRevision } from "../revision";
import type { RowFolding } from "../row-folding";
import { WrittenKeys } from "./written-keys";

/** How many rows are held before they are written, where they are small, and where they have nested values. */
const HELD_ROWS = 150_000;
const HELD_NESTED_ROWS = 15_000;

interface ShadowRowsParts<R extends object> {
  readonly folding: RowFolding<R>;
  /** Where the rows are written. */
  readonly table: Table;
  readonly readModels: Pick<ReadModelStore, "rows">;
  /** Whether the table is empty: what was never written need not be read then. */
  readonly isNew: boolean;
  /** About how many rows there can be. */
  readonly rows: number;
}

/**
 * Rows that are being folded again. They are held in memory until there are many, and then written together: a row that many events
 * change is written a few times only.
 */
export class ShadowRows<R extends object = object> {
  readonly #parts: ShadowRowsParts<R>;
  readonly #size: number;
  /** Rows that were used since the last turnover, and those that were used before; undefined for one that is known to be missing. */
  #newer = new Map<string, R | undefined>();
  #older: ReadonlyMap<string, R | undefined> = new Map();
  #changed = new Set<string>();
  /** Undefined where nobody knows which keys were written. */
  readonly #written: WrittenKeys | undefined;

  constructor(parts: ShadowRowsParts<R>) {
    this.#parts = parts;
    const isNested = parts.folding.table.columns.some(({ type }) => type === "json");
    this.#size = isNested ? HELD_NESTED_ROWS : HELD_ROWS;
    this.#written = parts.isNew ? new WrittenKeys(parts.rows) : undefined;
  }

  /** Whether so many rows are held that they should be written now. */
  get isFull(): boolean {
    return this.#newer.size >= this.#size;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Holds rows, as far as they are in the table. To be called before any of them is asked for. */
  async hold(keys: Iterable<string>): Promise<void> {
    const unknown: string[] = [];
    for (const key of keys) {
      if (this.#newer.has(key)) continue;
      if (this.#older.has(key)) this.#newer.set(key, this.#older.get(key));
      else if (this.#written?.mayHave(key) === false) this.#newer.set(key, undefined);
      else unknown.push(key);
    }
    if (unknown.length === 0) return;
    const { folding, table, readModels } = this.#parts;
    for (const key of unknown) this.#newer.set(key, undefined);
    for (const row of await readModels.rows(table, unknown)) this.#newer.set(row[0] as string, folding.decode(row));
  }

  get(key: string): R | undefined {
    return this.#newer.get(key);
  }

  set(key: string, row: R | undefined): void {
    this.#newer.set(key, row);
  }

  /** Notes that a row differs from the table. */
  add(key: string): void {
    this.#changed.add(key);
  }

  /**
   * Lists the operations that write what has changed.
   * @param table where it is written.
   * @throws UnfitRow for a row that cannot be stored.
   */
  operations(table: Table = this.#parts.table): readonly Operation[] {
    const { folding } = this.#parts;
    const upserts: Row[] = [];
    const deletes: string[] = [];
    for (const key of this.#changed) {
      const row = this.#newer.get(key);
      if (row === undefined) deletes.push(key);
      else upserts.push(encoded(folding, key, row));
    }
    const operations: Operation[] = [];
    if (upserts.length > 0) operations.push({ kind: "upsertRows", table, rows: upserts });
    if (deletes.length > 0) operations.push({ kind: "deleteRows", table, keys: deletes });
    return operations;
  }

  /** Notes that the operations are stored. @returns how many rows were written. */
  stored(): number {
    const { size } = this.#changed;
    if (this.#written !== undefined) for (const key of this.#changed) this.#written.add(key);
    this.#changed = new Set();
    if (this.isFull) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    return size;
  }
}

/** A row that cannot be stored, found when it is to be. */
export class UnfitRow extends Error {
  override readonly name = "UnfitRow";

  constructor(
    readonly key: string,
    readonly failure: unknown,
  ) {
    super(`Row ${JSON.stringify(key)} cannot be stored`);
  }
}

function encoded<R extends object>(folding: RowFolding<R>, key: string, row: R): Row {
  try {
    return folding.encode(key, row, newRevision());
  } catch (error) {
    throw new UnfitRow(key, error);
  }
}
