import type { Change } from "../reading/change";

/** A line of events whose buckets this process has: what repeats the events of keys that were set aside needs of it. */
export interface HeldLine {
  /** The global position up to which every event of its keys is done, or set aside. */
  readonly position: number;
  /** Whether a key lies in its buckets. */
  holds(key: string): boolean;
  /** Runs a work between two batches of the line. Meanwhile it does not move. */
  between<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Stores operations under the generations of its buckets, at its present position; to be called inside of `between`.
   * @throws CheckpointLost, Interrupted; whatever the store says of the operations.
   */
  store(operations: readonly Change[]): Promise<void>;
}
