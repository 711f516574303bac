import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operation-stores";
import { subscriptionOf } from "../projection-consumer";
import type { PreparedProjection } from "../start-projections";
import { StoredDeclarations } from "../stored-declarations";
import type { RebuildLease } from "./rebuild-lease";
import { ShadowCheckpoints } from "./shadow-checkpoints";
import { type ShadowTable, shadowTable } from "./shadow-table";

/** What rebuilds need of a domain and its store. */
export interface RebuildStores {
  /** The name of the domain. */
  readonly domain: string;
  readonly log: EventStoreAdapter["log"];
  readonly operations: OperationStores;
}

interface ShadowOptions {
  /** Stands for the code that folds: what other code has begun is begun anew. */
  readonly code: string;
  /** Whether a rebuild that was cut off is gone on with. A dry run begins anew each time. */
  readonly isKept: boolean;
}

/** Enough that the rows of one are few, also of all rows that are held. */
const BUCKETS = 64;

/** The table that a rebuild fills, and its checkpoints. */
export class Shadow {
  readonly tables: ShadowTable;
  /** The identity of its checkpoints. */
  readonly subscription: string;

  constructor(
    private readonly projection: PreparedProjection,
    private readonly stores: RebuildStores,
    private readonly options: ShadowOptions,
  ) {
    const { model, folding } = projection;
    const { isKept } = options;
    this.tables = shadowTable(folding.table, isKept ? "__new" : "__try");
    this.subscription = `${subscriptionOf(model)}.${isKept ? "rebuild" : "dry-run"}`;
  }

  get #declarations(): StoredDeclarations {
    return new StoredDeclarations(this.stores.domain, this.stores.operations);
  }

  /**
   * Prepares the table: one that the same code has begun is gone on with.
   * @returns how far its rows are folded.
   * @throws RebuildError where another process is at it.
   */
  async open(lease: RebuildLease): Promise<ShadowCheckpoints> {
    const { model } = this.projection;
    const { subscriptions, readModels } = this.stores.operations;
    const { subscription } = this;
    await subscriptions.layCheckpoints(
      Array.from({ length: BUCKETS }, (_, bucket) => ({ subscription, bucket, position: 0 })),
    );
    const checkpoints = await this.#take(lease);
    const { code, isKept } = this.options;
    const known = isKept ? await this.#declarations.of(subscriptionOf(model)) : undefined;
    // What holds no row up to its end has to be folded from the first event on in any case.
    const isOfUse = known?.record.rebuild?.code === code && checkpoints.position > 0;
    if (isOfUse && (await readModels.has(this.tables.table.name))) return checkpoints;
    return await this.#begin(lease, checkpoints);
  }

  /** Removes everything, unless another process goes on with it. @throws OperationConflictError then. */
  async drop(checkpoints: ShadowCheckpoints): Promise<void> {
    const { operations } = this.stores;
    await operations.flush(checkpoints.unmoved());
    await this.#noteCode(undefined);
    await operations.readModels.dropTable(this.tables.table.name);
    await operations.flush([checkpoints.replacement()]);
  }

  async #take(lease: RebuildLease): Promise<ShadowCheckpoints> {
    return new ShadowCheckpoints(await lease.take(this.subscription, this.projection.model.name, BUCKETS));
  }

  /** Wherever it is cut off, the next attempt finds a table that fits its checkpoints, or begins anew. */
  async #begin(lease: RebuildLease, before: ShadowCheckpoints): Promise<ShadowCheckpoints> {
    const { operations } = this.stores;
    const { table } = this.tables;
    await this.#noteCode(undefined);
    await operations.readModels.dropTable(table.name);
    await operations.readModels.createTable(table);
    await operations.flush([before.replacement(0)]);
    const checkpoints = await this.#take(lease);
    await this.#noteCode(this.options.code);
    return checkpoints;
  }

  /** @param code the code that folds the rows of the table; undefined where they are of no use. */
  async #noteCode(code: string | undefined): Promise<void> {
    if (!this.options.isKept) return;
    const subscription = subscriptionOf(this.projection.model);
    await this.#declarations.change(subscription, ({ rebuild: _, ...record }) =>
      code === undefined ? record : { ...record, rebuild: { code } },
    );
  }
}
