import { ExpectedVersionError } from "../../errors/expected-version-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import type { Operation, RemoveParked } from "../../ports/operations";
import { pause } from "../../ports/real-timers";
import { pauseMs } from "../../subscriptions/growing-pause";
import { declarationRecord } from "../declaration-record";
import { subscriptionOf } from "../projection-consumer";
import { projectionView } from "../projection-table";
import type { PreparedProjection } from "../start-projections";
import { StoredDeclarations } from "../stored-declarations";
import type { RebuildLease } from "./rebuild-lease";
import type { RebuildStores, Shadow } from "./shadow";
import type { ShadowFold } from "./shadow-fold";
import type { SkippedEvents } from "./skipped-events";

/** How long the switch waits for those who work with the table: readers wait behind it as long. */
const LOCK_TIMEOUT_MS = 500;

const RETRY = { firstMs: 20, maxMs: 5_000 };

interface SwitchParts {
  readonly projection: PreparedProjection;
  readonly stores: RebuildStores;
  readonly shadow: Shadow;
  readonly fold: ShadowFold;
  readonly skipped: SkippedEvents;
  readonly lease: RebuildLease;
  readonly signal: AbortSignal | undefined;
  /** The present time: milliseconds since 1970, UTC. */
  readonly now: () => number;
}

/** Puts the rows that were folded again in the place of the present ones, once they are as new. */
export class SwitchOver {
  readonly #parts: SwitchParts;
  /** Of the projection. */
  readonly #subscription: string;

  constructor(parts: SwitchParts) {
    this.#parts = parts;
    this.#subscription = subscriptionOf(parts.projection.model);
  }

  /**
   * Tries until it is done: others may work with the table, or store events meanwhile.
   * @throws RebuildError for an event that fails, and where another process goes on with the rebuild; the reason of the signal.
   */
  async run(): Promise<void> {
    const { projection, fold, lease, signal } = this.#parts;
    const isInline = projection.model.mode === "inline";
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      await fold.toTheEnd();
      try {
        return isInline ? await this.#switchInline() : await this.#switchAsync();
      } catch (error) {
        if (!(error instanceof OperationConflictError || error instanceof ExpectedVersionError)) throw error;
        if (!isInline) await lease.giveBack(this.#subscription);
      }
      await pause(pauseMs(RETRY, attempt), { signal });
    }
  }

  /** Nobody folds into the present rows meanwhile: their owners have lost their checkpoints. */
  async #switchAsync(): Promise<void> {
    const { stores, fold, lease } = this.#parts;
    const { subscriptions } = stores.operations;
    await lease.takeFromOthers(this.#subscription);
    const before = await subscriptions.checkpoints(this.#subscription);
    await fold.upTo(Math.max(...before.map(({ position }) => position)));
    const { position } = fold.checkpoint;
    await this.#switch(undefined, [
      {
        kind: "replaceCheckpoints",
        subscription: this.#subscription,
        expected: before.map(({ bucket, position, generation }) => ({ bucket, position, generation })),
        checkpoints: before.map(({ bucket }) => ({ bucket, position })),
      },
      ...(await this.#parkedUpTo(position)),
    ]);
  }

  /** Commands go on: the store refuses the switch where they have stored an event that is not folded yet. */
  async #switchInline(): Promise<void> {
    const { fold, projection } = this.#parts;
    const { position } = fold.checkpoint;
    await this.#switch({ position, categories: projection.folding.categories }, []);
  }

  async #switch(upTo: { position: number; categories: readonly string[] } | undefined, also: readonly Operation[]) {
    const { projection, stores, shadow, fold, skipped, now } = this.#parts;
    const { model, folding } = projection;
    const { readModels } = stores.operations;
    const { indexed, kept } = shadow.tables;
    const view = projectionView(model, folding.table);
    const isShown = (await readModels.viewedTable(view.name)) === folding.table.name;
    const declarations = new StoredDeclarations(stores.domain, stores.operations);
    const known = await declarations.of(subscriptionOf(model));
    const { rebuild: _, ...former } = known?.record ?? declarationRecord(projection);
    const record = { ...former, kept: { table: kept, since: now() } };
    await readModels.switchTable({
      table: folding.table,
      by: indexed.name,
      kept,
      ...(isShown && { view }),
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      ...(upTo !== undefined && { upTo }),
      also: [
        ...also,
        ...skipped.operations(),
        shadow.removal(fold.checkpoint),
        declarations.putting(subscriptionOf(model), record, known),
      ],
    });
  }

  /** What was set aside up to here is folded now. */
  async #parkedUpTo(last: number): Promise<readonly RemoveParked[]> {
    const { subscriptions } = this.#parts.stores.operations;
    const parked = await subscriptions.parked({ subscription: this.#subscription });
    return parked
      .filter(({ position, state }) => position <= last && state !== "skipped")
      .map(({ subscription, key, position, revision }) => {
        return { kind: "removeParked", subscription, key, position, expected: revision };
      });
  }
}
