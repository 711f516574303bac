import type { ProjectionRoot } from "../elements/projection";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { ProjectionModel } from "../model/projection-model";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { subscriptionOf } from "../projections/projection-consumer";
import type { Projections } from "../projections/projections";
import type { PreparedProjection } from "../projections/start-projections";
import type { Progress } from "../subscriptions/progress";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { type DispatchOptions, QueryProcessor, type QueryProcessorParts } from "./query-processor";
import { type ProjectionState, QueryWatch } from "./query-watch";
import { type View, viewOf } from "./view";

interface QueriesParts extends Pick<QueryProcessorParts, "queries" | "instances" | "units"> {
  readonly projections: Projections;
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations">;
  readonly progress: Progress;
}

/** Reads the rows of a domain's projections: views, queries, and watches of queries. */
export class Queries {
  readonly #parts: QueriesParts;
  readonly #processor: QueryProcessor;
  readonly #open = new Set<QueryWatch<any>>();
  #isClosed = false;

  constructor(parts: QueriesParts) {
    this.#parts = parts;
    this.#processor = new QueryProcessor({
      ...parts,
      viewOf: ({ type }) => this.viewOf(type as never),
      reached: (model, position, options) =>
        // What is folded inline is there as soon as there is a position to wait for.
        model.mode === "inline" ? Promise.resolve() : parts.progress.reached(subscriptionOf(model), position, options),
    });
  }

  /** @throws IncorrectUsageError for a class that is not a registered projection. */
  viewOf<P extends ProjectionRoot>(projection: { readonly prototype: P; readonly name: string }): View<P> {
    const { model, folding } = this.#parts.projections.of(projection);
    const { readModels } = this.#parts.adapter.operations!;
    return viewOf({ model, folding, readModels });
  }

  /** @throws as `QueryProcessor.dispatch` does. */
  dispatch(query: object, options?: DispatchOptions): Promise<unknown> {
    return this.#processor.dispatch(query, options);
  }

  /** Gives the result of a query, and a new one after each change of it. @throws IncorrectUsageError as `dispatch` does. */
  watch(query: object, { signal }: { readonly signal?: AbortSignal | undefined } = {}): QueryWatch<unknown> {
    // Not `instanceof`: each sandbox of a test runner has a class of its own.
    if (signal !== undefined && typeof signal?.addEventListener !== "function")
      throw new IncorrectUsageError('Cannot watch a query: "signal" must be an AbortSignal');
    const answered = this.#processor.answered(query);
    const projection = this.#parts.projections.of(answered.model.handler.projection.type as never);
    return new QueryWatch({
      ask: () => this.#processor.ask(answered),
      log: this.#parts.adapter.log,
      onChange: (changed) => this.#onChange(projection.model, changed),
      state: () => this.#stateOf(projection),
      signal,
      opened: (watch) => this.#opened(watch),
      closed: (watch) => void this.#open.delete(watch),
    });
  }

  /** Ends the watches. Resolves when none of them reads any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((watch) => watch.close()));
  }

  #onChange(model: ProjectionModel, changed: () => void): () => void {
    const { projections, progress } = this.#parts;
    const subscription = subscriptionOf(model);
    return model.mode === "inline" && projections.inline !== undefined
      ? projections.inline.onCommit(subscription, changed)
      : progress.onFlush(subscription, changed);
  }

  async #stateOf({ model, folding }: PreparedProjection): Promise<ProjectionState> {
    const { log, operations } = this.#parts.adapter;
    if (model.mode === "inline") {
      return { mark: String(await settledEnd(log)), isBehind: false };
    }
    const checkpoints = await operations!.subscriptions.checkpoints(subscriptionOf(model));
    const after = Math.min(...checkpoints.map(({ position }) => position));
    if (!Number.isFinite(after)) return { mark: "", isBehind: true };
    const { messages } = await log.readAll({ after, limit: 1, categories: folding.categories });
    // Another generation at the same position may mean that a rebuild has replaced the rows.
    const mark = checkpoints.map(({ position, generation }) => `${position} ${generation}`).join();
    return { mark, isBehind: messages.length > 0 };
  }

  /** The first result may be asked for when the domain is closing already. */
  #opened(watch: QueryWatch<any>): void {
    this.#open.add(watch);
    if (this.#isClosed) void watch.close();
  }
}
