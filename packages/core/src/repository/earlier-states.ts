import type { AggregateRoot } from "../elements/aggregate-root";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { streamOf } from "../event-store/stream-names";
import type { Loader } from "../loading/aggregate-loader";
import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import { checkIdentifier } from "../schema/identifier";
import { aggregateHistory, type HistoryOptions, type HistoryStep } from "./aggregate-history";
import { type TemporalOptions, temporalBounds } from "./temporal-bounds";

interface EarlierStatesParts<A extends AggregateRoot> {
  readonly model: AggregateModel<A>;
  readonly log: EventLog;
  readonly loader: Loader<A>;
}

/** The earlier states of the aggregates of one class, folded from their events. */
export class EarlierStates<A extends AggregateRoot> {
  constructor(private readonly parts: EarlierStatesParts<A>) {}

  /** @throws ObjectNotFoundError that names the latest version. */
  async get(id: string, options: TemporalOptions): Promise<A> {
    const aggregate = await this.find(id, options);
    if (aggregate !== undefined) return aggregate;
    const { model, log } = this.parts;
    const latestVersion = await log.version(streamOf(model.category, id));
    const { asked } = temporalBounds(options);
    throw new ObjectNotFoundError({ aggregate: model.name, id, ...(latestVersion >= 0 && { asked, latestVersion }) });
  }

  /** Loads past the unit of work, and writes no snapshot: the aggregate shows the past. */
  async find(id: string, options: TemporalOptions): Promise<A | undefined> {
    this.#checkId(id);
    const { bounds } = temporalBounds(options);
    const { aggregate } = await this.parts.loader.load(id, bounds);
    if (aggregate === undefined) return undefined;
    return bounds.maxVersion !== undefined && aggregate.version < bounds.maxVersion ? undefined : aggregate;
  }

  history(id: string, options: HistoryOptions): AsyncGenerator<HistoryStep, void, undefined> {
    this.#checkId(id);
    return aggregateHistory(id, options, this.parts);
  }

  #checkId(id: string): void {
    checkIdentifier(id, this.parts.model.name);
  }
}
