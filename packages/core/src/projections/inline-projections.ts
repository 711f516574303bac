import type { AggregateModel } from "../model/aggregate-model";
import type { ProjectionModel } from "../model/projection-model";
import type { AppendRequest, EventLog } from "../ports/event-log";
import type { RowLookup } from "../ports/loaded-stream";
import type { Operation } from "../ports/operations";
import type { ReadModelStore } from "../ports/read-model-store";
import type { Participant } from "../unit-of-work/participant";
import type { RowsOfUnit } from "../unit-of-work/rows-of-unit";
import { AppendedEvent } from "./appended-event";
import { inlineOperations } from "./inline-operations";
import { subscriptionOf } from "./projection-consumer";
import type { RowFolding } from "./row-folding";

interface InlineProjectionsParts {
  readonly projections: readonly { readonly model: ProjectionModel; readonly folding: RowFolding }[];
  readonly readModels: Pick<ReadModelStore, "rows">;
  readonly log: Pick<EventLog, "version">;
}

/** Folds events into the rows of projections of mode "inline" when they are appended, in the same transaction. */
export class InlineProjections {
  readonly #sources = new Map<string, AggregateModel>();
  /** Tables with categories whose events, the last that were folded, concerned rows with other keys than the aggregate's id. */
  readonly #keyedOtherwise = new Set<string>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(private readonly parts: InlineProjectionsParts) {
    for (const { model } of parts.projections)
      for (const source of model.sources) this.#sources.set(source.category, source);
  }

  /** Makes what takes part in one append. @param loaded the rows that came with the loads of its unit of work. */
  participant(loaded: () => RowsOfUnit | undefined): Participant {
    return new InlineFold(this, loaded);
  }

  /** Lists the rows that events of an aggregate are likely to change, as far as they have its id. */
  lookups(category: string, aggregateId: string): readonly RowLookup[] {
    const lookups: RowLookup[] = [];
    for (const { folding } of this.parts.projections)
      if (folding.categories.includes(category) && !this.#keyedOtherwise.has(folding.table.name + category))
        lookups.push({ table: folding.table, keys: [aggregateId] });
    return lookups;
  }

  /** Calls `listener` after each commit that changed rows of a projection. @returns a function that ends it. */
  onCommit(subscription: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(subscription) ?? new Set();
    this.#listeners.set(subscription, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** @internal */
  committed(subscriptions: Iterable<string>): void {
    for (const subscription of subscriptions)
      for (const listener of this.#listeners.get(subscription) ?? []) listener();
  }

  /** The operations of all projections, by the subscription of each. @internal */
  async operations(
    requests: readonly AppendRequest[],
    loaded: RowsOfUnit | undefined,
    mayAssume: boolean,
  ): Promise<ReadonlyMap<string, readonly Operation[]>> {
    const { projections, readModels } = this.parts;
    const events = await this.#eventsOf(requests);
    const found = new Map<string, readonly Operation[]>();
    if (events.length === 0) return found;
    await Promise.all(
      projections.map(async ({ model, folding }) => {
        const rows = loaded?.of(folding.table.name);
        const learnt = (category: string, isOwnKey: boolean) => {
          if (isOwnKey) this.#keyedOtherwise.delete(folding.table.name + category);
          else this.#keyedOtherwise.add(folding.table.name + category);
        };
        const operations = await inlineOperations({ folding, readModels, events, loaded: rows, mayAssume, learnt });
        if (operations.length > 0) found.set(subscriptionOf(model), operations);
      }),
    );
    return found;
  }

  async #eventsOf(requests: readonly AppendRequest[]): Promise<readonly AppendedEvent[]> {
    const events: AppendedEvent[] = [];
    for (const request of requests) {
      const source = this.#sources.get(request.category);
      if (source === undefined || !this.#isWanted(request)) continue;
      const version = request.expectedVersion ?? (await this.parts.log.version(request));
      for (const [index, message] of request.messages.entries())
        events.push(new AppendedEvent(source, request, message, version + 1 + index));
    }
    return events;
  }

  #isWanted({ messages }: AppendRequest): boolean {
    return this.parts.projections.some(({ folding }) => messages.some(({ type }) => folding.wants(type)));
  }
}

/** What inline projections do for one append. */
class InlineFold implements Participant {
  #changed: Iterable<string> = [];
  #attempts = 0;

  constructor(
    private readonly projections: InlineProjections,
    private readonly loaded: () => RowsOfUnit | undefined,
  ) {}

  async react(requests: readonly AppendRequest[]): Promise<readonly Operation[]> {
    const isFirst = this.#attempts++ === 0;
    // What came with a load, and what was assumed, was wrong once it has been refused.
    const operations = await this.projections.operations(requests, isFirst ? this.loaded() : undefined, isFirst);
    this.#changed = operations.keys();
    return [...operations.values()].flat();
  }

  committed(): void {
    this.projections.committed(this.#changed);
  }
}
