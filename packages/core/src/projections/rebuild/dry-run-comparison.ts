import { bucketOf } from "../../ports/buckets";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { keysOf } from "../planned-steps";
import { subscriptionOf } from "../projection-consumer";
import { isSameRow, rowDifferences } from "../row-differences";
import type { PreparedProjection } from "../start-projections";
import { type DifferentRow, differentRows } from "./different-rows";
import { FoldedPages } from "./folded-pages";
import type { RebuildLease } from "./rebuild-lease";
import type { DryRun, RebuildDifference } from "./rebuild-options";
import type { RebuildStores, Shadow } from "./shadow";
import type { ShadowFold } from "./shadow-fold";
import { SingleRows } from "./single-rows";

interface ComparisonParts {
  readonly projection: PreparedProjection;
  readonly stores: RebuildStores;
  readonly shadow: Shadow;
  readonly fold: ShadowFold;
  readonly lease: RebuildLease;
  readonly signal: AbortSignal | undefined;
}

const EXAMPLES = 10;

/** How often rows that commands change all the time are compared, before they count as different. */
const ROUNDS = 5;

/** Compares rows that were folded again with the present ones, while those go on. */
export class DryRunComparison {
  readonly #parts: ComparisonParts;
  readonly #subscription: string;
  readonly #differences = new Map<string, "changed" | "missing" | "extra">();
  readonly #examples = new Map<string, readonly RebuildDifference[]>();

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    this.#subscription = subscriptionOf(parts.projection.model);
  }

  /** Folds as far as the present rows are folded. */
  async fold(): Promise<void> {
    const { fold } = this.#parts;
    if (this.#isInline) await fold.toTheEnd();
    else await fold.upTo(Math.min(...(await this.#positions()).values()));
  }

  async compare(): Promise<Omit<DryRun, "estimatedMs">> {
    const { projection, stores, shadow, fold } = this.#parts;
    const { table } = projection.folding;
    for await (const row of differentRows(stores.operations.readModels, table, shadow.tables.table)) {
      this.#parts.signal?.throwIfAborted();
      this.#note(row);
    }
    const undecided = await this.#changedSince(fold.checkpoints.position);
    if (undecided.size > 0) await this.#decide(undecided);
    const kinds = [...this.#differences.values()];
    const count = (kind: "changed" | "missing" | "extra") => kinds.filter((each) => each === kind).length;
    return {
      changed: count("changed"),
      missing: count("missing"),
      extra: count("extra"),
      examples: [...this.#examples.values()].flat(),
    };
  }

  get #isInline(): boolean {
    return this.#parts.projection.model.mode === "inline";
  }

  #note(row: DifferentRow): void {
    const { key, stored, rebuilt } = row;
    this.#differences.set(key, stored === undefined ? "missing" : rebuilt === undefined ? "extra" : "changed");
    if (this.#examples.size < EXAMPLES) this.#examples.set(key, this.#placesOf(row));
  }

  #placesOf({ key, stored, rebuilt }: DifferentRow): readonly RebuildDifference[] {
    const differences = rowDifferences(this.#parts.projection.folding, key, stored, rebuilt);
    return differences.map(({ expected, ...place }) => ({ ...place, rebuilt: expected }));
  }

  /** How far the buckets of the projection are. */
  async #positions(): Promise<ReadonlyMap<number, number>> {
    const checkpoints = await this.#parts.stores.operations.subscriptions.checkpoints(this.#subscription);
    return new Map(checkpoints.map(({ bucket, position }) => [bucket, position]));
  }

  /** The rows that differ, and may do so only because they have gone on. */
  async #changedSince(position: number): Promise<ReadonlySet<string>> {
    const { folding } = this.#parts.projection;
    const last = this.#isInline ? Number.POSITIVE_INFINITY : Math.max(...(await this.#positions()).values());
    const pages = this.#pages();
    const changed = new Set<string>();
    for (let isAtEnd = position >= last; !isAtEnd; ) {
      const { events, upTo, atEnd, unknown } = await pages.behind(position, last);
      for (const event of events)
        for (const key of keysOf(folding, event)) if (this.#differences.has(key)) changed.add(key);
      position = unknown?.event.globalPosition ?? upTo;
      isAtEnd = unknown === undefined && atEnd;
    }
    return changed;
  }

  /** Compares some rows again, at the same position of the log. */
  async #decide(keys: ReadonlySet<string>): Promise<void> {
    const { lease, projection, stores, shadow, fold, signal } = this.#parts;
    const { readModels } = stores.operations;
    const { position } = fold.checkpoints;
    const { table } = shadow.tables;
    const rows = new SingleRows({
      folding: projection.folding,
      pages: this.#pages(),
      readModels,
      table,
      position,
      keys,
      signal,
    });
    if (!this.#isInline) {
      await lease.takeFromOthers(this.#subscription);
      try {
        const positions = await this.#positions();
        const isWanted = (key: string, event: ConsumedEvent) =>
          event.globalPosition <= (positions.get(bucketOf(key, positions.size)) ?? 0);
        await rows.upTo(Math.max(...positions.values()), isWanted);
        await this.#compareAgain(keys, rows);
      } finally {
        await lease.giveBack(this.#subscription);
      }
      return;
    }
    for (let round = 1; round <= ROUNDS && keys.size > 0; round++) {
      await rows.upTo(Number.POSITIVE_INFINITY);
      keys = await this.#compareAgain(keys, rows);
    }
  }

  /** @returns those that still differ. */
  async #compareAgain(keys: ReadonlySet<string>, rows: SingleRows): Promise<ReadonlySet<string>> {
    const { stores, projection } = this.#parts;
    const { table } = projection.folding;
    const present = await stores.operations.readModels.rows(table, [...keys]);
    const different = new Set<string>();
    for (const key of keys) {
      this.#differences.delete(key);
      this.#examples.delete(key);
      const row = { key, stored: present.find(([found]) => found === key), rebuilt: await rows.encoded(key, 0) };
      if (isSameRow(table, row.stored, row.rebuilt)) continue;
      different.add(key);
      this.#note(row);
    }
    return different;
  }

  #pages(): FoldedPages {
    const { stores, projection } = this.#parts;
    return new FoldedPages(stores.log, projection.folding, projection.model.sources);
  }
}
