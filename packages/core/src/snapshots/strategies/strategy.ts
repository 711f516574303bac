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

/** Whether a snapshot is due. Keep it quick: it runs on every save and load. */
export type SnapshotStrategy = (context: SnapshotContext) => boolean;
