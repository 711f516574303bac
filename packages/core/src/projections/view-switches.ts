import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { Engine } from "../subscriptions/engine";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { AwaitedView } from "./awaited-view";
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
  readonly #awaited: AwaitedView[] = [];

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

  /** Resolves when no view is being moved. */
  async settled(): Promise<void> {
    await Promise.all(this.#awaited.map((view) => view.settled()));
  }

  /** Waits for no projection any more. Resolves when no view is being moved. */
  async close(): Promise<void> {
    await Promise.all(this.#awaited.splice(0).map((view) => view.close()));
  }

  #awaitPosition(projection: PreparedProjection, end: number): void {
    const { engine, operations, failed } = this.parts;
    this.#awaited.push(
      new AwaitedView({
        projection,
        end,
        engine,
        store: operations.subscriptions,
        reached: () => this.#move(projection),
        failed: (error) => failed(projection.model.name, error),
      }),
    );
  }

  /** Somebody, or a higher version, may have moved the view meanwhile. */
  async #move(projection: PreparedProjection): Promise<void> {
    const { operations, declarations } = this.parts;
    const stores = { readModels: operations.readModels, declarations };
    if (await showsEarlier(projection, stores)) await show(projection, stores);
  }
}
