import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import { bringUpToDate } from "../projections/bring-up-to-date";
import type { PreparedProjection } from "../projections/start-projections";
import { settledEnd } from "../subscriptions/reading/settled-end";

/**
 * Folds events that a test has stored as history into the rows of inline projections. Each of them folds on its own: history that is too
 * short for one projection is no matter of another.
 */
export class SeededInline {
  /** Whether events were seeded that are not folded yet. */
  #isBehind = false;
  #turn: Promise<void> = Promise.resolve();
  readonly #failures = new Map<PreparedProjection, unknown>();

  constructor(
    private readonly projections: readonly PreparedProjection[],
    private readonly adapter: Pick<EventStoreAdapter, "log" | "operations">,
  ) {}

  /** Notes that everything up to now is folded, and what comes is not. */
  async stopBeforeSeeds(): Promise<void> {
    if (this.#isBehind || this.projections.length === 0) return;
    this.#isBehind = true;
    const end = await settledEnd(this.adapter.log);
    for (const { consumer } of this.projections) {
      const { subscription } = consumer;
      const expected = await this.#operations.subscriptions.checkpoints(subscription);
      const checkpoints = expected.map(({ bucket }) => ({ bucket, position: end }));
      await this.#operations.flush([{ kind: "replaceCheckpoints", subscription, expected, checkpoints }]);
    }
  }

  /** Folds what was seeded. A projection that fails keeps its failure for whoever looks at it. */
  async foldSeeds(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#fold());
    await this.#turn;
  }

  /** @throws why a projection could not fold what was seeded. */
  refuseUnfolded(projection: PreparedProjection): void {
    if (this.#failures.has(projection)) throw this.#failures.get(projection);
  }

  async #fold(): Promise<void> {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    const { log } = this.adapter;
    for (const projection of this.projections) {
      const { consumer, model } = projection;
      try {
        await bringUpToDate(consumer, model.sources, { log, operations: this.#operations });
      } catch (error) {
        this.#failures.set(projection, error);
      }
    }
  }

  get #operations(): OperationStores {
    return this.adapter.operations as OperationStores;
  }
}
