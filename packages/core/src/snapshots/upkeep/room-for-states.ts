/** As JSON texts; what they take in memory is a few times that. */
const MOST_BYTES = 16 * 1_024 * 1_024;
const [FEWEST, MOST] = [4, 64];

/** How much of its size a large state loses for those that come after it, with each of them. */
const FORGOTTEN = 1 / 16;

/**
 * How many aggregates may be in hand at once: many where their states are small, so that a store can write their snapshots
 * together, and few where they are large, so that memory stays small.
 */
export class RoomForStates {
  /** Of the largest states of late. Nothing is known to begin with, so that few are let in. */
  private bytes = MOST_BYTES / FEWEST;

  get atOnce(): number {
    return Math.max(FEWEST, Math.min(MOST, Math.floor(MOST_BYTES / this.bytes)));
  }

  /** Tells of a state that was in hand. */
  note(bytes: number): void {
    this.bytes = Math.max(1, bytes, this.bytes * (1 - FORGOTTEN));
  }
}
