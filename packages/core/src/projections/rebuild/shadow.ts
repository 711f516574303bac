import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operation-stores";
import type { ReplaceCheckpoints } from "../../ports/operations";
import type { Checkpoint } from "../../ports/subscription-store";
import { subscriptionOf } from "../projection-consumer";
import type { PreparedProjection } from "../start-projections";
import { StoredDeclarations } from "../stored-declarations";
import { foldingCode } from "./folding-code";
import type { RebuildLease } from "./rebuild-lease";
import { type ShadowTable, shadowTable } from "./shadow-table";

/** What rebuilds need of a domain and its store. */
export interface RebuildStores {
  /** The name of the domain. */
  readonly domain: string;
  readonly log: EventStoreAdapter["log"];
  readonly operations: OperationStores;
}

/** The checkpoint of a rebuild has one bucket. */
const BUCKET = 0;

/** The table that a rebuild fills, and its checkpoint. */
export class Shadow {
  readonly tables: ShadowTable;
  /** The identity of its checkpoint. */
  readonly subscription: string;

  /** @param isKept whether a rebuild that was cut off is gone on with. A dry run begins anew each time. */
  constructor(
    private readonly projection: PreparedProjection,
    private readonly stores: RebuildStores,
    private readonly isKept: boolean,
  ) {
    const { model, folding } = projection;
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
  async open(lease: RebuildLease): Promise<Checkpoint> {
    const { model } = this.projection;
    const { subscriptions, readModels } = this.stores.operations;
    await subscriptions.layCheckpoints([{ subscription: this.subscription, bucket: BUCKET, position: 0 }]);
    const checkpoint = await lease.take(this.subscription, model.name);
    const code = foldingCode(model);
    const known = this.isKept ? await this.#declarations.of(subscriptionOf(model)) : undefined;
    if (known?.record.rebuild?.code === code && (await readModels.has(this.tables.table.name))) return checkpoint;
    return await this.#begin(lease, checkpoint, code);
  }

  /** Lists the operation that removes the checkpoint. */
  removal({ bucket, position, generation }: Checkpoint): ReplaceCheckpoints {
    const { subscription } = this;
    return { kind: "replaceCheckpoints", subscription, expected: [{ bucket, position, generation }], checkpoints: [] };
  }

  /** Removes everything, unless another process goes on with it. @throws OperationConflictError then. */
  async drop({ subscription, bucket, position, generation }: Checkpoint): Promise<void> {
    const { operations } = this.stores;
    await operations.flush([
      { kind: "moveCheckpoint", subscription, bucket, from: position, to: position, generation },
    ]);
    await this.#noteCode(undefined);
    await operations.readModels.dropTable(this.tables.table.name);
    await operations.flush([this.removal({ subscription, bucket, position, generation })]);
  }

  /** Wherever it is cut off, the next attempt finds a table that fits its checkpoint, or begins anew. */
  async #begin(lease: RebuildLease, before: Checkpoint, code: string): Promise<Checkpoint> {
    const { operations } = this.stores;
    const { table } = this.tables;
    await this.#noteCode(undefined);
    await operations.readModels.dropTable(table.name);
    await operations.readModels.createTable(table);
    const { bucket } = before;
    await operations.flush([{ ...this.removal(before), checkpoints: [{ bucket, position: 0 }] }]);
    const checkpoint = await lease.take(this.subscription, this.projection.model.name);
    await this.#noteCode(code);
    return checkpoint;
  }

  /** @param code the code that folds the rows of the table; undefined where they are of no use. */
  async #noteCode(code: string | undefined): Promise<void> {
    if (!this.isKept) return;
    const subscription = subscriptionOf(this.projection.model);
    await this.#declarations.change(subscription, ({ rebuild: _, ...record }) =>
      code === undefined ? record : { ...record, rebuild: { code } },
    );
  }
}
