import { ProjectionFoldError } from "../../errors/projection-fold-error";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { failureAt } from "../fold-failure";
import type { FoldStep, RowFolding } from "../row-folding";
import type { ProjectedEvent } from "./projected-events";
import type { RowPositions } from "./row-positions";

interface FoldedRowsParts {
  /** What is done, for the error of an event that cannot be folded: `verify AccountSummary`. */
  readonly attempted: string;
  readonly folding: RowFolding;
  /** Which rows are folded. */
  readonly takes: (key: string) => boolean;
  /** Called after an event has changed a row; undefined for a row that is gone. Once a row and event. */
  readonly changed?: (key: string, row: object | undefined, event: ConsumedEvent, places: readonly string[]) => void;
}

/** Rows that are folded in memory, apart from those that are stored. */
export class FoldedRows {
  readonly #rows = new Map<string, object>();

  constructor(private readonly parts: FoldedRowsParts) {}

  /** How many rows there are. */
  get size(): number {
    return this.#rows.size;
  }

  keys(): IterableIterator<string> {
    return this.#rows.keys();
  }

  get(key: string): object | undefined {
    return this.#rows.get(key);
  }

  /** Goes on with a row as it was folded elsewhere. */
  put(key: string, row: object | undefined): void {
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }

  /** Takes a row out. */
  remove(key: string): void {
    this.#rows.delete(key);
  }

  /**
   * Folds events in their order, each into the rows that are not folded further than its position.
   * @param after for each key the position up to which its row is folded already.
   * @throws ProjectionFoldError for an event that the stored row was folded with, and that cannot be folded.
   */
  fold(events: readonly ProjectedEvent[], positions: RowPositions, after: (key: string) => number = () => 0): void {
    for (const projected of events) {
      const { event } = projected;
      const isDue = (key: string): boolean => {
        const { globalPosition } = event;
        if (!this.parts.takes(key) || globalPosition <= after(key) || globalPosition > positions.of(key)) return false;
        return !positions.skips(key, globalPosition);
      };
      const steps = this.#stepsOf(projected, isDue);
      if (steps.length > 0) this.#apply(steps, event);
    }
  }

  #stepsOf({ event, unknown }: ProjectedEvent, isDue: (key: string) => boolean): readonly FoldStep[] {
    const { folding } = this.parts;
    try {
      if (unknown !== undefined) throw unknown;
      return folding.stepsOf(event).filter(({ key }) => isDue(key));
    } catch (error) {
      // An event whose rows cannot be told stands for the row of its aggregate.
      if (!isDue(event.aggregateId)) return [];
      throw this.#failure(failureAt(folding.projection, error), event);
    }
  }

  #apply(steps: readonly FoldStep[], event: ConsumedEvent): void {
    const places = new Map<string, string[]>();
    for (const step of steps) {
      const { key } = step;
      const before = this.#rows.get(key);
      try {
        const row = step.apply(before, event);
        if (row === undefined && before === undefined) continue;
        this.put(key, row);
        places.set(key, [...(places.get(key) ?? []), step.place]);
      } catch (error) {
        throw this.#failure(failureAt(step.place, error), event);
      }
    }
    for (const [key, of] of places) this.parts.changed?.(key, this.#rows.get(key), event, of);
  }

  #failure({ error, place }: ReturnType<typeof failureAt>, event: ConsumedEvent): ProjectionFoldError {
    const { attempted, folding } = this.parts;
    const { type, stream, position, globalPosition } = event;
    const details = { attempted, projection: folding.projection, place, type, stream, position, globalPosition };
    return new ProjectionFoldError(details, error);
  }
}
