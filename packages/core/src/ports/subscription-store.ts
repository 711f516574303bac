import type { Answer } from "./answer";

/** How far subscriptions have read. Checkpoints move by operations; see `MoveCheckpoint`. */
export interface SubscriptionStore {
  /** Lays the checkpoints that are not there yet, under generation 0; leaves the others as they are. */
  layCheckpoints(checkpoints: readonly Omit<Checkpoint, "generation">[]): Answer<void>;
  /** The checkpoints of a subscription, by bucket. */
  checkpoints(subscription: string): Answer<readonly Checkpoint[]>;
  /**
   * Raises the generation of a checkpoint by one: whoever works under an earlier one cannot move it any more.
   * @returns the checkpoint as it is now; undefined where none was laid.
   */
  raiseGeneration(subscription: string, bucket: number): Answer<Checkpoint | undefined>;
}

/** How far a subscription has read the events of one bucket of keys. */
export interface Checkpoint {
  readonly subscription: string;
  /** From 0. */
  readonly bucket: number;
  /** The global position up to which every event is done; 0 for none. */
  readonly position: number;
  /** Grows with each owner, so that a former one is recognised. */
  readonly generation: number;
}
