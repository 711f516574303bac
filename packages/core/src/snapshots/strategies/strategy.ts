import { isPromise, promiseRefusal } from "../../errors/returned-promise";

/** What a strategy may look at when it decides whether a snapshot is due. */
export interface SnapshotContext {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly occasion: "save" | "load";
  /** Version of the state that would be written. */
  readonly version: number;
  /** Events since the last usable snapshot; with none, all of them. */
  readonly eventsSince: number;
  /** Milliseconds since that snapshot was written; infinite without one. */
  readonly msSince: number;
  /** The events saved just now; empty on a load. */
  readonly events: readonly object[];
  /** How many events the load replayed; 0 on a save. */
  readonly replayed: number;
  /** How long the replay took, in milliseconds; 0 on a save. */
  readonly replayMs: number;
}

/** Whether a snapshot is due. Keep it quick: it runs on every save and load, which do not wait for a promise. */
export type SnapshotStrategy = (context: SnapshotContext) => boolean;

/**
 * Asks a strategy.
 *
 * @throws IncorrectUsageError for a strategy that returns a promise, which would count as due every time.
 */
export function isDue(strategy: SnapshotStrategy, context: SnapshotContext): boolean {
  const due: unknown = strategy(context);
  if (!isPromise(due)) return due as boolean;
  const source = `The snapshot strategy ${strategy.name || "without a name"} of ${context.aggregateType}`;
  throw promiseRefusal(due, source, "a strategy answers at once with true or false");
}
