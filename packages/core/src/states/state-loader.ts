import { type AggregateRoot } from "../elements/aggregate-root";
import { streamOf } from "../event-store/stream-names";
import type { Loaded, Loader } from "../loading/aggregate-loader";
import { isOpen } from "../model/aggregate-storage";
import { type Answer, answered } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { ReadModelStore } from "../ports/read-model-store";
import { now } from "../ports/real-timers";
import type { Row } from "../ports/table";
import type { StateTable } from "./state-table";
import { noteStoredRow } from "./stored-rows";

interface StateLoaderParts<A extends AggregateRoot> {
  readonly rows: StateTable<A>;
  readonly readModels: Pick<ReadModelStore, "rows">;
  readonly log: Pick<EventLog, "version">;
  /** Folds the events. */
  readonly events: Loader<A>;
}

/**
 * Loads aggregates from their rows. Where events are the truth, a row is a cache: an aggregate without one is folded from its events, and
 * so is one whose row turned out to be behind.
 */
export class StateLoader<A extends AggregateRoot = AggregateRoot> {
  /** The ids of aggregates whose rows led to a lost race. */
  readonly #doubted = new Set<string>();

  constructor(private readonly parts: StateLoaderParts<A>) {}

  load(id: string): Answer<Loaded<A>> {
    const startedAt = now();
    return answered(this.#row(id), (row) => {
      if (row !== undefined) return this.fromRow(row, startedAt);
      return isOpen(this.parts.rows.model.storage) ? fromRow<A>(undefined, 0) : this.#folded(id, row);
    });
  }

  /** Makes the aggregate of a row that was read, or folds its events where the row is behind. */
  fromRow(row: Row, startedAt = now()): Answer<Loaded<A>> {
    const id = row[0] as string;
    return this.#doubted.has(id) ? this.#ofChecked(id, row, startedAt) : this.#ofRow(row, startedAt);
  }

  /** Whether an aggregate has a row. */
  has(id: string): Answer<boolean> {
    return answered(this.#row(id), (row) => row !== undefined);
  }

  /** Compares the row of an aggregate with its stream before the next load believes it: a save that started from it was refused. */
  doubt(id: string): void {
    if (!isOpen(this.parts.rows.model.storage)) this.#doubted.add(id);
  }

  #row(id: string): Answer<Row | undefined> {
    const { rows, readModels } = this.parts;
    return answered(readModels.rows(rows.table, [id]), ([row]) => row);
  }

  #ofRow(row: Row, startedAt: number): Loaded<A> {
    const aggregate = this.parts.rows.aggregateOf(row);
    noteStoredRow(aggregate, row);
    return fromRow(aggregate, now() - startedAt);
  }

  async #ofChecked(id: string, row: Row, startedAt: number): Promise<Loaded<A>> {
    const { rows, log } = this.parts;
    this.#doubted.delete(id);
    const version = await log.version(streamOf(rows.model.category, id));
    return version === rows.versionOf(row) ? this.#ofRow(row, startedAt) : await this.#folded(id, row);
  }

  #folded(id: string, row: Row | undefined): Answer<Loaded<A>> {
    return answered(this.parts.events.load(id), (loaded) => {
      if (loaded.aggregate !== undefined) noteStoredRow(loaded.aggregate, row);
      return loaded;
    });
  }
}

function fromRow<A>(aggregate: A | undefined, replayMs: number): Loaded<A> {
  return { aggregate, replayed: 0, replayMs, isMigrated: false, stateBytes: 0, misses: NO_MISSES, isFromRow: true };
}

const NO_MISSES: Loaded<never>["misses"] = [];
