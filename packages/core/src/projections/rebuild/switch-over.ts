import { ExpectedVersionError } from "../../errors/expected-version-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { pauseMs } from "../../patience/growing-pause";
import type { Operation, RemoveParked, ReplaceCheckpoints } from "../../ports/operations";
import type { TableSwitch } from "../../ports/read-model-store";
import { pause } from "../../ports/real-timers";
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
/** Each attempt fits between two commands, or does not: the next one may. */
const RETRY_INLINE = { firstMs: 1, maxMs: 50 };

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
      await pause(pauseMs(isInline ? RETRY_INLINE : RETRY, attempt), { signal });
    }
  }

  /** Nobody folds into the present rows meanwhile: their owners have lost their checkpoints. */
  async #switchAsync(): Promise<void> {
    const { stores, fold, lease } = this.#parts;
    const { readModels, subscriptions } = stores.operations;
    const change = await this.#prepared();
    await lease.takeFromOthers(this.#subscription);
    const before = await subscriptions.checkpoints(this.#subscription);
    await fold.upTo(Math.max(...before.map(({ position }) => position)));
    const { position } = fold.checkpoints;
    const moved: ReplaceCheckpoints = {
      kind: "replaceCheckpoints",
      subscription: this.#subscription,
      expected: before.map(({ bucket, position, generation }) => ({ bucket, position, generation })),
      checkpoints: before.map(({ bucket }) => ({ bucket, position })),
    };
    await readModels.switchTable({
      ...change,
      also: [...this.#ending(change.put), moved, ...(await this.#parkedUpTo(position))],
    });
  }

  /**
   * Commands go on: the store refuses the switch where they have stored an event that is not folded yet. So the last rows are written by
   * the switch itself, without a moment in between.
   */
  async #switchInline(): Promise<void> {
    const { stores, fold, projection } = this.#parts;
    const { table, categories } = projection.folding;
    const change = await this.#prepared();
    const { position, changes } = await fold.unwritten(table);
    const upTo = { position, categories };
    const also = [...changes, ...this.#ending(change.put)];
    const late = async (last: number) => {
      const { changes } = await fold.unwritten(table, last);
      return [...changes, ...this.#ending(change.put)];
    };
    await stores.operations.readModels.switchTable({ ...change, upTo, also, late });
  }

  async #prepared(): Promise<Omit<TableSwitch, "also"> & { readonly put: Operation }> {
    const { projection, stores, shadow, now } = this.#parts;
    const { model, folding } = projection;
    const { indexed, kept } = shadow.tables;
    const view = projectionView(model, folding.table);
    const isShown = (await stores.operations.readModels.viewedTable(view.name)) === folding.table.name;
    const declarations = new StoredDeclarations(stores.domain, stores.operations);
    const known = await declarations.of(subscriptionOf(model));
    const { rebuild: _, ...former } = known?.record ?? declarationRecord(projection);
    const record = { ...former, kept: { table: kept, since: now() } };
    return {
      table: folding.table,
      by: indexed.name,
      kept,
      ...(isShown && { view }),
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      put: declarations.putting(subscriptionOf(model), record, known),
    };
  }

  #ending(put: Operation): readonly Operation[] {
    const { fold, skipped } = this.#parts;
    return [...skipped.operations(), fold.checkpoints.replacement(), put];
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
