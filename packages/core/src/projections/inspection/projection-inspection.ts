import type { ProjectionRoot } from "../../elements/projection";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operations";
import { checkIdentifier } from "../../schema/identifier";
import { subscriptionOf } from "../projection-consumer";
import type { Projections } from "../projections";
import type { PreparedProjection } from "../start-projections";
import { ProjectedEvents } from "./projected-events";
import {
  type ProjectionVerification,
  ProjectionVerifier,
  type VerifyProjectionOptions,
} from "./projection-verification";
import { type ExplainRowOptions, type RowChange, rowHistory } from "./row-history";
import { positionsAtTheEnd, positionsOfBuckets, type RowPositions } from "./row-positions";

interface InspectionParts {
  readonly projections: Projections;
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations">;
}

type AnyProjection = { readonly prototype: ProjectionRoot; readonly name: string };

/** Compares the rows of projections with the events that they were folded from. */
export class ProjectionInspection {
  constructor(private readonly parts: InspectionParts) {}

  /** @throws IncorrectUsageError for a class that is not a registered projection; as `ProjectionVerifier.run` does. */
  async verify(projection: AnyProjection, options: VerifyProjectionOptions = {}): Promise<ProjectionVerification> {
    return await new ProjectionVerifier(this.#partsOf(projection), options).run();
  }

  /** @throws IncorrectUsageError for a class that is not a registered projection; as `rowHistory` does. */
  explain(projection: AnyProjection, id: string, options?: ExplainRowOptions): AsyncGenerator<RowChange, void> {
    const parts = this.#partsOf(projection);
    checkIdentifier(id, parts.model.name);
    return rowHistory(parts, id, options);
  }

  #partsOf(projection: AnyProjection) {
    const { model, folding } = this.parts.projections.of(projection);
    const { log } = this.parts.adapter;
    const { readModels } = this.#operations;
    const events = new ProjectedEvents(model, folding, log);
    const positions = (signal?: AbortSignal) => this.#positions({ model, folding }, signal);
    return { model, folding, readModels, events, positions };
  }

  async #positions(
    { model, folding }: Pick<PreparedProjection, "model" | "folding">,
    signal: AbortSignal | undefined,
  ): Promise<RowPositions> {
    const { log } = this.parts.adapter;
    if (model.mode === "inline") return await positionsAtTheEnd(log, folding.categories, signal);
    return await positionsOfBuckets(this.#operations.subscriptions, subscriptionOf(model));
  }

  /** There are no projections without them. */
  get #operations(): OperationStores {
    return this.parts.adapter.operations!;
  }
}
