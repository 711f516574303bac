import type { FailurePolicy } from "../config/failure-policy";
import type { ProjectionModel } from "../model/projection-model";
import type { ReadModelStore } from "../ports/read-model-store";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Consumer, Feed } from "../subscriptions/reading/consumer";
import { keysOf } from "./planned-steps";
import { ProjectionFeed } from "./projection-feed";
import type { RowFolding } from "./row-folding";

interface ProjectionConsumerParts<R extends object> {
  readonly model: ProjectionModel;
  readonly folding: RowFolding<R>;
  readonly readModels: Pick<ReadModelStore, "rows">;
  /** How many events it is given at once, at most. */
  readonly batch: number;
}

/** The identity of the checkpoints of a projection: `AccountSummary.v2`. */
export function subscriptionOf({ name, version }: Pick<ProjectionModel, "name" | "version">): string {
  return `${name}.v${version}`;
}

/** Gives the events of a projection to its rows. Each row has its own order. */
export class ProjectionConsumer<R extends object = object> implements Consumer {
  readonly subscription: string;
  readonly name: string;
  readonly kind = "projection";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom = "beginning";
  readonly retry = { attempts: 0, firstMs: 0, maxMs: 0 };
  readonly onFailure: FailurePolicy;
  readonly batch: number;
  readonly isOneLine = false;
  readonly isGrouped = true;
  readonly #parts: ProjectionConsumerParts<R>;

  constructor(parts: ProjectionConsumerParts<R>) {
    const { model, folding, batch } = parts;
    this.subscription = subscriptionOf(model);
    this.name = model.name;
    this.lane = model.lane;
    this.categories = folding.categories;
    this.onFailure = model.onFailure ?? "park";
    this.batch = batch;
    this.#parts = parts;
  }

  wants(type: string): boolean {
    return this.#parts.folding.wants(type);
  }

  keysOf(event: ConsumedEvent): readonly string[] {
    return keysOf(this.#parts.folding, event);
  }

  begin(): Feed {
    const { folding, readModels } = this.#parts;
    return new ProjectionFeed(folding, readModels);
  }
}
