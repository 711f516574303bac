import { OperationConflictError } from "../../errors/operation-conflict-error";
import { pauseMs } from "../../patience/growing-pause";
import { bucketOf } from "../../ports/buckets";
import type { Operation } from "../../ports/operations";
import { now, pause } from "../../ports/real-timers";
import type { Checkpoint } from "../../ports/subscription-store";
import { subscriptionOf } from "../projection-consumer";
import { newRevision } from "../revision";
import { FoldedPages } from "./folded-pages";
import type { RebuildParts } from "./rebuild";
import { RebuildLease } from "./rebuild-lease";
import type { RebuildOptions, RebuildResult } from "./rebuild-options";
import { SingleRows } from "./single-rows";

const RETRY = { firstMs: 20, maxMs: 2_000 };

/** Folds one row of a projection again, from its first event. */
export class RebuildRow {
  readonly #subscription: string;

  constructor(
    private readonly parts: RebuildParts,
    private readonly key: string,
    private readonly options: RebuildOptions,
  ) {
    this.#subscription = subscriptionOf(parts.projection.model);
  }

  /** @throws RebuildError for an event that fails; the reason of the signal. */
  async run(): Promise<RebuildResult> {
    const begun = now();
    const { projection } = this.parts;
    const { signal } = this.options;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const rows = this.#rows();
      try {
        const isThere = projection.model.mode === "inline" ? await this.#inline(rows) : await this.#async(rows);
        return { rows: isThere ? 1 : 0, events: rows.events, ms: now() - begun };
      } catch (error) {
        // Somebody else has written the row, or taken its bucket.
        if (!(error instanceof OperationConflictError)) throw error;
      }
      await pause(pauseMs(RETRY, attempt), { signal });
    }
  }

  /** The long way first: the owner of the row's bucket stands still for the rest only. */
  async #async(rows: SingleRows): Promise<boolean> {
    const { stores, leaseMs } = this.parts;
    const { subscriptions } = stores.operations;
    const subscription = this.#subscription;
    await rows.upTo((await this.#checkpoint()).position);
    const lease = await RebuildLease.begin(subscriptions, { subscription: `${subscription}.row`, leaseMs });
    try {
      const { bucket } = await this.#checkpoint();
      await lease.takeFromOthers(subscription, [bucket]);
      const { position, generation } = await this.#checkpoint();
      await rows.upTo(position);
      const move = { kind: "moveCheckpoint", subscription, bucket, from: position, to: position, generation } as const;
      const row = await rows.encoded(this.key, newRevision());
      await stores.operations.flush([move, this.#written(row, undefined), ...(await this.#parked(position))]);
      return row !== undefined;
    } finally {
      await lease.end();
    }
  }

  /** The row is not replaced where a command has changed it since it was looked at. */
  async #inline(rows: SingleRows): Promise<boolean> {
    const { projection, stores } = this.parts;
    const { table, categories } = projection.folding;
    const { operations, log } = stores;
    const [before] = await operations.readModels.rows(table, [this.key]);
    do await rows.upTo(Number.POSITIVE_INFINITY);
    while ((await log.countEvents({ after: rows.position, categories, limit: 1 })).events > 0);
    const row = await rows.encoded(this.key, newRevision());
    if (row === undefined && before === undefined) return false;
    await operations.flush([this.#written(row, (before?.at(-1) as number | undefined) ?? null)]);
    return row !== undefined;
  }

  /** @param expected the revision that the row must have; undefined for any. */
  #written(row: Awaited<ReturnType<SingleRows["encoded"]>>, expected: number | null | undefined): Operation {
    const { table } = this.parts.projection.folding;
    const guard = expected === undefined ? {} : { guard: { column: table.columns.at(-1)!.name, expected: [expected] } };
    if (row === undefined) return { kind: "deleteRows", table, keys: [this.key], ...guard };
    return { kind: "upsertRows", table, rows: [row], ...guard };
  }

  /** What was set aside of the row is folded now. */
  async #parked(last: number): Promise<readonly Operation[]> {
    const { subscriptions } = this.parts.stores.operations;
    const parked = await subscriptions.parked({ subscription: this.#subscription, keys: [this.key] });
    return parked
      .filter(({ position, state }) => position <= last && state !== "skipped")
      .map(({ subscription, key, position, revision }) => {
        return { kind: "removeParked", subscription, key, position, expected: revision };
      });
  }

  async #checkpoint(): Promise<Checkpoint> {
    const checkpoints = await this.parts.stores.operations.subscriptions.checkpoints(this.#subscription);
    const bucket = bucketOf(this.key, checkpoints.length);
    return checkpoints.find((each) => each.bucket === bucket)!;
  }

  /** The row as it was before all events. */
  #rows(): SingleRows {
    const { projection, stores } = this.parts;
    const { folding, model } = projection;
    const pages = new FoldedPages(stores.log, folding, model.sources);
    const readModels = { rows: () => [] };
    const keys = new Set([this.key]);
    return new SingleRows({
      folding,
      pages,
      readModels,
      table: folding.table,
      position: 0,
      keys,
      signal: this.options.signal,
    });
  }
}
