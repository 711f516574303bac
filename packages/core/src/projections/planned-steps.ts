import { type FoldFailure, failureAt } from "./fold-failure";
import type { FoldedEvent } from "./folded-event";
import type { FoldStep, RowFolding } from "./row-folding";

/** What events do to the rows of one projection, in order. */
export interface PlannedSteps<R extends object> {
  readonly steps: readonly FoldStep<R>[];
  /** For each step the index of its event. */
  readonly events: readonly number[];
  /** The keys of the rows, each once. */
  readonly keys: ReadonlySet<string>;
  /** The event that could not be planned; the steps end before it. */
  readonly failure?: FailedEvent;
}

/** An event that could not be folded. */
export interface FailedEvent {
  readonly index: number;
  readonly failure: FoldFailure;
  /** The key of the row that failed, as `keysOf` gives it; undefined where no row can be blamed. */
  readonly key: string | undefined;
}

/**
 * Gives the keys of the rows that an event concerns, each once: what has to stay in order. The aggregate's id stands for those of an
 * event that cannot be read, or concerns none.
 */
export function keysOf(folding: Pick<RowFolding, "stepsOf">, event: FoldedEvent): readonly string[] {
  try {
    const steps = folding.stepsOf(event);
    if (steps.length === 1) return [steps[0]!.key];
    if (steps.length > 1) return [...new Set(steps.map(({ key }) => key))];
  } catch {
    // Folding it fails in the same way, and tells why.
  }
  return [event.aggregateId];
}

/**
 * Lists what events do, up to the first one that cannot be read.
 * @param takes which keys are to be done; undefined for all of them.
 */
export function plannedSteps<R extends object>(
  folding: RowFolding<R>,
  events: readonly FoldedEvent[],
  takes?: (key: string) => boolean,
): PlannedSteps<R> {
  const steps: FoldStep<R>[] = [];
  const indexes: number[] = [];
  const keys = new Set<string>();
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!;
    if (!folding.wants(event.type)) continue;
    try {
      for (const step of folding.stepsOf(event)) {
        if (takes !== undefined && !takes(step.key)) continue;
        steps.push(step);
        indexes.push(index);
        keys.add(step.key);
      }
    } catch (error) {
      const key = event.aggregateId;
      if (takes !== undefined && !takes(key)) continue;
      return { steps, events: indexes, keys, failure: { index, failure: failureAt(folding.projection, error), key } };
    }
  }
  return { steps, events: indexes, keys };
}

/** Rows in hand by their keys; undefined for one that is known to be missing. */
export type RowsInHand<R extends object> = Map<string, R | undefined>;

/** Where rows are taken from, and put back when they are folded. */
interface RowsToFold<R extends object> {
  get(key: string): R | undefined;
  set(key: string, row: R | undefined): unknown;
}

/**
 * Folds events into rows in hand.
 *
 * @param changed takes the keys of the rows that were folded into.
 * @param checked called with each row that was folded into.
 * @returns the first event that failed. The rows are then half changed, and of no use any more.
 */
export function foldPlanned<R extends object>(
  { steps, events: indexes, failure }: PlannedSteps<R>,
  events: readonly FoldedEvent[],
  rows: RowsToFold<R>,
  changed: { add(key: string): unknown },
  checked?: (key: string, row: R) => void,
): FailedEvent | undefined {
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    const index = indexes[at]!;
    const { key } = step;
    const before = rows.get(key);
    try {
      const row = step.apply(before, events[index]!);
      if (row === undefined && before === undefined) continue;
      rows.set(key, row);
      changed.add(key);
      if (row !== undefined) checked?.(key, row);
    } catch (error) {
      return { index, failure: failureAt(key, error), key };
    }
  }
  return failure;
}
