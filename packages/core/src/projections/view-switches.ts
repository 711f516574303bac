import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { Engine } from "../subscriptions/engine";
import { settledEnd } from "../subscriptions/settled-end";
import { subscriptionOf } from "./projection-consumer";
import { show, showsEarlier } from "./projection-views";
import type { PreparedProjection } from "./start-projections";
import type { StoredDeclarations } from "./stored-declarations";

interface ViewSwitchesParts {
  readonly log: EventLog;
  readonly operations: OperationStores;
  readonly declarations: StoredDeclarations;
  readonly engine: Pick<Engine, "workers" | "onMove">;
  /** Takes the error of a view that could not be made. It is tried again at the next start. */
  readonly failed: (projection: string, error: unknown) => void;
}

/** Moves the views of projections from an earlier version to the present one, once that has caught up for the first time. */
export class ViewSwitches {
  readonly #stops = new Set<() => void>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly parts: ViewSwitchesParts) {}

  /** Waits for projections to reach the present end of the log. Returns at once. */
  async await(projections: readonly PreparedProjection[]): Promise<void> {
    if (projections.length === 0) return;
    const { log, operations } = this.parts;
    const end = await settledEnd(log);
    for (const projection of projections) {
      const checkpoints = await operations.subscriptions.checkpoints(subscriptionOf(projection.model));
      const isThere = checkpoints.length > 0 && checkpoints.every(({ position }) => position >= end);
      if (isThere) await this.#move(projection);
      else this.#awaitPosition(projection, end);
    }
  }

  /** Waits for no projection any more. Resolves when no view is being made. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
    await Promise.all(this.#underWay);
  }

  #awaitPosition(projection: PreparedProjection, end: number): void {
    const { engine } = this.parts;
    const subscription = subscriptionOf(projection.model);
    const stop = engine.onMove(() => {
      const position = engine.workers.get(subscription)?.position;
      if (position === undefined || position < end) return;
      stop();
      this.#stops.delete(stop);
      const showing = this.#show(projection).finally(() => this.#underWay.delete(showing));
      this.#underWay.add(showing);
    });
    this.#stops.add(stop);
  }

  /** Somebody, or a higher version, may have moved the view meanwhile. */
  async #move(projection: PreparedProjection): Promise<void> {
    const { operations, declarations } = this.parts;
    const stores = { readModels: operations.readModels, declarations };
    if (await showsEarlier(projection, stores)) await show(projection, stores);
  }

  async #show(projection: PreparedProjection): Promise<void> {
    try {
      await this.#move(projection);
    } catch (error) {
      this.parts.failed(projection.model.name, error);
    }
  }
}
