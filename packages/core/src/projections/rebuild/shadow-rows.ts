import type { Operation } from "../../ports/operations";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row, Table } from "../../ports/table";
import { type FoldFailure, failureAt } from "../fold-failure";
import type { FoldedEvent } from "../folded-event";
import { newRevision } from "../revision";
import type { FoldStep, RowFolding } from "../row-folding";
import type { ShadowCheckpoints } from "./shadow-checkpoints";
import { WrittenKeys } from "./written-keys";

/** How many rows are held before they are written, where they are small, and where they have nested values. */
const HELD_ROWS = 150_000;
const HELD_NESTED_ROWS = 15_000;

/** How many rows are written together, about. */
const WRITTEN_AT_ONCE = 2_000;

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

/** A row in hand. One object a row, so that an event looks its row up once. */
export interface HeldRow<R extends object = object> {
  readonly key: string;
  /** Undefined for one that is known to be missing. */
  row: R | undefined;
  /** Whether it differs from the table. */
  isChanged: boolean;
}

/** Rows that are written in one transaction, with the checkpoints of their buckets. */
interface RowsToWrite<R extends object> {
  readonly buckets: readonly number[];
  readonly changed: readonly HeldRow<R>[];
}

/** How far a fold got. */
interface Folded {
  /** How many of the events are folded, from the first one on. */
  readonly done: number;
  /** Why the next event could not be folded; absent where its row is not in hand, and at the end. */
  readonly failure?: FoldFailure;
}

/**
 * Rows that are being folded again. They are held in memory until there are many, and then written together: a row that many events
 * change is written a few times only.
 */
export class ShadowRows<R extends object = object> {
  readonly #parts: ShadowRowsParts<R>;
  readonly #size: number;
  /** Rows that were used since the last turnover, and those that were used before. */
  #newer = new Map<string, HeldRow<R>>();
  #older: ReadonlyMap<string, HeldRow<R>> = new Map();
  #changed: HeldRow<R>[] = [];
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

  /** Folds events as far as their rows are in hand, and none of them fails. The rows of one that fails are half changed. */
  fold(events: readonly FoldedEvent[]): Folded {
    const { folding } = this.#parts;
    for (let done = 0; done < events.length; done++) {
      const event = events[done]!;
      let place = folding.projection;
      try {
        const steps = folding.stepsOf(event);
        const held = steps.length === 1 ? this.#find(steps[0]!.key) : undefined;
        if (held !== undefined) {
          place = held.key;
          this.#apply(steps[0]!, held, event);
          continue;
        }
        if (steps.some(({ key }) => this.#find(key) === undefined)) return { done };
        for (const step of steps) {
          place = step.key;
          this.#apply(step, this.#newer.get(step.key)!, event);
        }
      } catch (error) {
        return { done, failure: failureAt(place, error) };
      }
    }
    return { done: events.length };
  }

  /** Takes rows in hand, as far as they are in the table. */
  async hold(keys: Iterable<string>): Promise<void> {
    const unknown: string[] = [];
    for (const key of keys) if (this.#find(key) === undefined) unknown.push(key);
    if (unknown.length === 0) return;
    const { folding, table, readModels } = this.#parts;
    for (const key of unknown) this.#put(key, undefined);
    for (const row of await readModels.rows(table, unknown)) this.#put(row[0] as string, folding.decode(row));
  }

  get(key: string): R | undefined {
    return this.#newer.get(key)?.row;
  }

  set(key: string, row: R | undefined): void {
    const held = this.#newer.get(key) ?? this.#put(key, undefined);
    held.row = row;
  }

  /** Notes that a row in hand differs from the table. */
  add(key: string): void {
    this.#change(this.#newer.get(key) ?? this.#put(key, undefined));
  }

  /** The rows that differ from the table. */
  get changed(): readonly HeldRow<R>[] {
    return this.#changed;
  }

  /** Parts the rows that have changed by buckets. Each bucket is in one part, also one without rows. */
  parts(checkpoints: Pick<ShadowCheckpoints, "buckets" | "bucketOf">): readonly RowsToWrite<R>[] {
    const byBucket = Array.from({ length: checkpoints.buckets }, (): HeldRow<R>[] => []);
    for (const held of this.#changed) byBucket[checkpoints.bucketOf(held.key)]!.push(held);
    const parts: { buckets: number[]; changed: HeldRow<R>[] }[] = [];
    for (const [bucket, changed] of byBucket.entries()) {
      const last = parts.at(-1);
      if (last === undefined || last.changed.length + changed.length > WRITTEN_AT_ONCE)
        parts.push({ buckets: [bucket], changed });
      else {
        last.buckets.push(bucket);
        last.changed.push(...changed);
      }
    }
    return parts;
  }

  /**
   * Lists the operations that write rows.
   * @param table where they are written.
   * @throws UnfitRow for a row that cannot be stored.
   */
  operations(changed: readonly HeldRow<R>[], table: Table = this.#parts.table): readonly Operation[] {
    const { folding } = this.#parts;
    const upserts: Row[] = [];
    const deletes: string[] = [];
    for (const { key, row } of changed) {
      if (row === undefined) deletes.push(key);
      else upserts.push(encoded(folding, key, row));
    }
    const operations: Operation[] = [];
    if (upserts.length > 0) operations.push({ kind: "upsertRows", table, rows: upserts });
    if (deletes.length > 0) operations.push({ kind: "deleteRows", table, keys: deletes });
    return operations;
  }

  /** Notes that the rows that have changed are stored. */
  stored(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const held of changed) {
      held.isChanged = false;
      this.#written?.add(held.key);
    }
    if (this.isFull) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
  }

  #apply(step: FoldStep<R>, held: HeldRow<R>, event: FoldedEvent): void {
    const { row: before } = held;
    const row = step.apply(before, event);
    if (row === undefined && before === undefined) return;
    held.row = row;
    if (!held.isChanged) this.#change(held);
  }

  #change(held: HeldRow<R>): void {
    if (held.isChanged) return;
    held.isChanged = true;
    this.#changed.push(held);
  }

  /** @returns undefined for a row that has to be read. */
  #find(key: string): HeldRow<R> | undefined {
    const newer = this.#newer.get(key);
    if (newer !== undefined) return newer;
    const older = this.#older.get(key);
    if (older !== undefined) {
      this.#newer.set(key, older);
      return older;
    }
    return this.#written?.mayHave(key) === false ? this.#put(key, undefined) : undefined;
  }

  #put(key: string, row: R | undefined): HeldRow<R> {
    const held = { key, row, isChanged: false };
    this.#newer.set(key, held);
    return held;
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
