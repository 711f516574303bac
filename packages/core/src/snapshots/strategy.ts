import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/** What a strategy may look at when it decides whether a snapshot is due. */
export interface SnapshotContext {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly occasion: "save" | "load";
  /** Version of the state that would be written. */
  readonly version: number;
  /** Events since the last usable snapshot; with none, all of them. */
  readonly eventsSince: number;
  /** Milliseconds since that snapshot was written; infinite with none. */
  readonly msSince: number;
  /** The events saved just now; empty on a load. */
  readonly events: readonly object[];
  /** How many events the load replayed; 0 on a save. */
  readonly replayed: number;
  /** How long the replay took, in milliseconds; 0 on a save. */
  readonly replayMs: number;
}

/** Whether a snapshot is due. Keep it quick: it runs on every save and load. */
export type SnapshotStrategy = (context: SnapshotContext) => boolean;

/**
 * Due when `events` or more happened since the last usable snapshot. Never a multiple of the version: three events a
 * save with a threshold of five must still snapshot.
 */
export function every(events: number): SnapshotStrategy {
  if (!Number.isInteger(events) || events < 1)
    throw new IncorrectUsageError(`every() takes a whole number of at least 1, found ${events}`);
  return ({ eventsSince }) => eventsSince >= events;
}
