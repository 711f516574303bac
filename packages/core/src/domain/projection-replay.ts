import type { ProjectionModel } from "../model/projection-model";
import type { EventLog } from "../ports/event-log";
import { MemoryEventStore } from "../ports/memory/memory-event-store";
import type { Operation } from "../ports/operations";
import { ProjectionConsumer } from "../projections/projection-consumer";
import type { RowFolding } from "../projections/row-folding";
import { rowFolding } from "../projections/row-foldings";
import { stoppedAt } from "../subscriptions/failures/stopped-at";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Consumption, Feed } from "../subscriptions/reading/consumer";
import { KnownEvents } from "../subscriptions/reading/known-events";
import { WantedEventsOf } from "../subscriptions/reading/wanted-events";

const ONCE = { number: 1, signal: new AbortController().signal };

/** The events that one projection folds, read once, and tables to fold them into. */
export class ProjectionReplay {
  private constructor(
    private readonly model: ProjectionModel,
    private readonly folding: RowFolding,
    /** What the projection folds of all that is stored, oldest first. */
    readonly events: readonly ConsumedEvent[],
  ) {}

  /** @throws UnknownEventError for an event that is not declared. */
  static async of(model: ProjectionModel, log: EventLog): Promise<ProjectionReplay> {
    const folding = rowFolding(model);
    const known = new KnownEvents(model.sources);
    const { categories } = folding;
    const { messages, upTo } = await log.readAll({ after: 0, limit: Number.MAX_SAFE_INTEGER, categories });
    const page = { after: 0, upTo, atEnd: true, signs: 0, events: messages.map((message) => known.shared(message)) };
    const wants = (type: string) => folding.wants(type);
    const { events, unknown } = new WantedEventsOf({ categories, wants }, known).in(page, 0);
    if (unknown !== undefined) throw unknown.error;
    return new ProjectionReplay(model, folding, events);
  }

  /** Makes an empty table. */
  table(): ReplayedTable {
    return new ReplayedTable(this.model, this.folding, this.events);
  }
}

/** A table of a projection in a memory of its own, filled by what fills it on a server. */
export class ReplayedTable {
  readonly #store = new MemoryEventStore();
  readonly #consumer: ProjectionConsumer;
  #feed: Feed;

  constructor(
    model: ProjectionModel,
    private readonly folding: RowFolding,
    private readonly events: readonly ConsumedEvent[],
  ) {
    const { readModels } = this.#store.operations;
    readModels.createTable(folding.table);
    this.#consumer = new ProjectionConsumer({ model, folding, readModels, batch: events.length });
    this.#feed = this.#consumer.begin();
  }

  /** Goes on with the rows as they are stored, as after a start of the server. */
  restart(): void {
    this.#feed = this.#consumer.begin();
  }

  /**
   * Hands over the events from one index to before another, and stores what comes of them.
   *
   * @param isLost whether to store nothing, as when the server is killed.
   * @throws SubscriptionStoppedError for an event that fails.
   */
  consume(from: number, to: number, isLost = false): void {
    // A store in memory gives its rows at once, and a projection appends no events.
    const consumption = this.#feed.consume(this.events.slice(from, to), ONCE) as Consumption;
    const { failure, done, operations, stored } = consumption;
    if (failure !== undefined) throw stoppedAt(this.#consumer, this.events[from + done] as ConsumedEvent, 1, failure);
    if (isLost) return;
    this.#store.operations.flush(operations as readonly Operation[]);
    stored?.();
  }

  /** The rows by their keys, as views of the projection show them. */
  rows(): ReadonlyMap<string, object> {
    const { table, codec } = this.folding;
    const key = (table.columns[0] as (typeof table.columns)[number]).name;
    const orderBy = [{ column: key, direction: "asc" }] as const;
    const rows = this.#store.operations.readModels.query({ table, where: [], orderBy });
    return new Map(rows.map((row) => [row[0] as string, codec.decode(row)]));
  }
}
